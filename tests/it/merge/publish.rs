//! Merges and splits while a version of the model comes into force.

use abm_tests::{HOUR, LIVELY, World, account, activity, both_engines, lead, lively};

both_engines!(what_is_merged_and_split_while_a_version_comes_into_force_is_in_the_new_scores);

/// More than two lots.
const ACCOUNTS: i64 = 900;

fn id(n: i64) -> String {
    format!("a{n:04}")
}

async fn fill(world: &World) {
    for lot in (0..ACCOUNTS).collect::<Vec<_>>().chunks(450) {
        let of_lot = || lot.iter().copied();
        world.accounts(of_lot().map(|n| account(&id(n)).domain(&format!("d{n}.com")))).await;
        let people = of_lot().map(|n| lead(&format!("p{n}")).email(&format!("me@d{n}.com")));
        world.leads(people).await;
        let rows = of_lot().flat_map(|n| {
            let ago = -(n % 40) * HOUR;
            [
                activity("crm", &format!("{n}")).lead(&format!("p{n}")).after(ago),
                activity("web", &format!("{n}")).kind("page_view").account(&id(n)).after(ago),
            ]
        });
        world.record(rows).await;
    }
}

/// Merges before and behind the place that the work has come to, and splits of the round before.
async fn happenings(world: &World, round: i64) {
    let place = |n: i64| n + round;
    for (survivor, other) in [(0, 890), (880, 10), (20, 30), (860, 870)] {
        world.merge_accounts(&id(place(survivor)), &[&id(place(other))]).await.unwrap();
    }
    for (survivor, other) in [(40, 850), (840, 50)] {
        let (survivor, other) = (format!("p{}", place(survivor)), format!("p{}", place(other)));
        world.merge_leads(&survivor, &[&other]).await.unwrap();
    }
    if round > 0 {
        for other in [890, 10] {
            world.split_account(&id(place(other) - 1)).await.unwrap();
        }
        world.split_lead(&format!("p{}", place(850) - 1)).await.unwrap();
    }
}

async fn what_is_merged_and_split_while_a_version_comes_into_force_is_in_the_new_scores(
    world: World,
) {
    let changed =
        lively("points: 30", "points: 11").replace("contains(\"/pricing\")", "contains(\"/x\")");
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    world.begin_publishing(&changed).await;
    happenings(&world, 0).await;
    assert!(world.app.work_on(world.workspace).await.unwrap());
    happenings(&world, 1).await;
    assert!(world.app.work_on(world.workspace).await.unwrap());
    happenings(&world, 2).await;
    world.work().await;
    assert_eq!(world.person("p5").await.1.model_version, 2);
    let fresh = world.beside(3, &changed).await;
    fill(&fresh).await;
    for round in 0..3 {
        happenings(&fresh, round).await;
    }
    assert_eq!(world.digest().await, fresh.digest().await);
    assert_eq!(world.account_ids().await, fresh.account_ids().await);
    // Nothing of what was merged is left in either slot.
    let sql = world.sql().await;
    for (table, of) in [("account_state", "account"), ("lead_state", "lead")] {
        let orphans = format!(
            "SELECT COUNT(*) FROM {table} AS s WHERE workspace_id = 2 AND NOT EXISTS (SELECT 1 \
             FROM {of} AS o WHERE o.workspace_id = 2 AND o.{of}_id = s.{of}_id)"
        );
        assert_eq!(sql.numbers(&orphans).await, [[0]], "{table}");
    }
}
