//! Verification finds what differs from the stored activities, wherever it was planted.

use abm_app::Waiting;
use abm_tests::{LIVELY, START, World, account, activity, both_engines, lead};

both_engines!(a_planted_difference_is_found_and_told, the_digest_tells_states_apart);

async fn fill(world: &World) {
    world.accounts([account("ibm").domain("ibm.com").industry("it")]).await;
    world.leads([lead("ada").email("ada@ibm.com"), lead("bob")]).await;
    world.record(["ada", "bob"].map(|id| activity("web", id).lead(id))).await;
    world.record([activity("web", "visit").account("ibm")]).await;
}

async fn a_planted_difference_is_found_and_told(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let found = world.verify().await;
    assert_eq!((found.accounts, found.leads, found.activities), (1, 2, 3));
    assert_eq!((found.as_of, found.differences_total), (START, 0));
    let sql = world.sql().await;
    let planted = [
        ("account_state", "engagement = engagement - 1", "ibm", "", "engagement"),
        ("account_state", "fit = fit + 1", "ibm", "", "fit"),
        ("account_state", "tier = 3", "ibm", "", "tier"),
        ("account_state", "changes_secs = changes_secs + 1", "ibm", "", "changes_at"),
        ("account_state", "exclusion = 'x'", "ibm", "", "exclusion"),
        ("account_state", "rank = 0", "ibm", "", "rank"),
        ("lead", "account_id = ''", "ibm", "ada", "account"),
        ("lead_state", "engagement = 1", "ibm", "ada", "engagement"),
        ("lead_state", "percent = 51", "ibm", "ada", "rules"),
        ("lead_state", "last_activity_secs = 5", "ibm", "ada", "last_activity"),
        ("lead_state", "ledger = (SELECT visitor_ledger FROM account_state LIMIT 0)", "", "", ""),
    ];
    for (table, change, account, lead, value) in planted {
        if value.is_empty() {
            continue;
        }
        sql.execute(&format!("CREATE TABLE kept AS SELECT * FROM {table}")).await;
        let place = if lead.is_empty() { String::new() } else { format!("AND lead_id = '{lead}'") };
        let change = format!("UPDATE {table} SET {change} WHERE workspace_id = 2 {place}");
        sql.execute(&change).await;
        let found = world.verify().await;
        let [difference] = found.differences.as_slice() else { panic!("{change}: {found:?}") };
        let told = (difference.account.as_str(), difference.lead.as_str(), difference.value);
        assert_eq!(told, (account, lead, value));
        sql.execute(&format!("DELETE FROM {table}")).await;
        sql.execute(&format!("INSERT INTO {table} SELECT * FROM kept")).await;
        sql.execute("DROP TABLE kept").await;
        world.digest().await;
    }
    // An activity taken away is missed in the ledgers of a person, of a person without an
    // account, and of a visitor.
    for (id, account, lead) in [("ada", "ibm", "ada"), ("bob", "", "bob"), ("visit", "ibm", "")] {
        sql.execute("CREATE TABLE kept AS SELECT * FROM activity").await;
        sql.execute(&format!("DELETE FROM activity WHERE activity_id = '{id}'")).await;
        let found = world.verify().await;
        let named = |d: &abm_app::Difference| (d.account == account) && (d.lead == lead);
        assert!(found.differences.iter().any(named), "{id}: {found:?}");
        sql.execute("DELETE FROM activity").await;
        sql.execute("INSERT INTO activity SELECT * FROM kept").await;
        sql.execute("DROP TABLE kept").await;
    }
    world.digest().await;
}

async fn the_digest_tells_states_apart(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let mut seen = vec![world.digest().await];
    world.record([activity("web", "more").lead("bob").after(-1)]).await;
    seen.push(world.digest().await);
    world.leads([lead("ada").email("ada@ibm.com").title("CTO")]).await;
    seen.push(world.digest().await);
    world.accounts([account("other")]).await;
    seen.push(world.digest().await);
    world.record([activity("web", "visit-2").account("ibm").after(-1)]).await;
    seen.push(world.digest().await);
    let (waiting, later) = (Waiting::default(), Some(START + 86_400));
    let asked = world.app.verify(world.workspace, later, waiting.awaited()).await.unwrap();
    seen.push(asked.digest);
    let different: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(different.len(), seen.len());
    world.pass(60);
    assert_eq!(world.digest().await, seen[4], "but the clock does not matter");
}
