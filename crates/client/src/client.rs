//! The client: its connection, and how it makes a call.

use std::fmt;
use std::time::Duration;

use tonic::transport::Channel;
use tonic::{Response, Status};

use crate::headers::Headers;
use crate::retry::{self, Waiter};
use crate::v1::account_service_client::AccountServiceClient;
use crate::v1::account_view_service_client::AccountViewServiceClient;
use crate::v1::activity_service_client::ActivityServiceClient;
use crate::v1::admin_service_client::AdminServiceClient;
use crate::v1::handoff_service_client::HandoffServiceClient;
use crate::v1::lead_service_client::LeadServiceClient;
use crate::v1::model_service_client::ModelServiceClient;
use crate::v1::operation_service_client::OperationServiceClient;
use crate::v1::outcome_service_client::OutcomeServiceClient;
use crate::v1::report_service_client::ReportServiceClient;
use crate::{Authorized, Error, ListRequest, Pages, RetryPolicy};

/// Largest reply that is taken in: the contract promises no larger one.
const REPLY_BYTES: usize = 4 * 1024 * 1024;

/// A connection to the service. Clones share it.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    headers: Headers,
    retry: RetryPolicy,
}

impl Client {
    pub(crate) fn over(channel: Channel, headers: Headers, retry: RetryPolicy) -> Self {
        Self { channel, headers, retry }
    }

    /// The same connection with another deadline for each try of a call.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        let mut client = self.clone();
        client.headers.deadline = deadline;
        client
    }

    /// The same connection with another retry policy.
    #[must_use]
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        Self { retry, ..self.clone() }
    }

    /// Makes a call by a generated client, and tries it again as the policy says.
    ///
    /// Every try gets the same request, so a write needs its request id before it comes here.
    ///
    /// ```no_run
    /// # async fn example(client: abm_client::Client) -> Result<(), abm_client::Error> {
    /// let request = abm_client::v1::GetModelRequest::default();
    /// let reply = client
    ///     .call(request, |client, request| async move { client.models().get_model(request).await })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of the last try.
    pub async fn call<Message, Reply, Attempt, Answer>(
        &self,
        request: Message,
        attempt: Attempt,
    ) -> Result<Reply, Error>
    where
        Message: Clone,
        Attempt: Fn(Self, Message) -> Answer,
        Answer: Future<Output = Result<Response<Reply>, Status>>,
    {
        let once = || attempt(self.clone(), request.clone());
        retry::run(&self.retry, &Waiter::real(), once).await.map(Response::into_inner)
    }

    /// The pages of a list, from the one that the request asks for.
    #[must_use]
    pub fn pages<List: ListRequest>(&self, request: List) -> Pages<List> {
        Pages::new(self.clone(), request)
    }
}

macro_rules! service_clients {
    ($($(#[$doc:meta])* $name:ident: $client:ident),+ $(,)?) => {
        impl Client {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> $client<Authorized> {
                $client::with_interceptor(self.channel.clone(), self.headers.clone())
                    .max_decoding_message_size(REPLY_BYTES)
            })+
        }
    };
}

service_clients! {
    /// The generated client of AccountService, without retries.
    accounts: AccountServiceClient,
    /// The generated client of LeadService, without retries.
    leads: LeadServiceClient,
    /// The generated client of ActivityService, without retries.
    activities: ActivityServiceClient,
    /// The generated client of AccountViewService, without retries.
    views: AccountViewServiceClient,
    /// The generated client of OutcomeService, without retries.
    outcomes: OutcomeServiceClient,
    /// The generated client of ModelService, without retries.
    models: ModelServiceClient,
    /// The generated client of OperationService, without retries.
    operations: OperationServiceClient,
    /// The generated client of HandoffService, without retries.
    handoffs: HandoffServiceClient,
    /// The generated client of ReportService, without retries.
    reports: ReportServiceClient,
    /// The generated client of AdminService, without retries.
    admin: AdminServiceClient,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("deadline", &self.headers.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
