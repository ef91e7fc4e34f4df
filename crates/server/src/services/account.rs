//! AccountService.

use abm_app::{AppError, UpsertOptions};
use abm_core::{AccountId, WorkspaceId};
use abm_proto::v1;
use abm_proto::v1::account_service_server::AccountService;
use tonic::{Request, Response, Status};

use super::{
    Services, account_id, check_rows, id_in, ids, inside, page_of, page_size, request_key,
};
use crate::convert::{account, adjustment, verdict};
use crate::error::{invalid, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl AccountService for Services {
    async fn upsert_account(
        &self,
        request: Request<v1::UpsertAccountRequest>,
    ) -> Reply<v1::UpsertAccountResponse> {
        let call = self.open(request)?;
        let key = request_key("UpsertAccount", &call.message.request_id, &call.message)?;
        let sent = account::from_proto(call.message.account.unwrap_or_default());
        let (id, profile) = sent.map_err(|found| invalid(&inside(found, "account")))?;
        let workspace = call.caller.workspace;
        let rows = vec![Ok((id.clone(), profile))];
        let options = UpsertOptions { merge: call.message.add_domains, ..Default::default() };
        let stored = self.app.upsert_accounts(workspace, key, rows, options);
        let stored = stored.await.map_err(status_of)?;
        let (verdicts, _) = verdict::of_upserts(stored.rows);
        let account = self.account_if_any(workspace, &id).await?;
        Ok(Response::new(v1::UpsertAccountResponse {
            account,
            verdict: verdicts.first().map_or(0, |row| row.verdict),
            revision: self.revision(&call.caller, stored.revision),
        }))
    }

    async fn batch_upsert_accounts(
        &self,
        request: Request<v1::BatchUpsertAccountsRequest>,
    ) -> Reply<v1::BatchUpsertAccountsResponse> {
        let call = self.open(request)?;
        let key = request_key("BatchUpsertAccounts", &call.message.request_id, &call.message)?;
        let (message, caller) = (call.message, call.caller);
        check_rows(message.accounts.len(), message.all_or_nothing)?;
        let rows: Vec<_> = message.accounts.into_iter().map(account::from_proto).collect();
        if message.all_or_nothing {
            let found = super::all_violations(&rows, "accounts");
            if !found.is_empty() {
                return Err(invalid(&found));
            }
        }
        let options =
            UpsertOptions { merge: message.add_domains, all_or_nothing: message.all_or_nothing };
        let stored = self.app.upsert_accounts(caller.workspace, key, rows, options);
        let stored = stored.await.map_err(status_of)?;
        let (verdicts, counts) = verdict::of_upserts(stored.rows);
        let revision = self.revision(&caller, stored.revision);
        let counts = Some(counts);
        Ok(Response::new(v1::BatchUpsertAccountsResponse { verdicts, counts, revision }))
    }

    async fn get_account(
        &self,
        request: Request<v1::GetAccountRequest>,
    ) -> Reply<v1::GetAccountResponse> {
        let call = self.open(request)?;
        let id = account_id(&call.message.account_id)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.account(workspace, &id).await;
        let (found, revision) = found.map_err(status_of)?;
        let history = self.app.history_of(workspace, &found.id).await.map_err(status_of)?;
        Ok(Response::new(v1::GetAccountResponse {
            account: Some(account::to_proto(found)),
            revision: self.revision(&call.caller, revision),
            merged_account_ids: history.merged,
            adjustments: history.adjustments.into_iter().map(adjustment::to_proto).collect(),
        }))
    }

    async fn list_accounts(
        &self,
        request: Request<v1::ListAccountsRequest>,
    ) -> Reply<v1::ListAccountsResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let list = call.list("ListAccounts", String::new());
        let after = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([id]) => Some(AccountId::new(id).map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.accounts(call.caller.workspace, after.as_ref(), size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let (accounts, more) = page_of(found.into_iter().map(account::to_proto).collect(), size);
        let last = accounts.last().map(|account: &v1::Account| vec![account.account_id.clone()]);
        Ok(Response::new(v1::ListAccountsResponse {
            next_page_token: self.next(&list, more, last)?,
            accounts,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn delete_account(
        &self,
        request: Request<v1::DeleteAccountRequest>,
    ) -> Reply<v1::DeleteAccountResponse> {
        let call = self.open(request)?;
        let key = request_key("DeleteAccount", &call.message.request_id, &call.message)?;
        let id = account_id(&call.message.account_id)?;
        let deleted = self.app.delete_account(call.caller.workspace, key, id).await;
        let revision = self.revision(&call.caller, deleted.map_err(status_of)?);
        Ok(Response::new(v1::DeleteAccountResponse { revision }))
    }

    async fn merge_accounts(
        &self,
        request: Request<v1::MergeAccountsRequest>,
    ) -> Reply<v1::MergeAccountsResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("MergeAccounts", &message.request_id, message)?;
        let survivor = AccountId::new(message.survivor_account_id.as_str());
        let survivor = id_in("survivor_account_id", survivor)?;
        let others = ids("account_ids", &message.account_ids, |id| AccountId::new(id))?;
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let merged = self.app.merge_accounts(workspace, key, survivor.clone(), others, note);
        let revision = self.revision(&call.caller, merged.await.map_err(status_of)?);
        let account = self.account_if_any(workspace, &survivor).await?;
        Ok(Response::new(v1::MergeAccountsResponse { account, revision }))
    }

    async fn split_account(
        &self,
        request: Request<v1::SplitAccountRequest>,
    ) -> Reply<v1::SplitAccountResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("SplitAccount", &message.request_id, message)?;
        let id = account_id(&message.account_id)?;
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let split = self.app.split_account(workspace, key, id.clone(), note).await;
        let revision = self.revision(&call.caller, split.map_err(status_of)?);
        let account = self.account_if_any(workspace, &id).await?;
        Ok(Response::new(v1::SplitAccountResponse { account, revision }))
    }

    async fn set_parent(
        &self,
        request: Request<v1::SetParentRequest>,
    ) -> Reply<v1::SetParentResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let key = request_key("SetParent", &message.request_id, message)?;
        let id = account_id(&message.account_id)?;
        let parent = match message.parent_account_id.as_str() {
            "" => None,
            parent => Some(id_in("parent_account_id", AccountId::new(parent))?),
        };
        let (note, workspace) = (call.note(&message.reason), call.caller.workspace);
        let set = self.app.set_parent(workspace, key, id.clone(), parent, note).await;
        let revision = self.revision(&call.caller, set.map_err(status_of)?);
        let account = self.account_if_any(workspace, &id).await?;
        Ok(Response::new(v1::SetParentResponse { account, revision }))
    }
}

impl Services {
    async fn account_if_any(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
    ) -> Result<Option<v1::Account>, Status> {
        match self.app.account(workspace, id).await {
            Ok((found, _)) => Ok(Some(account::to_proto(found))),
            Err(AppError::NotFound { .. }) => Ok(None),
            Err(error) => Err(status_of(error)),
        }
    }
}
