//! HandoffService.

use abm_app::{
    App, Attempt, Given, HandoffCall, HandoffFilter, PolicyRecord, Rejection, RequestKey, Role,
};
use abm_core::handoff::HandoffCause;
use abm_core::lifecycle::Actor;
use abm_core::model::Severity;
use abm_core::policy::Assignee;
use abm_core::{AccountId, LeadId, Timestamp, Violation, limits};
use abm_proto::v1;
use abm_proto::v1::handoff_service_server::HandoffService;
use tonic::{Request, Response, Status};

use super::{
    Call, Services, account_id, lead_id, moment, page_of, page_size, request_key, version,
};
use crate::convert::mirrored::{attempt_kind, attempt_outcome, handoff_cause, handoff_state};
use crate::convert::{enumeration, handoff, model, time};
use crate::error::{invalid, invalid_field, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

/// Most problems told of one file.
const PROBLEMS: usize = 1_000;

/// On whose behalf a caller acts.
pub(crate) const fn actor_of(role: Role) -> Actor {
    match role {
        Role::Marketing => Actor::Marketing,
        Role::Sales => Actor::Sales,
        Role::Admin => Actor::Admin,
        Role::Ingest | Role::Planner => Actor::Import,
    }
}

impl<T> Call<T> {
    fn on_handoff(&self, request: RequestKey, id: &str, etag: &str) -> Result<HandoffCall, Status> {
        check_text("handoff_id", id)?;
        let version = etag.parse().map_err(|_| invalid_field("etag", "is not one of a handoff"))?;
        Ok(HandoffCall {
            request,
            id: id.to_owned(),
            version,
            actor: actor_of(self.caller.role),
            caller: self.caller.name.clone(),
        })
    }
}

/// Checks a name that a request asks for: one that no database could hold is nobody's.
fn check_text(field: &str, value: &str) -> Result<(), Status> {
    limits::check_text(field, value).map_err(|found| invalid(&[found]))
}

/// The account or the lead that a request names.
fn subject(lead: &str, account: &str) -> Result<(Option<AccountId>, Option<LeadId>), Status> {
    match (lead, account) {
        ("", "") => Err(invalid_field("lead_id", "is required without an account_id")),
        ("", account) => Ok((Some(account_id(account)?), None)),
        (lead, "") => Ok((None, Some(lead_id(lead)?))),
        _ => Err(invalid_field("account_id", "goes not with a lead_id")),
    }
}

/// How many items: the default for 0, at most as many as a page.
fn limit(asked: i32) -> Result<u64, Status> {
    page_size(asked).map_err(|_| invalid_field("limit", "is negative"))
}

impl Services {
    fn given(&self, caller: &abm_app::Caller, given: Given) -> (Option<v1::Handoff>, String) {
        let revision = self.revision(caller, given.revision);
        (Some(handoff::to_proto(given.handoff)), revision)
    }
}

#[tonic::async_trait]
impl HandoffService for Services {
    async fn hand_over(
        &self,
        request: Request<v1::HandOverRequest>,
    ) -> Reply<v1::HandOverResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("HandOver", &message.request_id, message)?;
        let (account, lead) = subject(&message.lead_id, &message.account_id)?;
        let about = call.on_handoff(key, "", "0")?;
        let (workspace, reason) = (call.caller.workspace, message.reason.clone());
        let given = self.app.hand_over(workspace, about, account, lead, reason).await;
        let given = given.map_err(status_of)?;
        let joined = given.joined;
        let (handoff, revision) = self.given(&call.caller, given);
        Ok(Response::new(v1::HandOverResponse { handoff, joined, revision }))
    }

    async fn get_handoff(
        &self,
        request: Request<v1::GetHandoffRequest>,
    ) -> Reply<v1::GetHandoffResponse> {
        let call = self.open(request)?;
        check_text("handoff_id", &call.message.handoff_id)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.handoff(call.caller.workspace, &call.message.handoff_id).await;
        let found = found.map_err(status_of)?;
        Ok(Response::new(v1::GetHandoffResponse {
            packet: Some(handoff::packet(&found.handoff.packet)),
            handoff: Some(handoff::to_proto(found.handoff)),
            leads: found.leads.into_iter().map(handoff::lead).collect(),
            events: found.events.into_iter().map(handoff::event).collect(),
            revision: self.revision(&call.caller, found.revision),
        }))
    }

    async fn list_handoffs(
        &self,
        request: Request<v1::ListHandoffsRequest>,
    ) -> Reply<v1::ListHandoffsResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let size = page_size(message.page_size)?;
        check_text("owner", &message.owner)?;
        check_text("queue", &message.queue)?;
        let mut found = Vec::new();
        let state = enumeration("state", message.state, handoff_state, &mut found);
        if !found.is_empty() {
            return Err(invalid(&found));
        }
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let account = match message.account_id.as_str() {
            "" => None,
            id => Some(account_id(id)?),
        };
        let filter = HandoffFilter {
            owner: given(&message.owner),
            queue: given(&message.queue),
            account,
            state,
            overdue_at: message.overdue_only.then(|| self.app.clock().now()),
        };
        // The moment of being overdue moves on from page to page.
        let told = HandoffFilter { overdue_at: None, ..filter.clone() };
        let list = call.list("ListHandoffs", format!("{told:?} {}", message.overdue_only));
        let before = match self.place(&list, &message.page_token)?.as_deref() {
            None => None,
            Some([at, id]) => {
                let at = at.parse().map_err(|_| page_token_invalid())?;
                Some((Timestamp::from_micros(at), id.clone()))
            }
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.handoffs(workspace, &filter, before.as_ref(), size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let places: Vec<_> = found
            .iter()
            .map(|handoff| vec![handoff.created_at.micros().to_string(), handoff.id.clone()])
            .collect();
        let (handoffs, more) = page_of(found.into_iter().map(handoff::to_proto).collect(), size);
        let last = handoffs.len().checked_sub(1).and_then(|last| places.get(last)).cloned();
        Ok(Response::new(v1::ListHandoffsResponse {
            next_page_token: self.next(&list, more, last)?,
            handoffs,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn list_work(
        &self,
        request: Request<v1::ListWorkRequest>,
    ) -> Reply<v1::ListWorkResponse> {
        let call = self.open(request)?;
        let size = usize::try_from(limit(call.message.limit)?).unwrap_or(usize::MAX);
        check_text("owner", &call.message.owner)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let owner = Some(call.message.owner.as_str()).filter(|owner| !owner.is_empty());
        let found = self.app.work_list(call.caller.workspace, owner, size).await;
        let (items, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::ListWorkResponse {
            items: items.into_iter().map(handoff::work).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn claim_handoff(
        &self,
        request: Request<v1::ClaimHandoffRequest>,
    ) -> Reply<v1::ClaimHandoffResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("ClaimHandoff", &message.request_id, message)?;
        let about = call.on_handoff(key, &message.handoff_id, &message.etag)?;
        let owner = message.owner.clone();
        let given = self.app.claim_handoff(call.caller.workspace, about, owner).await;
        let (handoff, revision) = self.given(&call.caller, given.map_err(status_of)?);
        Ok(Response::new(v1::ClaimHandoffResponse { handoff, revision }))
    }

    async fn record_attempt(
        &self,
        request: Request<v1::RecordAttemptRequest>,
    ) -> Reply<v1::RecordAttemptResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("RecordAttempt", &message.request_id, message)?;
        let about = call.on_handoff(key, &message.handoff_id, &message.etag)?;
        let mut found = Vec::new();
        let kind = enumeration("kind", message.kind, attempt_kind, &mut found);
        let outcome = enumeration("outcome", message.outcome, attempt_outcome, &mut found);
        for (field, missing) in [("kind", kind.is_none()), ("outcome", outcome.is_none())] {
            if missing && found.iter().all(|violation| violation.field != field) {
                found.push(Violation::invalid(field, "is required"));
            }
        }
        let (Some(kind), Some(outcome)) = (kind, outcome) else { return Err(invalid(&found)) };
        let at = moment("attempted_at", message.attempted_at.as_ref())?;
        let lead = match message.lead_id.as_str() {
            "" => None,
            id => Some(lead_id(id)?),
        };
        let attempt = Attempt { kind, outcome, at, lead, comment: message.comment.clone() };
        let given = self.app.record_attempt(call.caller.workspace, about, attempt).await;
        let (handoff, revision) = self.given(&call.caller, given.map_err(status_of)?);
        Ok(Response::new(v1::RecordAttemptResponse { handoff, revision }))
    }

    async fn accept_handoff(
        &self,
        request: Request<v1::AcceptHandoffRequest>,
    ) -> Reply<v1::AcceptHandoffResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("AcceptHandoff", &message.request_id, message)?;
        let about = call.on_handoff(key, &message.handoff_id, &message.etag)?;
        let comment = message.comment.clone();
        let given = self.app.accept_handoff(call.caller.workspace, about, comment).await;
        let (handoff, revision) = self.given(&call.caller, given.map_err(status_of)?);
        Ok(Response::new(v1::AcceptHandoffResponse { handoff, revision }))
    }

    async fn reject_handoff(
        &self,
        request: Request<v1::RejectHandoffRequest>,
    ) -> Reply<v1::RejectHandoffResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("RejectHandoff", &message.request_id, message)?;
        let about = call.on_handoff(key, &message.handoff_id, &message.etag)?;
        let rejection = Rejection {
            reason: message.reason.clone(),
            comment: message.comment.clone(),
            nurture_until: moment("nurture_until", message.nurture_until.as_ref())?,
        };
        let given = self.app.reject_handoff(call.caller.workspace, about, rejection).await;
        let (handoff, revision) = self.given(&call.caller, given.map_err(status_of)?);
        Ok(Response::new(v1::RejectHandoffResponse { handoff, revision }))
    }

    async fn reassign_handoff(
        &self,
        request: Request<v1::ReassignHandoffRequest>,
    ) -> Reply<v1::ReassignHandoffResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("ReassignHandoff", &message.request_id, message)?;
        let about = call.on_handoff(key, &message.handoff_id, &message.etag)?;
        let (field, name) = match message.owner.is_empty() {
            true => ("queue", &message.queue),
            false => ("owner", &message.owner),
        };
        limits::check_text(field, name).map_err(|violation| invalid(&[violation]))?;
        let to = match (message.owner.as_str(), message.queue.as_str()) {
            (owner, "") if !owner.is_empty() => Assignee::Owner(owner.to_owned()),
            ("", queue) if !queue.is_empty() => Assignee::Queue(queue.to_owned()),
            _ => return Err(invalid_field("owner", "is required without a queue, and not with")),
        };
        let reason = message.reason.clone();
        let given = self.app.reassign_handoff(call.caller.workspace, about, to, reason).await;
        let (handoff, revision) = self.given(&call.caller, given.map_err(status_of)?);
        Ok(Response::new(v1::ReassignHandoffResponse { handoff, revision }))
    }

    async fn get_handoff_policy(
        &self,
        request: Request<v1::GetHandoffPolicyRequest>,
    ) -> Reply<v1::GetHandoffPolicyResponse> {
        let call = self.open(request)?;
        let asked = version(call.message.version);
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.policy(call.caller.workspace, asked).await.map_err(status_of)?;
        let revision = self.revision(&call.caller, found.revision);
        let policy_file = found.file;
        let Some(record) = found.record else {
            let reply =
                v1::GetHandoffPolicyResponse { policy_file, revision, ..Default::default() };
            return Ok(Response::new(reply));
        };
        Ok(Response::new(v1::GetHandoffPolicyResponse {
            version: record.version,
            policy_file,
            comment: record.comment,
            created_at: Some(time::to_proto(record.created_at)),
            created_by: record.created_by,
            revision,
        }))
    }

    async fn put_handoff_policy(
        &self,
        request: Request<v1::PutHandoffPolicyRequest>,
    ) -> Reply<v1::PutHandoffPolicyResponse> {
        let call = self.open(request)?;
        let key = request_key("PutHandoffPolicy", &call.message.request_id, &call.message)?;
        let message = call.message;
        limits::check_free_text("comment", &message.comment).map_err(|found| invalid(&[found]))?;
        let record = PolicyRecord {
            version: 0,
            file: message.policy_file,
            comment: message.comment,
            created_at: Timestamp::default(),
            created_by: call.caller.name.clone(),
        };
        let workspace = call.caller.workspace;
        let stored = self.app.put_policy(workspace, key, message.base_version, record).await;
        let (version, revision) = stored.map_err(status_of)?;
        let revision = self.revision(&call.caller, revision);
        Ok(Response::new(v1::PutHandoffPolicyResponse { version, revision }))
    }

    async fn validate_handoff_policy(
        &self,
        request: Request<v1::ValidateHandoffPolicyRequest>,
    ) -> Reply<v1::ValidateHandoffPolicyResponse> {
        let call = self.open(request)?;
        let problems = App::policy_problems(&call.message.policy_file);
        let revision = self.app.position(call.caller.workspace).await.map_err(status_of)?;
        Ok(Response::new(v1::ValidateHandoffPolicyResponse {
            valid: problems.iter().all(|problem| problem.severity == Severity::Warning),
            problems: problems.into_iter().take(PROBLEMS).map(model::problem).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn try_route(
        &self,
        request: Request<v1::TryRouteRequest>,
    ) -> Reply<v1::TryRouteResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let (account, lead) = subject(&message.lead_id, &message.account_id)?;
        let mut found = Vec::new();
        let cause = enumeration("cause", message.cause, handoff_cause, &mut found);
        if !found.is_empty() {
            return Err(invalid(&found));
        }
        let cause = cause.unwrap_or(HandoffCause::Person);
        self.at_least(&call.caller, &message.min_revision).await?;
        let tried = self.app.try_route(call.caller.workspace, account, lead, cause).await;
        let tried = tried.map_err(status_of)?;
        let revision = self.revision(&call.caller, tried.revision);
        Ok(Response::new(handoff::route(tried, revision)))
    }
}
