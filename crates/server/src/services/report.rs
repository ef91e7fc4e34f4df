//! ReportService.

use abm_app::{FunnelQuestion, Period};
use abm_core::limits;
use abm_proto::v1;
use abm_proto::v1::report_service_server::ReportService;
use tonic::{Request, Response, Status};

use super::{Services, moment};
use crate::convert::{enumeration, report};
use crate::error::{invalid, status_of};

type Reply<T> = Result<Response<T>, Status>;

/// Longest name of an attribute, in bytes.
const ATTRIBUTE_BYTES: usize = 64;

/// The attribute that tells where leads come from, unless said otherwise.
const ORIGIN: &str = "origin";

fn period(
    start: Option<&prost_types::Timestamp>,
    end: Option<&prost_types::Timestamp>,
) -> Result<Period, Status> {
    Ok(Period { from: moment("start_time", start)?, until: moment("end_time", end)? })
}

#[tonic::async_trait]
impl ReportService for Services {
    async fn get_funnel(
        &self,
        request: Request<v1::GetFunnelRequest>,
    ) -> Reply<v1::GetFunnelResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let mut found = Vec::new();
        let by = enumeration(
            "group_by",
            message.group_by,
            |group| Some(report::group_by(group)),
            &mut found,
        );
        let attribute = message.origin_attribute.as_str();
        found.extend(limits::check_bytes("origin_attribute", attribute, ATTRIBUTE_BYTES).err());
        let Some(by) = by.filter(|_| found.is_empty()) else { return Err(invalid(&found)) };
        let origin = if attribute.is_empty() { ORIGIN } else { attribute };
        let question = FunnelQuestion {
            by,
            period: period(message.start_time.as_ref(), message.end_time.as_ref())?,
            origin: origin.to_owned(),
        };
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
}
