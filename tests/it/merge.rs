//! Leads and accounts are merged, and split again, as if what names them had been sent so.

mod accounts;
mod adjust;
mod leads;
mod properties;
mod publish;
mod refusals;
mod replicas;

use abm_app::{RequestKey, SeenActivity};
use abm_store::ActivitySubject;
use abm_tests::World;

/// What is listed of a subject, the latest first.
async fn listed(world: &World, subject: ActivitySubject) -> Vec<SeenActivity> {
    let found = world.app.activities(world.workspace, &subject, None, None, None, 1_000).await;
    found.unwrap().0
}

/// A request that is sent twice.
fn repeated(content: &str) -> RequestKey {
    RequestKey::new("00000000-0000-4000-8000-0000000000aa", content.as_bytes())
}
