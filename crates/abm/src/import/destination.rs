//! Where the records go.

use abm_client::v1::{
    Account, Activity, BatchUpsertAccountsRequest, BatchUpsertLeadsRequest,
    BatchUpsertOpportunitiesRequest, Lead, Opportunity, RecordActivitiesRequest, RowVerdict,
};
use abm_client::{Client, Error};

/// Takes records in batches and gives one verdict a record, in their order.
pub(crate) trait Destination: Clone + Send + Sync + 'static {
    /// Stores accounts.
    fn accounts(
        &self,
        accounts: Vec<Account>,
        merge: bool,
    ) -> impl Future<Output = Result<Vec<RowVerdict>, Error>> + Send;

    /// Stores leads.
    fn leads(
        &self,
        leads: Vec<Lead>,
        merge: bool,
    ) -> impl Future<Output = Result<Vec<RowVerdict>, Error>> + Send;

    /// Stores activities.
    fn activities(
        &self,
        activities: Vec<Activity>,
    ) -> impl Future<Output = Result<Vec<RowVerdict>, Error>> + Send;

    /// Stores opportunities.
    fn opportunities(
        &self,
        opportunities: Vec<Opportunity>,
        merge: bool,
    ) -> impl Future<Output = Result<Vec<RowVerdict>, Error>> + Send;
}

/// The service. The client makes a new request id for each batch and keeps it over its retries. An
/// id derived from the content would give the outcome of the first import when a file is imported
/// again within a week, even if the records were changed or deleted in between.
impl Destination for Client {
    async fn accounts(
        &self,
        accounts: Vec<Account>,
        merge: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        let request =
            BatchUpsertAccountsRequest { accounts, add_domains: merge, ..Default::default() };
        Ok(self.batch_upsert_accounts(request).await?.verdicts)
    }

    async fn leads(&self, leads: Vec<Lead>, merge: bool) -> Result<Vec<RowVerdict>, Error> {
        let request = BatchUpsertLeadsRequest { leads, merge, ..Default::default() };
        Ok(self.batch_upsert_leads(request).await?.verdicts)
    }

    async fn activities(&self, activities: Vec<Activity>) -> Result<Vec<RowVerdict>, Error> {
        let request = RecordActivitiesRequest { activities, ..Default::default() };
        Ok(self.record_activities(request).await?.verdicts)
    }

    async fn opportunities(
        &self,
        opportunities: Vec<Opportunity>,
        merge: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        let request =
            BatchUpsertOpportunitiesRequest { opportunities, merge, ..Default::default() };
        Ok(self.batch_upsert_opportunities(request).await?.verdicts)
    }
}
