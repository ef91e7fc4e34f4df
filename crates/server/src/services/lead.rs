//! LeadService.

use abm_app::UpsertOptions;
use abm_core::LeadId;
use abm_proto::v1;
use abm_proto::v1::lead_service_server::LeadService;
use tonic::{Request, Response, Status};

use super::{
    Services, account_id, all_violations, check_rows, inside, lead_id, page_of, page_size,
    request_key,
};
use crate::convert::{lead, verdict};
use crate::error::{invalid, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl LeadService for Services {
    async fn upsert_lead(
        &self,
        request: Request<v1::UpsertLeadRequest>,
    ) -> Reply<v1::UpsertLeadResponse> {
        let call = self.open(request)?;
        let key = request_key("UpsertLead", &call.message.request_id, &call.message)?;
        let sent = lead::from_proto(call.message.lead.unwrap_or_default());
        let (id, profile) = sent.map_err(|found| invalid(&inside(found, "lead")))?;
        let workspace = call.caller.workspace;
        let rows = vec![Ok((id.clone(), profile))];
        let options = UpsertOptions { merge: call.message.merge, ..Default::default() };
        let stored = self.app.upsert_leads(workspace, key, rows, options).await;
        let stored = stored.map_err(status_of)?;
        let (verdicts, _) = verdict::of_upserts(stored.rows);
        let (found, scores, _) = self.app.lead(workspace, &id).await.map_err(status_of)?;
        Ok(Response::new(v1::UpsertLeadResponse {
            lead: Some(lead::to_proto(found, &scores)),
            verdict: verdicts.first().map_or(0, |row| row.verdict),
            revision: self.revision(&call.caller, stored.revision),
        }))
    }

    async fn batch_upsert_leads(
        &self,
        request: Request<v1::BatchUpsertLeadsRequest>,
    ) -> Reply<v1::BatchUpsertLeadsResponse> {
        let call = self.open(request)?;
        let key = request_key("BatchUpsertLeads", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        check_rows(message.leads.len(), message.all_or_nothing)?;
        let rows: Vec<_> = message.leads.into_iter().map(lead::from_proto).collect();
        if message.all_or_nothing {
            let found = all_violations(&rows, "leads");
            if !found.is_empty() {
                return Err(invalid(&found));
            }
        }
        let options =
            UpsertOptions { merge: message.merge, all_or_nothing: message.all_or_nothing };
        let stored = self.app.upsert_leads(caller.workspace, key, rows, options).await;
        let stored = stored.map_err(status_of)?;
        let (verdicts, counts) = verdict::of_upserts(stored.rows);
        let revision = self.revision(&caller, stored.revision);
        let counts = Some(counts);
        Ok(Response::new(v1::BatchUpsertLeadsResponse { verdicts, counts, revision }))
    }

    async fn get_lead(&self, request: Request<v1::GetLeadRequest>) -> Reply<v1::GetLeadResponse> {
        let call = self.open(request)?;
        let id = lead_id(&call.message.lead_id)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.lead(call.caller.workspace, &id).await;
        let (found, scores, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::GetLeadResponse {
            lead: Some(lead::to_proto(found, &scores)),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn list_leads(
        &self,
        request: Request<v1::ListLeadsRequest>,
    ) -> Reply<v1::ListLeadsResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let account = match call.message.account_id.as_str() {
            "" => None,
            id => Some(account_id(id)?),
        };
        let list = call.list("ListLeads", call.message.account_id.clone());
        let after = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([id]) => Some(LeadId::new(id).map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.leads(workspace, account.as_ref(), after.as_ref(), size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let leads = found.into_iter().map(|(found, scores)| lead::to_proto(found, &scores));
        let (leads, more) = page_of(leads.collect(), size);
        let last = leads.last().map(|lead: &v1::Lead| vec![lead.lead_id.clone()]);
        Ok(Response::new(v1::ListLeadsResponse {
            next_page_token: self.next(&list, more, last)?,
            leads,
            revision: self.revision(&call.caller, revision),
        }))
    }
}
