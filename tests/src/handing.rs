//! Handing over to sales.

use abm_app::{
    AppError, Attempt, Given, HandoffCall, HandoffFilter, HandoffRecord, HandoffView, LeadStanding,
    PolicyRecord, Qualification, Rejection, StageChange,
};
use abm_core::handoff::{AttemptKind, AttemptOutcome};
use abm_core::lifecycle::{Actor, Mark};
use abm_core::policy::Assignee;
use abm_core::qualification::Criterion;
use abm_core::{AccountId, LeadId, Stage, Timestamp};

use crate::{World, note};

impl World {
    /// All handoffs, the latest first.
    pub async fn handoffs(&self) -> Vec<HandoffRecord> {
        let filter = HandoffFilter::default();
        self.app.handoffs(self.workspace, &filter, None, 1_000).await.expect("handoffs").0
    }

    /// The handoffs of an account, the latest first.
    pub async fn handoffs_of(&self, account: &str) -> Vec<HandoffRecord> {
        let account = Some(AccountId::new(account).expect("an id"));
        let filter = HandoffFilter { account, ..HandoffFilter::default() };
        self.app.handoffs(self.workspace, &filter, None, 1_000).await.expect("handoffs").0
    }

    /// The only handoff there is.
    pub async fn the_handoff(&self) -> HandoffRecord {
        let mut all = self.handoffs().await;
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    /// A handoff with all that belongs to it.
    pub async fn handoff(&self, id: &str) -> HandoffView {
        self.app.handoff(self.workspace, id).await.expect("the handoff is there")
    }

    /// Where a lead stands, in words.
    pub async fn stage(&self, lead: &str) -> String {
        let LeadStanding { lifecycle, .. } = self.standing(lead).await;
        let stage = lifecycle.lifecycle.stage().name();
        match lifecycle.lifecycle.shown_mark().map(Mark::name) {
            None => stage.to_owned(),
            Some(mark) => format!("{stage}, {mark}"),
        }
    }

    /// Where a lead stands, and what is known for it.
    pub async fn standing(&self, lead: &str) -> LeadStanding {
        let (record, _) = self.person(lead).await;
        let found = self.app.standings(self.workspace, &[record]).await.expect("standings");
        found.into_iter().next().expect("one lead")
    }

    /// The moves of a lead from the first on, in words.
    pub async fn moves(&self, lead: &str) -> Vec<String> {
        let id = LeadId::new(lead).expect("an id");
        let found = self.app.transitions(self.workspace, &id, None, 1_000).await;
        let (mut found, _) = found.expect("the lead is there");
        found.reverse();
        let words = found.iter().enumerate().map(|(place, found)| {
            assert_eq!(found.sequence, i64::try_from(place).expect("few") + 1, "no holes");
            let step = found.step.map_or("declared", |step| step.name());
            format!("{step} to {} by {}", found.after.0.name(), found.actor.name())
        });
        words.collect()
    }

    /// A call about a handoff as it is now, by sales.
    #[must_use]
    pub fn call_on(&self, handoff: &HandoffRecord) -> HandoffCall {
        HandoffCall {
            request: self.request(),
            id: handoff.id.clone(),
            version: handoff.version,
            actor: Actor::Sales,
            caller: "crm".to_owned(),
        }
    }

    /// Takes a handoff.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn claim(&self, handoff: &HandoffRecord, owner: &str) -> Result<Given, AppError> {
        self.app.claim_handoff(self.workspace, self.call_on(handoff), owner.to_owned()).await
    }

    /// Records an attempt of now.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn attempt(
        &self,
        handoff: &HandoffRecord,
        outcome: AttemptOutcome,
    ) -> Result<Given, AppError> {
        self.attempt_with(handoff, outcome, None).await
    }

    /// Records an attempt of now to reach somebody.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn attempt_with(
        &self,
        handoff: &HandoffRecord,
        outcome: AttemptOutcome,
        lead: Option<&str>,
    ) -> Result<Given, AppError> {
        let lead = lead.map(|lead| LeadId::new(lead).expect("an id"));
        let (kind, at, comment) = (AttemptKind::Call, None, String::new());
        let attempt = Attempt { kind, outcome, at, lead, comment };
        self.app.record_attempt(self.workspace, self.call_on(handoff), attempt).await
    }

    /// Accepts a handoff.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn accept(&self, handoff: &HandoffRecord) -> Result<Given, AppError> {
        self.app.accept_handoff(self.workspace, self.call_on(handoff), String::new()).await
    }

    /// Turns a handoff down.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn reject(
        &self,
        handoff: &HandoffRecord,
        reason: &str,
        nurture_until: Option<Timestamp>,
    ) -> Result<Given, AppError> {
        let (reason, comment) = (reason.to_owned(), String::new());
        let rejection = Rejection { reason, comment, nurture_until };
        self.app.reject_handoff(self.workspace, self.call_on(handoff), rejection).await
    }

    /// Records that a lead has a need, and accepts a handoff of it.
    pub async fn accept_knowing(&self, handoff: &HandoffRecord, lead: &str) -> HandoffRecord {
        let lead = LeadId::new(lead).expect("an id");
        let need = Qualification {
            criterion: Criterion::Need,
            value: "tired of spreadsheets".to_owned(),
            source: "a call".to_owned(),
            at: Timestamp::default(),
            caller: "crm".to_owned(),
        };
        let (app, request) = (&self.app, self.request());
        let known = app.record_qualification(self.workspace, request, lead, vec![need]).await;
        known.expect("it is recorded");
        self.accept(handoff).await.expect("it is accepted").handoff
    }

    /// Gives a handoff to somebody else.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn reassign(&self, handoff: &HandoffRecord, owner: &str) -> Result<Given, AppError> {
        let (to, call) = (Assignee::Owner(owner.to_owned()), self.call_on(handoff));
        self.app.reassign_handoff(self.workspace, call, to, String::new()).await
    }

    /// Hands a lead over because marketing says so.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn hand_over(&self, lead: &str) -> Result<Given, AppError> {
        let call = HandoffCall {
            request: self.request(),
            id: String::new(),
            version: 0,
            actor: Actor::Marketing,
            caller: "planner".to_owned(),
        };
        let lead = Some(LeadId::new(lead).expect("an id"));
        self.app.hand_over(self.workspace, call, None, lead, String::new()).await
    }

    /// Moves a lead by hand.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn set_stage(
        &self,
        lead: &str,
        change: StageChange,
        actor: Actor,
        reason: &str,
    ) -> Result<Stage, AppError> {
        let id = LeadId::new(lead).expect("an id");
        let (app, request) = (&self.app, self.request());
        let set = app.set_stage(self.workspace, request, id, change, actor, note(reason)).await;
        set.map(|(record, _)| record.lifecycle.stage())
    }

    /// Puts a policy in force.
    pub async fn put_policy(&self, file: &str) {
        let base = self.app.policy(self.workspace, None).await.expect("a policy");
        let base = base.record.map_or(0, |record| record.version);
        let record = PolicyRecord {
            version: 0,
            file: file.to_owned(),
            comment: String::new(),
            created_at: self.now(),
            created_by: "test".to_owned(),
        };
        let put = self.app.put_policy(self.workspace, self.request(), base, record).await;
        put.expect("the policy is stored");
    }

    /// Lets the clocks of handoffs do what is due.
    pub async fn apply_handoffs(&self) {
        self.apply_due().await;
        self.app.apply_handoffs(self.workspace).await.expect("what is due is done");
    }
}
