//! Merges in one process of the service while another one records.

use abm_tests::{LIVELY, World, account, activity, both_engines, lead};

both_engines!(who_records_meanwhile_elsewhere_meets_a_merge_whole_or_not_at_all);

async fn fill(world: &World) {
    world.accounts([account("sap").domain("sap.com"), account("sap-de").domain("sap.de")]).await;
    world.leads([lead("ada").account("sap"), lead("a.l").email("ada@sap.de")]).await;
    // Names them all, so that they are there whatever comes first.
    world.record([activity("web", "0").lead("a.l"), activity("web", "1").account("sap-de")]).await;
}

/// What comes in a round, in several calls.
async fn record(world: &World, round: i64) {
    for n in 0..6 {
        let id = format!("{round}-{n}");
        let ago = -round * 60 - n;
        world
            .record([
                activity("crm", &id).lead(if n % 2 == 0 { "a.l" } else { "ada" }).after(ago),
                activity("web", &id).account(if n % 2 == 0 { "sap" } else { "sap-de" }).after(ago),
                activity("form", &id).lead(&format!("new{n}")).account("sap-de").after(ago),
                activity("mail", &id).lead(&format!("at{n}")).email(&format!("{n}@sap.de")),
            ])
            .await;
    }
}

async fn who_records_meanwhile_elsewhere_meets_a_merge_whole_or_not_at_all(world: World) {
    let apart = world.beside(2, LIVELY).await;
    let merged = world.beside(3, LIVELY).await;
    let other = merged.replica().await;
    fill(&apart).await;
    fill(&merged).await;
    for round in 0..4 {
        record(&apart, round).await;
        tokio::join!(record(&other, round), async {
            merged.merge_leads("ada", &["a.l"]).await.unwrap();
            merged.merge_accounts("sap", &["sap-de"]).await.unwrap();
            if round < 3 {
                merged.split_account("sap-de").await.unwrap();
                merged.split_lead("a.l").await.unwrap();
            }
        });
    }
    merged.digest().await;
    merged.split_lead("a.l").await.unwrap();
    merged.split_account("sap-de").await.unwrap();
    assert_eq!(merged.digest().await, apart.digest().await);
    assert_eq!(merged.account_ids().await, apart.account_ids().await);
}
