//! Filling a world.

use abm_app::{
    AppError, OperationRecord, OperationState, Recorded, RequestKey, Retracted, Retraction,
    RowOutcome, Rules, UpsertOptions, UpsertOutcome, Waiting,
};
use abm_core::AccountId;
use uuid::Uuid;

use crate::{ALead, AnAccount, AnActivity, AnOpportunity, World};

/// The outcome of that many rows that are all new.
#[must_use]
pub fn created(rows: usize) -> Vec<RowOutcome> {
    vec![RowOutcome::Created; rows]
}

impl World {
    /// A request that was never sent before.
    #[must_use]
    pub fn request(&self) -> RequestKey {
        RequestKey::new(&Uuid::new_v4().to_string(), b"")
    }

    /// Sends accounts, and gives what became of each.
    pub async fn accounts(
        &self,
        accounts: impl IntoIterator<Item = AnAccount>,
    ) -> Vec<UpsertOutcome> {
        let rows = accounts.into_iter().map(AnAccount::row).collect();
        let sent = self
            .app
            .upsert_accounts(self.workspace, self.request(), rows, UpsertOptions::default())
            .await;
        sent.expect("accounts are stored").rows
    }

    /// Sends leads, and gives what became of each.
    pub async fn leads(&self, leads: impl IntoIterator<Item = ALead>) -> Vec<UpsertOutcome> {
        let rows = leads.into_iter().map(ALead::row).collect();
        let sent = self
            .app
            .upsert_leads(self.workspace, self.request(), rows, UpsertOptions::default())
            .await;
        sent.expect("leads are stored").rows
    }

    /// Sends opportunities, and gives what became of each.
    pub async fn opportunities(
        &self,
        opportunities: impl IntoIterator<Item = AnOpportunity>,
    ) -> Vec<UpsertOutcome> {
        let sent = self.try_opportunities(opportunities, UpsertOptions::default()).await;
        sent.expect("opportunities are stored")
    }

    /// Sends opportunities in some way.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn try_opportunities(
        &self,
        opportunities: impl IntoIterator<Item = AnOpportunity>,
        options: UpsertOptions,
    ) -> Result<Vec<UpsertOutcome>, AppError> {
        let rows = opportunities.into_iter().map(AnOpportunity::row).collect();
        let sent =
            self.app.upsert_opportunities(self.workspace, self.request(), rows, options).await;
        sent.map(|sent| sent.rows)
    }

    /// Sends activities, and gives what became of each.
    pub async fn record(
        &self,
        activities: impl IntoIterator<Item = AnActivity>,
    ) -> Vec<RowOutcome> {
        self.try_record(activities, false).await.expect("activities are stored").rows
    }

    /// Sends activities, all or nothing if asked.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn try_record(
        &self,
        activities: impl IntoIterator<Item = AnActivity>,
        all_or_nothing: bool,
    ) -> Result<Recorded, AppError> {
        let rows = activities.into_iter().map(AnActivity::row).collect();
        let request = Uuid::new_v4().to_string();
        self.app.record_activities(self.workspace, &request, rows, all_or_nothing).await
    }

    /// Takes activities back.
    pub async fn retract(&self, retraction: Retraction) -> Retracted {
        let done = self.try_retract(self.request(), retraction, false).await;
        done.expect("activities are taken back")
    }

    /// Takes activities back under a request, or tries it.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn try_retract(
        &self,
        request: RequestKey,
        retraction: Retraction,
        dry_run: bool,
    ) -> Result<Retracted, AppError> {
        let (workspace, waiting) = (self.workspace, Waiting::default());
        let awaited = waiting.awaited();
        self.app.retract_activities(workspace, request, retraction, dry_run, awaited).await
    }

    /// Deletes an account.
    pub async fn delete_account(&self, id: &str) {
        let id = AccountId::new(id).expect("an id");
        let deleted = self.app.delete_account(self.workspace, self.request(), id).await;
        deleted.expect("the account is deleted");
    }

    /// Puts a model in force, and gives its version.
    pub async fn publish(&self, file: &str) -> u64 {
        let operation = self.begin_publishing(file).await;
        self.work().await;
        let done = self.app.operation(self.workspace, &operation.id).await.expect("it is there").0;
        assert_eq!(done.state, OperationState::Succeeded);
        assert_eq!(done.done, done.total);
        done.model_version
    }

    /// Begins to put a model in force; [`World::work`] does it.
    pub async fn begin_publishing(&self, file: &str) -> OperationRecord {
        let (rules, comment) = (Rules::File(file.to_owned()), String::new());
        let (app, request) = (&self.app, self.request());
        let begun =
            app.publish_model(self.workspace, request, rules, comment, None, "test".into()).await;
        begun.expect("it begins").1
    }

    /// Does the work in the background until there is none left.
    pub async fn work(&self) {
        while self.app.work_on(self.workspace).await.expect("the work goes on") {}
    }

    /// Applies what is due, and gives the number of accounts touched.
    pub async fn apply_due(&self) -> u64 {
        self.app.apply_due(self.workspace).await.expect("what is due is applied")
    }
}
