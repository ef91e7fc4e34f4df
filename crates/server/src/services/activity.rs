//! ActivityService.

use abm_app::ActivitySubject;
use abm_core::{ActivityKey, Timestamp};
use abm_proto::v1;
use abm_proto::v1::activity_service_server::ActivityService;
use abm_proto::v1::list_activities_request::Subject;
use tonic::{Request, Response, Status};

use super::{
    Services, account_id, check_request_id, check_rows, inside, lead_id, moment, page_of,
    page_size, request_key,
};
use crate::convert::{activity, retraction, time, verdict};
use crate::error::{invalid, invalid_field, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ActivityService for Services {
    async fn record_activities(
        &self,
        request: Request<v1::RecordActivitiesRequest>,
    ) -> Reply<v1::RecordActivitiesResponse> {
        let call = self.open(request)?;
        let (message, caller) = (call.message, call.caller);
        check_request_id(&message.request_id)?;
        if message.activities.is_empty() {
            return Err(invalid_field("activities", "is empty"));
        }
        check_rows(message.activities.len(), message.all_or_nothing)?;
        let rows = message.activities.into_iter().map(activity::from_proto).collect();
        let (id, atomic) = (&message.request_id, message.all_or_nothing);
        let recorded = self.app.record_activities(caller.workspace, id, rows, atomic).await;
        let recorded = recorded.map_err(status_of)?;
        let (verdicts, counts) = verdict::of_activities(recorded.rows);
        let revision = self.revision(&caller, recorded.revision);
        let counts = Some(counts);
        Ok(Response::new(v1::RecordActivitiesResponse { verdicts, counts, revision }))
    }

    async fn retract_activities(
        &self,
        request: Request<v1::RetractActivitiesRequest>,
    ) -> Reply<v1::RetractActivitiesResponse> {
        let call = self.open(request)?;
        let key = request_key("RetractActivities", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        check_rows(message.activities.len(), false)?;
        let asked = match (message.activities.is_empty(), message.filter) {
            (false, None) => retraction::places(message.activities),
            (true, Some(filter)) => {
                retraction::filter(filter).map_err(|found| inside(found, "filter"))
            }
            _ => return Err(invalid_field("filter", "is required without activities, not with")),
        };
        let asked = asked.map_err(|found| invalid(&found))?;
        let (workspace, dry_run) = (caller.workspace, message.dry_run);
        let done = self.app.retract_activities(workspace, key, asked, dry_run, call.awaited).await;
        let done = done.map_err(status_of)?;
        let revision = self.revision(&caller, done.revision);
        Ok(Response::new(retraction::to_proto(done, revision)))
    }

    async fn list_activities(
        &self,
        request: Request<v1::ListActivitiesRequest>,
    ) -> Reply<v1::ListActivitiesResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let size = page_size(message.page_size)?;
        let (subject, name) = match &message.subject {
            Some(Subject::AccountId(id)) => {
                (ActivitySubject::Account(account_id(id)?), format!("account {id}"))
            }
            Some(Subject::LeadId(id)) => {
                (ActivitySubject::Lead(lead_id(id)?), format!("lead {id}"))
            }
            None => return Err(invalid_field("subject", "is required")),
        };
        let from = moment("start_time", message.start_time.as_ref())?;
        let until = moment("end_time", message.end_time.as_ref())?;
        let list = call.list("ListActivities", format!("{name} {from:?} {until:?}"));
        let after = match self.place(&list, &message.page_token)?.as_deref() {
            None => None,
            Some([at, source, id]) => {
                let at = at.parse().map_err(|_| page_token_invalid())?;
                let key = ActivityKey::new(source, id).map_err(|_| page_token_invalid())?;
                Some((Timestamp::from_micros(at), key))
            }
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.activities(workspace, &subject, from, until, after, size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let found = found.into_iter().map(activity::to_proto).collect();
        let (activities, more) = page_of(found, size);
        let last = activities.last().map(place_of_activity).transpose()?;
        Ok(Response::new(v1::ListActivitiesResponse {
            next_page_token: self.next(&list, more, last)?,
            activities,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn list_rejected_activities(
        &self,
        request: Request<v1::ListRejectedActivitiesRequest>,
    ) -> Reply<v1::ListRejectedActivitiesResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let list = call.list("ListRejectedActivities", String::new());
        let after = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([at, request_id, index]) => {
                let at = at.parse().map_err(|_| page_token_invalid())?;
                let index = index.parse().map_err(|_| page_token_invalid())?;
                Some((Timestamp::from_micros(at), request_id.clone(), index))
            }
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.rejected_activities(workspace, after, size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let found = found.into_iter().map(activity::rejected_to_proto).collect();
        let (rejected_activities, more) = page_of(found, size);
        let last = rejected_activities.last().map(|row: &v1::RejectedActivity| {
            let at = micros("received_at", row.received_at.as_ref())?;
            Ok::<_, Status>(vec![at, row.request_id.clone(), row.index.to_string()])
        });
        let next_page_token = self.next(&list, more, last.transpose()?)?;
        let revision = self.revision(&call.caller, revision);
        Ok(Response::new(v1::ListRejectedActivitiesResponse {
            rejected_activities,
            next_page_token,
            revision,
        }))
    }
}

fn place_of_activity(activity: &v1::Activity) -> Result<Vec<String>, Status> {
    let at = micros("occurred_at", activity.occurred_at.as_ref())?;
    Ok(vec![at, activity.source.clone(), activity.activity_id.clone()])
}

fn micros(field: &str, at: Option<&prost_types::Timestamp>) -> Result<String, Status> {
    let at = time::from_proto(field, at).map_err(|_| page_token_invalid())?;
    Ok(at.unwrap_or_default().micros().to_string())
}
