//! AdminService.

use abm_app::{Difference, Verification};
use abm_proto::v1;
use abm_proto::v1::admin_service_server::AdminService;
use tonic::{Request, Response, Status};

use super::{Services, moment};
use crate::convert::time;
use crate::error::status_of;

#[tonic::async_trait]
impl AdminService for Services {
    async fn verify(
        &self,
        request: Request<v1::VerifyRequest>,
    ) -> Result<Response<v1::VerifyResponse>, Status> {
        let call = self.open(request)?;
        let as_of = moment("as_of", call.message.as_of.as_ref())?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.verify(call.caller.workspace, as_of, call.awaited).await;
        let found = found.map_err(status_of)?;
        let revision = self.revision(&call.caller, found.revision);
        Ok(Response::new(to_proto(found, revision)))
    }
}

fn to_proto(found: Verification, revision: String) -> v1::VerifyResponse {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    v1::VerifyResponse {
        accounts: number(found.accounts),
        leads: number(found.leads),
        activities: number(found.activities),
        differences_total: number(found.differences_total),
        differences: found.differences.into_iter().map(difference).collect(),
        digest: found.digest,
        as_of: Some(time::to_proto(found.as_of)),
        model_version: found.model_version,
        due: number(found.due),
        revision,
    }
}

fn difference(difference: Difference) -> v1::ScoreDifference {
    v1::ScoreDifference {
        account_id: difference.account,
        lead_id: difference.lead,
        value: difference.value.to_owned(),
        stored: difference.stored,
        recomputed: difference.recomputed,
    }
}
