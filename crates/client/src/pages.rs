//! Lists, page by page.

use crate::{Client, Error, v1};

/// A request for a list that comes in pages.
pub trait ListRequest: Clone + Send + Sync + 'static {
    /// The reply: one page.
    type Page: Send + 'static;

    /// Asks for the page that a token stands for.
    fn set_page_token(&mut self, token: String);

    /// The token of the page after this one; empty when it is the last.
    fn next_page_token(page: &Self::Page) -> &str;

    /// Gets one page, with retries.
    fn fetch(self, client: Client) -> impl Future<Output = Result<Self::Page, Error>> + Send;
}

/// The pages of a list. Made by [`Client::pages`].
#[derive(Debug)]
pub struct Pages<List> {
    client: Client,
    request: List,
    done: bool,
}

impl<List: ListRequest> Pages<List> {
    pub(crate) fn new(client: Client, request: List) -> Self {
        Self { client, request, done: false }
    }

    /// The next page, `None` after the last. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// Those that the contract lists at the call.
    pub async fn next_page(&mut self) -> Result<Option<List::Page>, Error> {
        if self.done {
            return Ok(None);
        }
        let page = self.request.clone().fetch(self.client.clone()).await?;
        let token = List::next_page_token(&page);
        self.done = token.is_empty();
        self.request.set_page_token(token.to_owned());
        Ok(Some(page))
    }
}

macro_rules! list_requests {
    ($($request:ident -> $page:ident by $method:ident),+ $(,)?) => {
        $(impl ListRequest for v1::$request {
            type Page = v1::$page;

            fn set_page_token(&mut self, token: String) {
                self.page_token = token;
            }

            fn next_page_token(page: &Self::Page) -> &str {
                &page.next_page_token
            }

            async fn fetch(self, client: Client) -> Result<Self::Page, Error> {
                client.$method(self).await
            }
        })+
    };
}

list_requests! {
    ListAccountsRequest -> ListAccountsResponse by list_accounts,
    ListLeadsRequest -> ListLeadsResponse by list_leads,
    ListActivitiesRequest -> ListActivitiesResponse by list_activities,
    ListRejectedActivitiesRequest -> ListRejectedActivitiesResponse by list_rejected_activities,
    ListPriorityAccountsRequest -> ListPriorityAccountsResponse by list_priority_accounts,
    ListAccountGroupsRequest -> ListAccountGroupsResponse by list_account_groups,
    ListOpportunitiesRequest -> ListOpportunitiesResponse by list_opportunities,
    ListModelsRequest -> ListModelsResponse by list_models,
    ListOperationsRequest -> ListOperationsResponse by list_operations,
    GetScoreHistoryRequest -> GetScoreHistoryResponse by get_score_history,
    ListStageTransitionsRequest -> ListStageTransitionsResponse by list_stage_transitions,
    ListHandoffsRequest -> ListHandoffsResponse by list_handoffs,
}
