//! Looking at a world.

use abm_app::{
    AccountExplained, AccountState, AccountView, Depth, LeadRecord, LeadScore, Opened, Question,
    RejectedActivity, ScoreKind, TimelineLine, Verification, Waiting,
};
use abm_core::explain::Line;
use abm_core::{AccountId, LeadId, Timestamp};

use crate::World;

impl World {
    /// An account as it is shown now, with up to 50 of its people.
    pub async fn view(&self, id: &str) -> AccountView {
        self.view_if_any(id).await.unwrap_or_else(|| panic!("there is no account `{id}`"))
    }

    /// An account as it is shown now; `None` when there is none.
    pub async fn view_if_any(&self, id: &str) -> Option<AccountView> {
        let id = AccountId::new(id).expect("an id");
        match self.app.account_view(self.workspace, &id, None, None, 50).await {
            Ok(view) => Some(view),
            Err(abm_app::AppError::NotFound { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// An account as it was at a moment, under a version of the model.
    pub async fn view_at(
        &self,
        id: &str,
        as_of: Option<Timestamp>,
        version: Option<u64>,
    ) -> AccountView {
        let id = AccountId::new(id).expect("an id");
        let view = self.app.account_view(self.workspace, &id, as_of, version, 50).await;
        view.expect("the account is there")
    }

    /// A lead as it is shown now.
    pub async fn person(&self, id: &str) -> (LeadRecord, LeadScore) {
        let id = LeadId::new(id).expect("an id");
        let (lead, score, _) = self.app.lead(self.workspace, &id).await.expect("the lead is there");
        (lead, score)
    }

    /// The account that a lead is matched to; empty when there is none.
    pub async fn employer(&self, id: &str) -> String {
        self.person(id).await.0.account.map(AccountId::into_string).unwrap_or_default()
    }

    /// The ids of all accounts.
    pub async fn account_ids(&self) -> Vec<String> {
        let found = self.app.accounts(self.workspace, None, 10_000).await.expect("accounts").0;
        found.into_iter().map(|account| account.id.into_string()).collect()
    }

    /// The whole timeline of an account.
    pub async fn timeline(&self, id: &str) -> Vec<TimelineLine> {
        let id = AccountId::new(id).expect("an id");
        let view = self.app.store().view(self.workspace);
        view.timeline(&id, 0, 1_000_000).await.expect("the timeline")
    }

    /// What is stored of an account's scoring.
    pub async fn stored_state(&self, id: &str) -> AccountState {
        let view = self.app.store().view(self.workspace);
        let ids = [AccountId::new(id).expect("an id")];
        let mut states = view.account_states(ids).await.expect("states");
        states.pop_first().expect("the account is there").1
    }

    /// The latest refused rows.
    pub async fn rejected(&self) -> Vec<RejectedActivity> {
        self.app.rejected_activities(self.workspace, None, 1_000).await.expect("refused rows").0
    }

    /// Computes everything again, and compares.
    pub async fn verify(&self) -> Verification {
        let waiting = Waiting::default();
        let found = self.app.verify(self.workspace, None, waiting.awaited()).await;
        found.expect("verification")
    }

    /// Applies what is due, expects that nothing differs from what the stored activities give,
    /// and tells the digest of the whole state.
    pub async fn digest(&self) -> String {
        self.apply_due().await;
        let found = self.verify().await;
        assert_eq!(found.differences, [], "{} differences", found.differences_total);
        assert_eq!((found.differences_total, found.due), (0, 0));
        found.digest
    }

    /// Opens every score of every account down to single activities, at the moment of the latest
    /// activity; expects that lines add up, and tells all that is said.
    pub async fn explained(&self) -> Vec<String> {
        let as_of = self.verify().await.as_of;
        let mut told = Vec::new();
        for id in self.account_ids().await {
            for kind in [ScoreKind::Engagement, ScoreKind::Fit] {
                let found = self.explain(&id, kind, Some(as_of)).await;
                let AccountExplained { opened, people, visitor, missing, forecast, tier, .. } =
                    found;
                [&opened].into_iter().chain(people.values()).chain(&visitor).for_each(add_up);
                let said = (opened, people, visitor, missing, forecast, tier);
                told.push(format!("{id} {kind:?} {said:?}"));
            }
        }
        told
    }

    /// Opens a score of an account down to single activities.
    pub async fn explain(
        &self,
        id: &str,
        kind: ScoreKind,
        as_of: Option<Timestamp>,
    ) -> AccountExplained {
        let id = AccountId::new(id).expect("an id");
        let depth = Depth::Activities;
        let question = Question { kind, as_of, version: None, depth, people: 1_000 };
        let found = self.app.explain_account(self.workspace, &id, question).await;
        found.expect("the account is there")
    }
}

/// Expects that lines add up to their score, at every depth.
fn add_up(opened: &Opened) {
    fn inside(line: &Line) {
        if !line.lines.is_empty() {
            assert_eq!(sum(&line.lines), line.micropoints, "{:?}", line.what);
            line.lines.iter().for_each(inside);
        }
    }
    let explanation = &opened.explanation;
    assert_eq!(sum(&explanation.lines), i64::from(explanation.score) * 1_000_000);
    explanation.lines.iter().for_each(inside);
}

fn sum(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.micropoints).sum()
}
