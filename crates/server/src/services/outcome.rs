//! OutcomeService.

use abm_app::{OpportunityFilter, UpsertOptions};
use abm_core::OpportunityId;
use abm_proto::v1;
use abm_proto::v1::outcome_service_server::OutcomeService;
use tonic::{Request, Response, Status};

use super::{
    Services, account_id, all_violations, check_rows, inside, opportunity_id, page_of, page_size,
    request_key,
};
use crate::convert::{enumeration, opportunity, verdict};
use crate::error::{invalid, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl OutcomeService for Services {
    async fn upsert_opportunity(
        &self,
        request: Request<v1::UpsertOpportunityRequest>,
    ) -> Reply<v1::UpsertOpportunityResponse> {
        let call = self.open(request)?;
        let key = request_key("UpsertOpportunity", &call.message.request_id, &call.message)?;
        let sent = opportunity::from_proto(call.message.opportunity.clone().unwrap_or_default());
        let (id, sent) = sent.map_err(|found| invalid(&inside(found, "opportunity")))?;
        let workspace = call.caller.workspace;
        let options = UpsertOptions { merge: call.message.merge, ..Default::default() };
        let rows = vec![Ok((id.clone(), sent))];
        let stored = self.app.upsert_opportunities(workspace, key, rows, options).await;
        let stored = stored.map_err(status_of)?;
        let (verdicts, _) = verdict::of_upserts(stored.rows);
        let (found, _) = self.app.opportunity(workspace, &id).await.map_err(status_of)?;
        let personal = call.sees_personal();
        Ok(Response::new(v1::UpsertOpportunityResponse {
            opportunity: Some(opportunity::to_proto(found, personal)),
            verdict: verdicts.first().map_or(0, |row| row.verdict),
            revision: self.revision(&call.caller, stored.revision),
        }))
    }

    async fn batch_upsert_opportunities(
        &self,
        request: Request<v1::BatchUpsertOpportunitiesRequest>,
    ) -> Reply<v1::BatchUpsertOpportunitiesResponse> {
        let call = self.open(request)?;
        let key = request_key("BatchUpsertOpportunities", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        check_rows(message.opportunities.len(), message.all_or_nothing)?;
        let rows: Vec<_> = message.opportunities.into_iter().map(opportunity::from_proto).collect();
        if message.all_or_nothing {
            let found = all_violations(&rows, "opportunities");
            if !found.is_empty() {
                return Err(invalid(&found));
            }
        }
        let options =
            UpsertOptions { merge: message.merge, all_or_nothing: message.all_or_nothing };
        let stored = self.app.upsert_opportunities(caller.workspace, key, rows, options).await;
        let stored = stored.map_err(status_of)?;
        let (verdicts, counts) = verdict::of_upserts(stored.rows);
        let revision = self.revision(&caller, stored.revision);
        let counts = Some(counts);
        Ok(Response::new(v1::BatchUpsertOpportunitiesResponse { verdicts, counts, revision }))
    }

    async fn get_opportunity(
        &self,
        request: Request<v1::GetOpportunityRequest>,
    ) -> Reply<v1::GetOpportunityResponse> {
        let call = self.open(request)?;
        let id = opportunity_id(&call.message.opportunity_id)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.opportunity(call.caller.workspace, &id).await;
        let (found, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::GetOpportunityResponse {
            opportunity: Some(opportunity::to_proto(found, call.sees_personal())),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn list_opportunities(
        &self,
        request: Request<v1::ListOpportunitiesRequest>,
    ) -> Reply<v1::ListOpportunitiesResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let filter = filter_of(&call.message)?;
        let list = call.list("ListOpportunities", format!("{filter:?}"));
        let after = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([id]) => Some(OpportunityId::new(id).map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.opportunities(workspace, &filter, after.as_ref(), size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let personal = call.sees_personal();
        let found = found.into_iter().map(|record| opportunity::to_proto(record, personal));
        let (opportunities, more) = page_of(found.collect(), size);
        let last = opportunities.last().map(|last: &v1::Opportunity| last.opportunity_id.clone());
        Ok(Response::new(v1::ListOpportunitiesResponse {
            next_page_token: self.next(&list, more, last.map(|id| vec![id]))?,
            opportunities,
            revision: self.revision(&call.caller, revision),
        }))
    }
}

fn filter_of(message: &v1::ListOpportunitiesRequest) -> Result<OpportunityFilter, Status> {
    let account = match message.account_id.as_str() {
        "" => None,
        id => Some(account_id(id)?),
    };
    let mut found = Vec::new();
    let state = enumeration("state", message.state, opportunity::state, &mut found);
    if found.is_empty() { Ok(OpportunityFilter { account, state }) } else { Err(invalid(&found)) }
}
