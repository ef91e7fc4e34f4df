//! ReportService.

use abm_app::{Grouped, Period};
use abm_core::limits;
use abm_proto::v1;
use abm_proto::v1::report_service_server::ReportService;
use tonic::{Request, Response, Status};

use super::{Services, moment};
use crate::convert::{enumeration, report};
use crate::error::{invalid, invalid_field, status_of};

type Reply<T> = Result<Response<T>, Status>;

/// Longest name of an attribute, in bytes.
const ATTRIBUTE_BYTES: usize = 64;

/// The attribute that tells where leads come from, unless said otherwise.
const ORIGIN: &str = "origin";

/// Most fields that a request leaves out.
const FIELDS: usize = 1_000;

/// Handoffs of each kind in a review pack: unless said otherwise, and at most.
const REVIEWED: (usize, usize) = (5, 100);

fn period(
    start: Option<&prost_types::Timestamp>,
    end: Option<&prost_types::Timestamp>,
) -> Result<Period, Status> {
    Ok(Period { from: moment("start_time", start)?, until: moment("end_time", end)? })
}

/// A question by groups.
fn grouped(group_by: i32, period: Period, origin_attribute: &str) -> Result<Grouped, Status> {
    let mut found = Vec::new();
    let group = |group| Some(report::group_by(group));
    let by = enumeration("group_by", group_by, group, &mut found);
    found.extend(limits::check_bytes("origin_attribute", origin_attribute, ATTRIBUTE_BYTES).err());
    let Some(by) = by.filter(|_| found.is_empty()) else { return Err(invalid(&found)) };
    let origin = if origin_attribute.is_empty() { ORIGIN } else { origin_attribute };
    Ok(Grouped { by, period, origin: origin.to_owned() })
}

#[tonic::async_trait]
impl ReportService for Services {
    async fn get_funnel(
        &self,
        request: Request<v1::GetFunnelRequest>,
    ) -> Reply<v1::GetFunnelResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let period = period(message.start_time.as_ref(), message.end_time.as_ref())?;
        let question = grouped(message.group_by, period, &message.origin_attribute)?;
        self.at_least(&call.caller, &message.min_revision).await?;
        let found = self.app.funnel(call.caller.workspace, &question).await;
        let (cohorts, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::GetFunnelResponse {
            cohorts: cohorts.into_iter().map(report::cohort).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn get_rule_report(
        &self,
        request: Request<v1::GetRuleReportRequest>,
    ) -> Reply<v1::GetRuleReportResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let period = period(message.start_time.as_ref(), message.end_time.as_ref())?;
        self.at_least(&call.caller, &message.min_revision).await?;
        let found = self.app.rule_report(call.caller.workspace, period).await;
        let (findings, revision) = found.map_err(status_of)?;
        let revision = self.revision(&call.caller, revision);
        Ok(Response::new(report::findings(findings, revision)))
    }

    async fn get_service_levels(
        &self,
        request: Request<v1::GetServiceLevelsRequest>,
    ) -> Reply<v1::GetServiceLevelsResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let period = period(message.start_time.as_ref(), message.end_time.as_ref())?;
        let question = grouped(message.group_by, period, &message.origin_attribute)?;
        self.at_least(&call.caller, &message.min_revision).await?;
        let found = self.app.service_levels(call.caller.workspace, &question).await;
        let (groups, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::GetServiceLevelsResponse {
            groups: groups.into_iter().map(report::service_level).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn get_negative_persona(
        &self,
        request: Request<v1::GetNegativePersonaRequest>,
    ) -> Reply<v1::GetNegativePersonaResponse> {
        let call = self.open(request)?;
        let message = call.message;
        let period = period(message.start_time.as_ref(), message.end_time.as_ref())?;
        let leave_out = message.leave_out_fields;
        if leave_out.len() > FIELDS {
            let message = format!("has {} entries, at most {FIELDS} are allowed", leave_out.len());
            return Err(invalid_field("leave_out_fields", message));
        }
        self.at_least(&call.caller, &message.min_revision).await?;
        let found = self.app.negative_persona(call.caller.workspace, period, leave_out).await;
        let found = found.map_err(status_of)?;
        let revision = self.revision(&call.caller, found.revision);
        Ok(Response::new(report::persona(found, revision)))
    }

    async fn get_review_pack(
        &self,
        request: Request<v1::GetReviewPackRequest>,
    ) -> Reply<v1::GetReviewPackResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let period = period(message.start_time.as_ref(), message.end_time.as_ref())?;
        let (usual, most) = REVIEWED;
        let limit = match usize::try_from(message.limit) {
            Ok(0) => usual,
            Ok(limit) => limit.min(most),
            Err(_) => return Err(invalid_field("limit", "is negative")),
        };
        self.at_least(&call.caller, &message.min_revision).await?;
        let found = self.app.review_pack(call.caller.workspace, period, limit).await;
        let (pack, revision) = found.map_err(status_of)?;
        let revision = self.revision(&call.caller, revision);
        Ok(Response::new(report::review_pack(pack, revision)))
    }
}
