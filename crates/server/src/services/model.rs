//! ModelService.

mod sent;

use std::mem;
use std::pin::Pin;

use abm_app::{Caller, ModelChoice, ModelRecord, RequestKey, Rules};
use abm_core::model::Severity;
use abm_proto::v1;
use abm_proto::v1::model_service_server::ModelService;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use self::sent::{Form, Sent};
use super::{Services, page_of, page_size, request_key, version};
use crate::convert::suggestion::Question;
use crate::convert::{backtest, model, operation, simulation, suggestion};
use crate::error::{invalid, invalid_field, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

/// The parts of a simulation, as they are found.
type Parts = Pin<Box<dyn Stream<Item = Result<v1::SimulateModelResponse, Status>> + Send>>;

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
        Ok(Response::new(v1::GetModelResponse {
            rescore: found.rescore.map(|(done, total)| v1::RescoreProgress {
                accounts_total: operation::count(total),
                accounts_done: operation::count(done),
            }),
            model: Some(model::to_proto(found.model, found.matching)),
            active_version: found.active,
            publishing_version: found.publishing.unwrap_or(0),
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

    async fn create_model_version(
        &self,
        request: Request<v1::CreateModelVersionRequest>,
    ) -> Reply<v1::CreateModelVersionResponse> {
        let call = self.open(request)?;
        let key = request_key("CreateModelVersion", &call.message.request_id, &call.message)?;
        let (v1::CreateModelVersionRequest { model_file, model_spec, comment, .. }, caller) =
            (call.message, call.caller);
        let (file, form) = one_of(model_file, model_spec)?.into_file()?;
        let by = caller.name.clone();
        let created = self.app.create_model_version(caller.workspace, key, file, comment, by);
        let (record, revision) = created.await.map_err(|error| form.status(error))?;
        Ok(Response::new(v1::CreateModelVersionResponse {
            model: Some(self.whole_model(&caller, record).await?),
            revision: self.revision(&caller, revision),
        }))
    }

    async fn publish_model(
        &self,
        request: Request<v1::PublishModelRequest>,
    ) -> Reply<v1::PublishModelResponse> {
        let call = self.open(request)?;
        let key = request_key("PublishModel", &call.message.request_id, &call.message)?;
        let v1::PublishModelRequest {
            model_file, model_spec, comment, base_version, version, ..
        } = call.message;
        let (choice, form) = Sent::choice(model_file, model_spec, version)?;
        let rules = match choice {
            ModelChoice::File(file) => Rules::File(file),
            ModelChoice::Version(version) => Rules::Draft(version),
            ModelChoice::Active => return Err(sent::one_expected()),
        };
        let published = self.publish(&call.caller, key, rules, form, comment, base_version).await?;
        let (model, operation, revision) = published;
        Ok(Response::new(v1::PublishModelResponse { model, revision, operation }))
    }

    async fn roll_back_model(
        &self,
        request: Request<v1::RollBackModelRequest>,
    ) -> Reply<v1::RollBackModelResponse> {
        let call = self.open(request)?;
        let key = request_key("RollBackModel", &call.message.request_id, &call.message)?;
        let v1::RollBackModelRequest { version, comment, base_version, .. } = call.message;
        let rules = Rules::Earlier(version);
        let published =
            self.publish(&call.caller, key, rules, Form::File, comment, base_version).await?;
        let (model, operation, revision) = published;
        Ok(Response::new(v1::RollBackModelResponse { model, revision, operation }))
    }

    async fn validate_model(
        &self,
        request: Request<v1::ValidateModelRequest>,
    ) -> Reply<v1::ValidateModelResponse> {
        let call = self.open(request)?;
        let v1::ValidateModelRequest { model_file, model_spec } = call.message;
        let sent = one_of(model_file, model_spec)?;
        let problems = sent.problems(|file| self.app.validate_model(file));
        let revision = self.app.position(call.caller.workspace).await.map_err(status_of)?;
        Ok(Response::new(v1::ValidateModelResponse {
            valid: problems.iter().all(|problem| problem.severity == Severity::Warning),
            problems: problems.into_iter().take(PROBLEMS).map(model::problem).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }

    type SimulateModelStream = Parts;

    async fn simulate_model(
        &self,
        request: Request<v1::SimulateModelRequest>,
    ) -> Reply<Self::SimulateModelStream> {
        let call = self.open(request)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let mut message = call.message;
        let (file, spec) = (mem::take(&mut message.model_file), message.model_spec.take());
        let (choice, form) = Sent::choice(file, spec, message.version)?;
        if choice == ModelChoice::Active {
            return Err(sent::one_expected());
        }
        let (question, capacity) = simulation::question(&message, choice)?;
        let parts = self.app.simulate_model(call.caller.workspace, question).await;
        let parts = ReceiverStream::new(parts.map_err(|error| form.status(error))?);
        let (services, caller) = (self.clone(), call.caller);
        let parts = parts.map(move |part| {
            let part = part.map_err(status_of)?;
            Ok(simulation::to_proto(part, capacity, |position| {
                services.revision(&caller, position)
            }))
        });
        Ok(Response::new(Box::pin(parts)))
    }

    async fn suggest_model(
        &self,
        request: Request<v1::SuggestModelRequest>,
    ) -> Reply<v1::SuggestModelResponse> {
        let call = self.open(request)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let question = suggestion::question(call.message).map_err(|found| invalid(&found))?;
        let workspace = call.caller.workspace;
        let reply = match question {
            Question::Fit(question) => {
                let suggested = self.app.suggest_model(workspace, question, call.awaited).await;
                let suggested = suggested.map_err(status_of)?;
                let revision = self.revision(&call.caller, suggested.revision);
                suggestion::to_proto(suggested, revision)
            }
            Question::Points(question) => {
                let suggested = self.app.suggest_points(workspace, question, call.awaited).await;
                let suggested = suggested.map_err(status_of)?;
                let revision = self.revision(&call.caller, suggested.backtest.revision);
                suggestion::points_to_proto(suggested, revision)
            }
        };
        Ok(Response::new(reply))
    }

    async fn backtest_model(
        &self,
        request: Request<v1::BacktestModelRequest>,
    ) -> Reply<v1::BacktestModelResponse> {
        let call = self.open(request)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let mut message = call.message;
        let (file, spec) = (mem::take(&mut message.model_file), message.model_spec.take());
        let (choice, form) = Sent::choice(file, spec, message.version)?;
        let question = backtest::question(message, choice).map_err(|found| invalid(&found))?;
        let workspace = call.caller.workspace;
        let found = self.app.backtest_model(workspace, question, call.awaited).await;
        let found = found.map_err(|error| form.status(error))?;
        let revision = self.revision(&call.caller, found.revision);
        Ok(Response::new(backtest::to_proto(&found, revision)))
    }
}

impl Services {
    /// Begins to put rules in force. Gives the version, the work, and the revision.
    async fn publish(
        &self,
        caller: &Caller,
        key: RequestKey,
        rules: Rules,
        form: Form,
        comment: String,
        base: u64,
    ) -> Result<(Option<v1::Model>, Option<v1::Operation>, String), Status> {
        let by = caller.name.clone();
        let published =
            self.app.publish_model(caller.workspace, key, rules, comment, version(base), by);
        let (record, operation, revision) = published.await.map_err(|error| form.status(error))?;
        let model = self.whole_model(caller, record).await?;
        let operation = operation::to_proto(operation);
        Ok((Some(model), Some(operation), self.revision(caller, revision)))
    }

    /// A version with the fingerprint of its rules.
    async fn whole_model(&self, caller: &Caller, record: ModelRecord) -> Result<v1::Model, Status> {
        let found = self.app.model(caller.workspace, Some(record.version)).await;
        Ok(model::to_proto(record, found.map_err(status_of)?.matching))
    }
}

/// The model of a request that must hold one.
fn one_of(file: String, spec: Option<v1::ModelSpec>) -> Result<Sent, Status> {
    let message = "give either a model file or a model spec";
    Sent::one_of(file, spec).ok_or_else(|| invalid_field("model_file", message))
}
