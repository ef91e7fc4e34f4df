//! ModelService.

use abm_core::model::Severity;
use abm_proto::v1;
use abm_proto::v1::model_service_server::ModelService;
use tonic::{Request, Response, Status};

use super::{Services, page_of, page_size, request_key, version};
use crate::convert::model;
use crate::error::status_of;
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

/// Most problems told of one file.
const PROBLEMS: usize = 1_000;

#[tonic::async_trait]
impl ModelService for Services {
    async fn get_model(
        &self,
        request: Request<v1::GetModelRequest>,
    ) -> Reply<v1::GetModelResponse> {
        let call = self.open(request)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let asked = version(call.message.version);
        let found = self.app.model(call.caller.workspace, asked).await.map_err(status_of)?;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(Response::new(v1::GetModelResponse {
            model: Some(model::to_proto(found.model, found.matching)),
            active_version: found.active,
            rescore: Some(v1::RescoreProgress {
                accounts_total: number(found.accounts),
                accounts_done: number(found.accounts.saturating_sub(found.due)),
            }),
            revision: self.revision(&call.caller, found.revision),
        }))
    }

    async fn list_models(
        &self,
        request: Request<v1::ListModelsRequest>,
    ) -> Reply<v1::ListModelsResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let list = call.list("ListModels", String::new());
        let before = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([version]) => Some(version.parse().map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.models(call.caller.workspace, before, size + 1).await;
        let (found, active_version, revision) = found.map_err(status_of)?;
        let rows = found.into_iter().map(model::listed).collect();
        let (models, more) = page_of(rows, size);
        let last = models.last().map(|model: &v1::Model| vec![model.version.to_string()]);
        Ok(Response::new(v1::ListModelsResponse {
            next_page_token: self.next(&list, more, last)?,
            models,
            active_version,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn roll_back_model(
        &self,
        request: Request<v1::RollBackModelRequest>,
    ) -> Reply<v1::RollBackModelResponse> {
        let call = self.open(request)?;
        let key = request_key("RollBackModel", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        let base = version(message.base_version);
        let by = caller.name.clone();
        let published = self.app.roll_back_model(
            caller.workspace,
            key,
            message.version,
            message.comment,
            base,
            by,
        );
        let (record, revision) = published.await.map_err(status_of)?;
        let matching = self.app.model(caller.workspace, Some(record.version)).await;
        let matching = matching.map_err(status_of)?.matching;
        Ok(Response::new(v1::RollBackModelResponse {
            model: Some(model::to_proto(record, matching)),
            revision: self.revision(&caller, revision),
        }))
    }

    async fn publish_model(
        &self,
        request: Request<v1::PublishModelRequest>,
    ) -> Reply<v1::PublishModelResponse> {
        let call = self.open(request)?;
        let key = request_key("PublishModel", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        let base = version(message.base_version);
        let by = caller.name.clone();
        let (file, comment) = (message.model_file, message.comment);
        let published = self.app.publish_model(caller.workspace, key, file, comment, base, by);
        let (record, revision) = published.await.map_err(status_of)?;
        let matching = self.app.model(caller.workspace, Some(record.version)).await;
        let matching = matching.map_err(status_of)?.matching;
        Ok(Response::new(v1::PublishModelResponse {
            model: Some(model::to_proto(record, matching)),
            revision: self.revision(&caller, revision),
        }))
    }

    async fn validate_model(
        &self,
        request: Request<v1::ValidateModelRequest>,
    ) -> Reply<v1::ValidateModelResponse> {
        let call = self.open(request)?;
        let problems = self.app.validate_model(&call.message.model_file);
        let revision = self.app.position(call.caller.workspace).await.map_err(status_of)?;
        Ok(Response::new(v1::ValidateModelResponse {
            valid: problems.iter().all(|problem| problem.severity == Severity::Warning),
            problems: problems.into_iter().take(PROBLEMS).map(model::problem).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }
}
