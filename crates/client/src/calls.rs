//! One method for each call of the contract, with retries.
//!
//! What a call does and returns stands at the call in the contract. A write whose request id is
//! empty gets one, so that its retries count once.

use tonic::Streaming;
use uuid::Uuid;

use crate::{Client, Error, v1};

macro_rules! reads {
    ($($(#[$doc:meta])* $service:ident.$method:ident($request:ident) -> $reply:ident;)+) => {
        impl Client {
            $($(#[$doc])*
            ///
            /// # Errors
            /// Those that the contract lists at the call.
            pub async fn $method(&self, request: v1::$request) -> Result<v1::$reply, Error> {
                self.call(request, |client, request| async move {
                    client.$service().$method(request).await
                })
                .await
            })+
        }
    };
}

macro_rules! writes {
    ($($(#[$doc:meta])* $service:ident.$method:ident($request:ident) -> $reply:ident;)+) => {
        impl Client {
            $($(#[$doc])*
            ///
            /// # Errors
            /// Those that the contract lists at the call.
            pub async fn $method(&self, mut request: v1::$request) -> Result<v1::$reply, Error> {
                if request.request_id.is_empty() {
                    request.request_id = Uuid::new_v4().to_string();
                }
                self.call(request, |client, request| async move {
                    client.$service().$method(request).await
                })
                .await
            })+
        }
    };
}

writes! {
    /// Creates or replaces an account.
    accounts.upsert_account(UpsertAccountRequest) -> UpsertAccountResponse;
    /// Creates or replaces up to 1,000 accounts.
    accounts.batch_upsert_accounts(BatchUpsertAccountsRequest) -> BatchUpsertAccountsResponse;
    /// Deletes what callers sent of an account.
    accounts.delete_account(DeleteAccountRequest) -> DeleteAccountResponse;
    /// Creates or replaces a lead.
    leads.upsert_lead(UpsertLeadRequest) -> UpsertLeadResponse;
    /// Creates or replaces up to 1,000 leads.
    leads.batch_upsert_leads(BatchUpsertLeadsRequest) -> BatchUpsertLeadsResponse;
    /// Merges accounts that are the same company.
    accounts.merge_accounts(MergeAccountsRequest) -> MergeAccountsResponse;
    /// Splits an account off the one it is merged into.
    accounts.split_account(SplitAccountRequest) -> SplitAccountResponse;
    /// Sets the account that an account belongs to.
    accounts.set_parent(SetParentRequest) -> SetParentResponse;
    /// Sets the account that a lead belongs to.
    leads.move_lead(MoveLeadRequest) -> MoveLeadResponse;
    /// Merges leads that are the same person.
    leads.merge_leads(MergeLeadsRequest) -> MergeLeadsResponse;
    /// Splits a lead off the one it is merged into.
    leads.split_lead(SplitLeadRequest) -> SplitLeadResponse;
    /// Sets the part that a lead plays in a purchase.
    leads.set_buying_role(SetBuyingRoleRequest) -> SetBuyingRoleResponse;
    /// Stores up to 1,000 activities and scores what they touch.
    activities.record_activities(RecordActivitiesRequest) -> RecordActivitiesResponse;
    /// Takes up to 10,000 activities back, or tells what that would do.
    activities.retract_activities(RetractActivitiesRequest) -> RetractActivitiesResponse;
    /// Creates or replaces an opportunity.
    outcomes.upsert_opportunity(UpsertOpportunityRequest) -> UpsertOpportunityResponse;
    /// Creates or replaces up to 1,000 opportunities.
    outcomes.batch_upsert_opportunities(BatchUpsertOpportunitiesRequest)
        -> BatchUpsertOpportunitiesResponse;
    /// Stores a model file as a draft.
    models.create_model_version(CreateModelVersionRequest) -> CreateModelVersionResponse;
    /// Begins to put a draft or a model file in force.
    models.publish_model(PublishModelRequest) -> PublishModelResponse;
    /// Begins to put the file of an earlier version in force again.
    models.roll_back_model(RollBackModelRequest) -> RollBackModelResponse;
    /// Moves a lead to a stage, on the path that leads there.
    leads.set_stage(SetStageRequest) -> SetStageResponse;
    /// Records what sales found out about a lead.
    leads.record_qualification(RecordQualificationRequest) -> RecordQualificationResponse;
    /// Hands an account or a lead over to sales.
    handoffs.hand_over(HandOverRequest) -> HandOverResponse;
    /// Takes a handoff for an owner.
    handoffs.claim_handoff(ClaimHandoffRequest) -> ClaimHandoffResponse;
    /// Records that whoever has a handoff tried to reach them.
    handoffs.record_attempt(RecordAttemptRequest) -> RecordAttemptResponse;
    /// Takes the leads of a handoff as sales qualified.
    handoffs.accept_handoff(AcceptHandoffRequest) -> AcceptHandoffResponse;
    /// Turns a handoff down.
    handoffs.reject_handoff(RejectHandoffRequest) -> RejectHandoffResponse;
    /// Gives a handoff to somebody else or into a queue.
    handoffs.reassign_handoff(ReassignHandoffRequest) -> ReassignHandoffResponse;
    /// Stores a new version of the handoff policy.
    handoffs.put_handoff_policy(PutHandoffPolicyRequest) -> PutHandoffPolicyResponse;
    /// Stops long work.
    operations.cancel_operation(CancelOperationRequest) -> CancelOperationResponse;
}

impl Client {
    /// Tries rules on the whole base; the parts of the answer come as they are found. A stream
    /// that breaks off is not begun again.
    ///
    /// # Errors
    /// Those that the contract lists at the call.
    pub async fn simulate_model(
        &self,
        request: v1::SimulateModelRequest,
    ) -> Result<Streaming<v1::SimulateModelResponse>, Error> {
        self.call(request, |client, request| async move {
            client.models().simulate_model(request).await
        })
        .await
    }
}

reads! {
    /// Returns an account as stored.
    accounts.get_account(GetAccountRequest) -> GetAccountResponse;
    /// Returns one page of accounts; [`Client::pages`] gives them all.
    accounts.list_accounts(ListAccountsRequest) -> ListAccountsResponse;
    /// Returns a lead with its score.
    leads.get_lead(GetLeadRequest) -> GetLeadResponse;
    /// Returns one page of leads; [`Client::pages`] gives them all.
    leads.list_leads(ListLeadsRequest) -> ListLeadsResponse;
    /// Returns one page of activities; [`Client::pages`] gives them all.
    activities.list_activities(ListActivitiesRequest) -> ListActivitiesResponse;
    /// Returns one page of rows that were refused; [`Client::pages`] gives them all.
    activities.list_rejected_activities(ListRejectedActivitiesRequest)
        -> ListRejectedActivitiesResponse;
    /// Returns an account with its scores, tier, reasons and people.
    views.get_account_view(GetAccountViewRequest) -> GetAccountViewResponse;
    /// Returns one page of accounts by rank; [`Client::pages`] gives them all.
    views.list_priority_accounts(ListPriorityAccountsRequest) -> ListPriorityAccountsResponse;
    /// Opens a score into its lines.
    views.explain_score(ExplainScoreRequest) -> ExplainScoreResponse;
    /// Returns one page of what was shown of an account; [`Client::pages`] gives all of it.
    views.get_score_history(GetScoreHistoryRequest) -> GetScoreHistoryResponse;
    /// Returns the group that an account is in, rolled up.
    views.get_account_group(GetAccountGroupRequest) -> GetAccountGroupResponse;
    /// Returns one page of groups; [`Client::pages`] gives them all.
    views.list_account_groups(ListAccountGroupsRequest) -> ListAccountGroupsResponse;
    /// Returns an opportunity as stored.
    outcomes.get_opportunity(GetOpportunityRequest) -> GetOpportunityResponse;
    /// Returns one page of opportunities; [`Client::pages`] gives them all.
    outcomes.list_opportunities(ListOpportunitiesRequest) -> ListOpportunitiesResponse;
    /// Returns one page of the versions; [`Client::pages`] gives them all.
    models.list_models(ListModelsRequest) -> ListModelsResponse;
    /// Returns a version of the model.
    models.get_model(GetModelRequest) -> GetModelResponse;
    /// Checks a model file without storing anything.
    models.validate_model(ValidateModelRequest) -> ValidateModelResponse;
    /// Returns long work and how far it is.
    operations.get_operation(GetOperationRequest) -> GetOperationResponse;
    /// Returns one page of long work; [`Client::pages`] gives it all.
    operations.list_operations(ListOperationsRequest) -> ListOperationsResponse;
    /// Returns one page of the moves of a lead; [`Client::pages`] gives them all.
    leads.list_stage_transitions(ListStageTransitionsRequest) -> ListStageTransitionsResponse;
    /// Returns a handoff with its packet, its leads and what happened to it.
    handoffs.get_handoff(GetHandoffRequest) -> GetHandoffResponse;
    /// Returns one page of handoffs; [`Client::pages`] gives them all.
    handoffs.list_handoffs(ListHandoffsRequest) -> ListHandoffsResponse;
    /// Lists what sales should do now.
    handoffs.list_work(ListWorkRequest) -> ListWorkResponse;
    /// Returns the handoff policy.
    handoffs.get_handoff_policy(GetHandoffPolicyRequest) -> GetHandoffPolicyResponse;
    /// Checks a policy file without storing anything.
    handoffs.validate_handoff_policy(ValidateHandoffPolicyRequest)
        -> ValidateHandoffPolicyResponse;
    /// Tells where something would go if it was handed over.
    handoffs.try_route(TryRouteRequest) -> TryRouteResponse;
    /// Returns the conversion from MQL to SQL to won, by group.
    reports.get_funnel(GetFunnelRequest) -> GetFunnelResponse;
    /// Returns how the rules behind handoffs did.
    reports.get_rule_report(GetRuleReportRequest) -> GetRuleReportResponse;
    /// Returns how the time allowed for handoffs was kept, by group.
    reports.get_service_levels(GetServiceLevelsRequest) -> GetServiceLevelsResponse;
    /// Returns what leads have in common that sales turned down for good.
    reports.get_negative_persona(GetNegativePersonaRequest) -> GetNegativePersonaResponse;
    /// Returns the handoffs of a period to talk about.
    reports.get_review_pack(GetReviewPackRequest) -> GetReviewPackResponse;
    /// Learns a draft of fit rules from outcomes; give it a long deadline.
    models.suggest_model(SuggestModelRequest) -> SuggestModelResponse;
    /// Holds scores of past dates against what became of accounts; give it a long deadline.
    models.backtest_model(BacktestModelRequest) -> BacktestModelResponse;
    /// Recomputes every score and compares; give it a long deadline.
    admin.verify(VerifyRequest) -> VerifyResponse;
}
