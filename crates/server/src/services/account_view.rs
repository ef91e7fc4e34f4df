//! AccountViewService.

use abm_app::{PriorityFilter, Question, ScoreKind};
use abm_core::AccountId;
use abm_proto::v1;
use abm_proto::v1::account_view_service_server::AccountViewService;
use abm_proto::v1::explain_score_request::Subject;
use tonic::{Request, Response, Status};

use super::{Services, account_id, lead_id, moment, page_of, page_size, people_limit, version};
use crate::convert::{explanation, group, score, view};
use crate::error::{invalid_field, status_of};
use crate::tokens::page_token_invalid;

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl AccountViewService for Services {
    async fn get_account_view(
        &self,
        request: Request<v1::GetAccountViewRequest>,
    ) -> Reply<v1::GetAccountViewResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let id = account_id(&message.account_id)?;
        let as_of = moment("as_of", message.as_of.as_ref())?;
        let people = people_limit(message.people_limit, 10, 100)?;
        self.at_least(&call.caller, &message.min_revision).await?;
        let (workspace, model) = (call.caller.workspace, version(message.model_version));
        let found = self.app.account_view(workspace, &id, as_of, model, people).await;
        let found = found.map_err(status_of)?;
        let revision = self.revision(&call.caller, found.revision);
        let account_view = Some(view::to_proto(found, call.sees_personal()));
        Ok(Response::new(v1::GetAccountViewResponse { account_view, revision }))
    }

    async fn list_priority_accounts(
        &self,
        request: Request<v1::ListPriorityAccountsRequest>,
    ) -> Reply<v1::ListPriorityAccountsResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let size = page_size(message.page_size)?;
        let filter = filter_of(message)?;
        let list = call.list("ListPriorityAccounts", format!("{filter:?}"));
        let after = match self.place(&list, &message.page_token)?.as_deref() {
            None => None,
            Some([rank, id]) => {
                let rank = rank.parse().map_err(|_| page_token_invalid())?;
                Some((rank, AccountId::new(id).map_err(|_| page_token_invalid())?))
            }
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &message.min_revision).await?;
        let workspace = call.caller.workspace;
        let found = self.app.priority_accounts(workspace, &filter, after, size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let lacks = if message.with_missing {
            let ids = found.iter().map(|account| account.row.scores.id.clone()).collect();
            self.app.missing(workspace, ids).await.map_err(status_of)?
        } else {
            vec![Vec::new(); found.len()]
        };
        let places: Vec<_> = found.iter().map(|account| account.place()).collect();
        let personal = call.sees_personal();
        let rows = found.into_iter().zip(&lacks);
        let rows = rows.map(|(account, lacks)| view::ranked(account, lacks, personal)).collect();
        let (accounts, more) = page_of(rows, size);
        let last = accounts.len().checked_sub(1).and_then(|last| places.get(last));
        let last = last.map(|(rank, id)| vec![rank.to_string(), id.to_string()]);
        Ok(Response::new(v1::ListPriorityAccountsResponse {
            next_page_token: self.next(&list, more, last)?,
            accounts,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn get_score_history(
        &self,
        request: Request<v1::GetScoreHistoryRequest>,
    ) -> Reply<v1::GetScoreHistoryResponse> {
        let call = self.open(request)?;
        let id = account_id(&call.message.account_id)?;
        let size = page_size(call.message.page_size)?;
        let list = call.list("GetScoreHistory", id.to_string());
        let before = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([sequence]) => Some(sequence.parse().map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.score_history(call.caller.workspace, &id, before, size + 1).await;
        let (found, revision) = found.map_err(status_of)?;
        let (changes, more) = page_of(found.iter().map(score::change).collect(), size);
        let last = changes.last().map(|change: &v1::ScoreChange| vec![change.sequence.to_string()]);
        Ok(Response::new(v1::GetScoreHistoryResponse {
            next_page_token: self.next(&list, more, last)?,
            changes,
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn get_account_group(
        &self,
        request: Request<v1::GetAccountGroupRequest>,
    ) -> Reply<v1::GetAccountGroupResponse> {
        let call = self.open(request)?;
        let id = account_id(&call.message.account_id)?;
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.account_group(call.caller.workspace, &id).await;
        let (found, revision) = found.map_err(status_of)?;
        Ok(Response::new(v1::GetAccountGroupResponse {
            group: Some(group::to_proto(&found)),
            members: group::members(&found),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn list_account_groups(
        &self,
        request: Request<v1::ListAccountGroupsRequest>,
    ) -> Reply<v1::ListAccountGroupsResponse> {
        let call = self.open(request)?;
        let size = page_size(call.message.page_size)?;
        let list = call.list("ListAccountGroups", String::new());
        let after = match self.place(&list, &call.message.page_token)?.as_deref() {
            None => None,
            Some([id]) => Some(AccountId::new(id).map_err(|_| page_token_invalid())?),
            Some(_) => return Err(page_token_invalid()),
        };
        self.at_least(&call.caller, &call.message.min_revision).await?;
        let found = self.app.account_groups(call.caller.workspace, after.as_ref(), size).await;
        let (groups, last, revision) = found.map_err(status_of)?;
        let place = last.map(|id| vec![id.into_string()]);
        Ok(Response::new(v1::ListAccountGroupsResponse {
            next_page_token: self.next(&list, place.is_some(), place)?,
            groups: groups.iter().map(group::to_proto).collect(),
            revision: self.revision(&call.caller, revision),
        }))
    }

    async fn explain_score(
        &self,
        request: Request<v1::ExplainScoreRequest>,
    ) -> Reply<v1::ExplainScoreResponse> {
        let call = self.open(request)?;
        let message = &call.message;
        let kind = match message.kind() {
            v1::ScoreKind::Engagement => ScoreKind::Engagement,
            v1::ScoreKind::Fit => ScoreKind::Fit,
            v1::ScoreKind::Unspecified => return Err(invalid_field("kind", "is required")),
        };
        let Ok(depth) = v1::ExplanationDepth::try_from(message.depth) else {
            return Err(invalid_field("depth", "is not a known value"));
        };
        let shown = match depth {
            v1::ExplanationDepth::Account => 0,
            _ => people_limit(message.people_limit, 20, 1_000)?,
        };
        let people = usize::try_from(shown).unwrap_or(usize::MAX);
        let question = Question {
            kind,
            as_of: moment("as_of", message.as_of.as_ref())?,
            version: version(message.model_version),
            depth: explanation::depth(depth),
            people,
        };
        self.at_least(&call.caller, &message.min_revision).await?;
        let workspace = call.caller.workspace;
        let (explanation, revision) = match &message.subject {
            Some(Subject::AccountId(id)) => {
                let account = account_id(id)?;
                let found = self.app.explain_account(workspace, &account, question).await;
                let found = found.map_err(status_of)?;
                let revision = found.revision;
                (explanation::account(id, kind, found, people), revision)
            }
            Some(Subject::LeadId(id)) => {
                let found = self.app.explain_lead(workspace, &lead_id(id)?, question).await;
                let found = found.map_err(status_of)?;
                let revision = found.revision;
                (explanation::lead(id, kind, found), revision)
            }
            None => return Err(invalid_field("subject", "is required")),
        };
        Ok(Response::new(v1::ExplainScoreResponse {
            explanation: Some(explanation),
            revision: self.revision(&call.caller, revision),
        }))
    }
}

fn filter_of(message: &v1::ListPriorityAccountsRequest) -> Result<PriorityFilter, Status> {
    let mut tiers = Vec::with_capacity(message.tiers.len());
    for (index, &tier) in message.tiers.iter().enumerate() {
        let known = v1::Tier::try_from(tier).ok().and_then(score::tier_from_proto);
        let field = format!("tiers[{index}]");
        tiers.push(known.ok_or_else(|| invalid_field(&field, "is not a tier"))?);
    }
    tiers.sort_unstable();
    tiers.dedup();
    Ok(PriorityFilter { include_all: message.include_all, mqa_only: message.mqa_only, tiers })
}
