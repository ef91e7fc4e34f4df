//! OperationService.

use abm_core::Timestamp;
use abm_proto::v1;
use abm_proto::v1::operation_service_server::OperationService;
use tonic::{Request, Response, Status};

use super::{Services, page_of, page_size, request_key};
use crate::convert::operation::to_proto;
use crate::error::status_of;
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl OperationService for Services {
    async fn get_operation(
        &self,
        request: Request<v1::GetOperationRequest>,
    ) -> Reply<v1::GetOperationResponse> {
        let call = self.open(request)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.operation(call.caller.workspace, &call.message.operation_id).await;
        let (operation, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::GetOperationResponse {
            operation: Some(to_proto(operation)),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn list_operations(
        &self,
        request: Request<v1::ListOperationsRequest>,
    ) -> Reply<v1::ListOperationsResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let list = call.list("ListOperations", String::new());
        let before = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([at, id]) => {
                let at = at.parse().map_err(|_| page_token_invalid())?;
                Some((Timestamp::from_micros(at), id.clone()))
            }
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.operations(call.caller.workspace, before, size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let places: Vec<_> = found
            .iter()
            .map(|operation| (operation.created_at.micros().to_string(), operation.id.clone()))
            .collect();
        let (operations, more) = page_of(found.into_iter().map(to_proto).collect(), size);
        let last = operations.len().checked_sub(1).and_then(|last| places.get(last));
        let last = last.map(|(at, id)| vec![at.clone(), id.clone()]);
        Ok(Response::new(v1::ListOperationsResponse {
            next_page_token: self.next(&list, more, last)?,
            operations,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn cancel_operation(
        &self,
        request: Request<v1::CancelOperationRequest>,
    ) -> Reply<v1::CancelOperationResponse> {
        let call = self.open(request)?;
        let key = request_key("CancelOperation", &call.message.request_id, &call.message)?;
        let id = call.message.operation_id;
        let cancelled = self.app.cancel_operation(call.caller.workspace, key, id).await;
        let (operation, revision) = cancelled.map_err(status_of)?;
        Ok(Response::new(v1::CancelOperationResponse {
            operation: Some(to_proto(operation)),
            revision: self.revision(&call.caller, revision),
        }))
    }
}
