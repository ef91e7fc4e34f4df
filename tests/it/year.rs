//! A year of silence: what time changes happens at its own second, without traffic.

use abm_app::AppError;
use abm_client::v1;
use abm_core::{AccountId, DAY, Timestamp};
use abm_demo::{World as Demo, WorldSize};
use abm_tests::{Served, World, both_engines};

both_engines!(every_tier_change_of_a_silent_year_happens_at_its_computed_moment);

/// Sends a demo world through the public calls.
pub(crate) async fn fill(served: &Served, size: WorldSize) -> Vec<AccountId> {
    let client = served.client().await;
    let demo = Demo::new(size, served.world.now().secs());
    let ids = demo.accounts.iter().map(|account| AccountId::new(&account.account_id).unwrap());
    let ids = ids.collect();
    for accounts in demo.accounts.chunks(1_000) {
        let accounts = accounts.to_vec();
        let request = v1::BatchUpsertAccountsRequest { accounts, ..Default::default() };
        assert_eq!(
            client.batch_upsert_accounts(request).await.unwrap().counts.unwrap().rejected,
            0
        );
    }
    for leads in demo.leads.chunks(1_000) {
        let leads = leads.to_vec();
        let request = v1::BatchUpsertLeadsRequest { leads, ..Default::default() };
        assert_eq!(client.batch_upsert_leads(request).await.unwrap().counts.unwrap().rejected, 0);
    }
    for activities in demo.activities.chunks(1_000) {
        let activities = activities.to_vec();
        let count = activities.len();
        let request = v1::RecordActivitiesRequest { activities, ..Default::default() };
        let counts = client.record_activities(request).await.unwrap().counts.unwrap();
        assert_eq!(usize::try_from(counts.created).unwrap(), count);
    }
    ids
}

async fn every_tier_change_of_a_silent_year_happens_at_its_computed_moment(world: World) {
    let served = Served::open(world).await;
    let accounts = fill(&served, WorldSize::default()).await;
    let world = &served.world;
    let start = world.now();
    // The timer runs now and then, and is away for weeks at a time: that changes nothing.
    for days in [1, 2, 3, 30, 31, 32, 90, 91, 200, 365] {
        world.clock.set(start + days * DAY);
        world.app.apply_due(world.workspace).await.unwrap();
    }
    let mut changes = 0;
    for id in &accounts {
        changes += check_tier_changes(world, id, start).await.unwrap();
    }
    assert!(changes > 20, "{changes} tier changes in all");
    let found = world.verify().await;
    assert_eq!((found.differences_total, found.due), (0, 0), "{:?}", found.differences);
    served.stop().await;
}

/// Holds each change of tier that time brought against what the scoring function says of the
/// second before and the second itself, and that nothing was missed between them.
async fn check_tier_changes(
    world: &World,
    id: &AccountId,
    start: Timestamp,
) -> Result<usize, AppError> {
    let view = world.app.store().view(world.workspace);
    let lines = view.timeline(id, 0, 100_000).await?;
    let tier_at = async |second: i64| {
        let at = Some(Timestamp::from_secs(second));
        let seen = world.app.account_view(world.workspace, id, at, None, 0).await?;
        Ok::<_, AppError>((seen.scores.tier, seen.scores.mqa))
    };
    let mut changes = 0;
    for pair in lines.windows(2) {
        let [before, after] = pair else { continue };
        if after.at <= start.secs() || (before.tier, before.mqa) == (after.tier, after.mqa) {
            continue;
        }
        assert_eq!(tier_at(after.at - 1).await?, (before.tier, before.mqa), "{id} before");
        assert_eq!(tier_at(after.at).await?, (after.tier, after.mqa), "{id} at {}", after.at);
        changes += 1;
    }
    Ok(changes)
}
