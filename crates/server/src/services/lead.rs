//! LeadService.

use abm_app::{AppError, LeadField, LeadRecord, LeadStanding, StageChange, UpsertOptions};
use abm_core::{LeadId, WorkspaceId};
use abm_proto::v1;
use abm_proto::v1::lead_service_server::LeadService;
use tonic::{Request, Response, Status};

use super::handoff::actor_of;
use super::{
    Services, account_id, all_violations, check_rows, id_in, ids, inside, lead_id, moment, page_of,
    page_size, request_key,
};
use crate::convert::{adjustment, enumeration, lead, lifecycle, verdict};
use crate::error::{internal, invalid, invalid_field, status_of};
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
        let lead = self.lead_if_any(workspace, &id).await?;
        Ok(Response::new(v1::UpsertLeadResponse {
            lead,
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
        let workspace = call.caller.workspace;
        let found = self.app.lead(workspace, &id).await;
        let (found, scores, revision) = found.map_err(status_of)?;
        let history = self.app.history_of(workspace, &found.id).await.map_err(status_of)?;
        let standing = self.standing(workspace, &found).await?;
        let known = standing.qualification.iter().cloned();
        Ok(Response::new(v1::GetLeadResponse {
            qualifications: known.map(lifecycle::qualification).collect(),
            lead: Some(lead::to_proto(found, &scores, &standing)),
            revision: self.revision(&call.caller, revision),
            merged_lead_ids: history.merged,
            adjustments: history.adjustments.into_iter().map(adjustment::to_proto).collect(),
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
        let (records, scores): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let standings = self.app.standings(workspace, &records).await.map_err(status_of)?;
        let leads = records.into_iter().zip(scores).zip(standings);
        let leads =
            leads.map(|((found, scores), standing)| lead::to_proto(found, &scores, &standing));
        let (leads, more) = page_of(leads.collect(), size);
        let last = leads.last().map(|lead: &v1::Lead| vec![lead.lead_id.clone()]);
        Ok(Response::new(v1::ListLeadsResponse {
            next_page_token: self.next(&list, more, last)?,
            leads,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn move_lead(
        &self,
        request: Request<v1::MoveLeadRequest>,
    ) -> Reply<v1::MoveLeadResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("MoveLead", &message.request_id, message)?;
        let id = lead_id(&message.lead_id)?;
        let account = match message.account_id.as_str() {
            "" => None,
            account => Some(account_id(account)?),
        };
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let field = LeadField::Account(account);
        let moved = self.app.set_lead_field(workspace, key, id.clone(), field, note).await;
        let revision = self.revision(&call.caller, moved.map_err(status_of)?);
        let lead = self.lead_if_any(workspace, &id).await?;
        Ok(Response::new(v1::MoveLeadResponse { lead, revision }))
    }

    async fn merge_leads(
        &self,
        request: Request<v1::MergeLeadsRequest>,
    ) -> Reply<v1::MergeLeadsResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("MergeLeads", &message.request_id, message)?;
        let survivor = LeadId::new(message.survivor_lead_id.as_str());
        let survivor = id_in("survivor_lead_id", survivor)?;
        let others = ids("lead_ids", &message.lead_ids, |id| LeadId::new(id))?;
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let merged = self.app.merge_leads(workspace, key, survivor.clone(), others, note).await;
        let revision = self.revision(&call.caller, merged.map_err(status_of)?);
        let lead = self.lead_if_any(workspace, &survivor).await?;
        Ok(Response::new(v1::MergeLeadsResponse { lead, revision }))
    }

    async fn split_lead(
        &self,
        request: Request<v1::SplitLeadRequest>,
    ) -> Reply<v1::SplitLeadResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("SplitLead", &message.request_id, message)?;
        let id = lead_id(&message.lead_id)?;
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let split = self.app.split_lead(workspace, key, id.clone(), note).await;
        let revision = self.revision(&call.caller, split.map_err(status_of)?);
        let lead = self.lead_if_any(workspace, &id).await?;
        Ok(Response::new(v1::SplitLeadResponse { lead, revision }))
    }

    async fn set_buying_role(
        &self,
        request: Request<v1::SetBuyingRoleRequest>,
    ) -> Reply<v1::SetBuyingRoleResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("SetBuyingRole", &message.request_id, message)?;
        let id = lead_id(&message.lead_id)?;
        let mut found = Vec::new();
        let role = enumeration("buying_role", message.buying_role, lead::buying_role, &mut found);
        if !found.is_empty() {
            return Err(invalid(&found));
        }
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let field = LeadField::BuyingRole(role);
        let set = self.app.set_lead_field(workspace, key, id.clone(), field, note).await;
        let revision = self.revision(&call.caller, set.map_err(status_of)?);
        let lead = self.lead_if_any(workspace, &id).await?;
        Ok(Response::new(v1::SetBuyingRoleResponse { lead, revision }))
    }

    async fn set_stage(
        &self,
        request: Request<v1::SetStageRequest>,
    ) -> Reply<v1::SetStageResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("SetStage", &message.request_id, message)?;
        let id = lead_id(&message.lead_id)?;
        let mut found = Vec::new();
        let stage = enumeration("stage", message.stage, lead::stage, &mut found);
        if !found.is_empty() {
            return Err(invalid(&found));
        }
        let nurture_until = moment("nurture_until", message.nurture_until.as_ref())?;
        if nurture_until.is_some() && !message.recycle {
            return Err(invalid_field("nurture_until", "goes only with recycle"));
        }
        let change = match (stage, message.disqualify, message.recycle) {
            (Some(stage), false, false) => StageChange::To(stage),
            (None, true, false) => StageChange::Disqualify,
            (None, false, true) => StageChange::Recycle { nurture_until },
            _ => {
                let message = "is required, or one of disqualify and recycle instead";
                return Err(invalid_field("stage", message));
            }
        };
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let actor = actor_of(call.caller.role);
        let set = self.app.set_stage(workspace, key, id.clone(), change, actor, note).await;
        let (_, revision) = set.map_err(status_of)?;
        let revision = self.revision(&call.caller, revision);
        let lead = self.lead_if_any(workspace, &id).await?;
        Ok(Response::new(v1::SetStageResponse { lead, revision }))
    }

    async fn record_qualification(
        &self,
        request: Request<v1::RecordQualificationRequest>,
    ) -> Reply<v1::RecordQualificationResponse> {
        let call = self.open(request)?;
        let key = request_key("RecordQualification", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        let id = lead_id(&message.lead_id)?;
        let found = lifecycle::qualifications(message.qualifications, &caller.name);
        let found = found.map_err(|found| invalid(&found))?;
        let workspace = caller.workspace;
        let stored = self.app.record_qualification(workspace, key, id.clone(), found).await;
        let revision = self.revision(&caller, stored.map_err(status_of)?);
        let (record, _, _) = self.app.lead(workspace, &id).await.map_err(status_of)?;
        let known = self.standing(workspace, &record).await?.qualification;
        Ok(Response::new(v1::RecordQualificationResponse {
            qualifications: known.into_iter().map(lifecycle::qualification).collect(),
            revision,
        }))
    }

    async fn list_stage_transitions(
        &self,
        request: Request<v1::ListStageTransitionsRequest>,
    ) -> Reply<v1::ListStageTransitionsResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let size = page_size(message.page_size)?;
        let id = lead_id(&message.lead_id)?;
        let list = call.list("ListStageTransitions", message.lead_id.clone());
        let before = match self.place(&list, &message.page_token)?.as_deref() {
            None => None,
            Some([sequence]) => Some(sequence.parse().map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &message.min_revision).await?;
        let found = self.app.transitions(call.caller.workspace, &id, before, size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let rows = found.into_iter().map(lifecycle::transition).collect();
        let (transitions, more) = page_of(rows, size);
        let last =
            transitions.last().map(|row: &v1::StageTransition| vec![row.sequence.to_string()]);
        Ok(Response::new(v1::ListStageTransitionsResponse {
            next_page_token: self.next(&list, more, last)?,
            transitions,
            revision: self.revision(&call.caller, revision),
        }))
    }
}

impl Services {
    async fn standing(
        &self,
        workspace: WorkspaceId,
        lead: &LeadRecord,
    ) -> Result<LeadStanding, Status> {
        let found = self.app.standings(workspace, std::slice::from_ref(lead)).await;
        found.map_err(status_of)?.into_iter().next().ok_or_else(internal)
    }

    async fn lead_if_any(
        &self,
        workspace: WorkspaceId,
        id: &LeadId,
    ) -> Result<Option<v1::Lead>, Status> {
        match self.app.lead(workspace, id).await {
            Ok((found, scores, _)) => {
                let standing = self.standing(workspace, &found).await?;
                Ok(Some(lead::to_proto(found, &scores, &standing)))
            }
            Err(AppError::NotFound { .. }) => Ok(None),
            Err(error) => Err(status_of(error)),
        }
    }
}
