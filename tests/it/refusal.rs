//! A bad row neither kills its batch nor vanishes.

use abm_app::{AppError, RowOutcome, UpsertOutcome};
use abm_core::limits::{ATTRIBUTES_BYTES, FUTURE_SECS, PAST_SECS};
use abm_core::{Timestamp, Violation};
use abm_tests::{AnActivity, HOUR, START, World, account, activity, both_engines, created, lead};

both_engines!(
    a_bad_activity_is_refused_wherever_it_stands_and_the_others_are_stored,
    a_call_that_is_all_or_nothing_stores_nothing_beside_a_bad_row,
    an_activity_may_lie_10_minutes_ahead_and_20_years_back_to_the_microsecond,
    a_bad_account_or_lead_is_refused_and_the_others_are_stored,
    refused_rows_are_listed_for_30_days,
);

/// How an attribute is told whose name is too long and made of one letter.
const LONG_NAME: &str =
    "attributes[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…]";

/// A row for each rule, with the field and the reason that its refusal names.
fn bad_rows() -> Vec<(AnActivity, &'static str, &'static str)> {
    let row = || activity("web", "bad").lead("ada");
    let long = |bytes| "x".repeat(bytes);
    let mut many = row();
    for number in 0..65 {
        many = many.attribute(&format!("key-{number}"), "");
    }
    let mut large = row();
    for number in 0..17 {
        large = large.attribute(&format!("key-{number}"), &long(ATTRIBUTES_BYTES / 17 + 1));
    }
    const INVALID: &str = "INVALID_FIELD";
    vec![
        (activity("", "bad").lead("ada"), "source", INVALID),
        (activity("web", "").lead("ada"), "activity_id", INVALID),
        (activity("web", &long(129)).lead("ada"), "activity_id", INVALID),
        (activity("web", "nul\0").lead("ada"), "activity_id", INVALID),
        (activity("web", "bad").lead("Ada Lovelace"), "lead_id", INVALID),
        (activity("web", "bad").account("ad\u{e9}"), "account_id", INVALID),
        (activity("web", "bad"), "lead_id", INVALID),
        (row().kind(""), "type", INVALID),
        (row().kind(&long(129)), "type", INVALID),
        (row().email("ada"), "email", INVALID),
        (row().email("ada@"), "email", INVALID),
        (activity("web", "bad").account("ibm").email("ada@ibm.com"), "email", INVALID),
        (row().campaign(&long(257)), "campaign", INVALID),
        (row().campaign("a\nb"), "campaign", INVALID),
        (row().attribute(&long(65), ""), LONG_NAME, INVALID),
        (row().attribute("", "value"), "attributes", INVALID),
        (row().attribute("url", &long(1_025)), "attributes[url]", INVALID),
        (row().attribute("url", "a\0b"), "attributes[url]", INVALID),
        (many, "attributes", INVALID),
        (large, "attributes", INVALID),
        (row().after(FUTURE_SECS + HOUR), "occurred_at", "FUTURE_TIME"),
        (row().at(Timestamp::MAX), "occurred_at", "FUTURE_TIME"),
        (row().after(-PAST_SECS - 1), "occurred_at", "TOO_OLD"),
        (row().at(Timestamp::MIN), "occurred_at", "TOO_OLD"),
    ]
}

fn refusal(outcome: &RowOutcome) -> Option<&Violation> {
    match outcome {
        RowOutcome::Rejected(violation) => Some(violation),
        _ => None,
    }
}

async fn a_bad_activity_is_refused_wherever_it_stands_and_the_others_are_stored(world: World) {
    let mut stored = 0;
    for (rule, (bad, field, reason)) in bad_rows().into_iter().enumerate() {
        for place in [0, 2, 4] {
            let good = |n| activity("web", &format!("{rule}-{place}-{n}")).lead("bob");
            let mut batch: Vec<_> = (0..4).map(good).collect();
            batch.insert(place, bad.clone());
            world.pass(1);
            let outcomes = world.record(batch).await;
            for (index, outcome) in outcomes.iter().enumerate() {
                if index == place {
                    let found = refusal(outcome).unwrap_or_else(|| panic!("{bad:?}: {outcome:?}"));
                    assert_eq!((found.field.as_str(), found.reason.name()), (field, reason));
                } else {
                    assert_eq!(*outcome, RowOutcome::Created, "{bad:?}");
                }
            }
            stored += 4;
            let listed = &world.rejected().await[0];
            assert_eq!((listed.field.as_str(), listed.reason.as_str()), (field, reason));
            assert_eq!((listed.index, listed.received_at), (place as u32, world.now()));
            assert!(!listed.message.is_empty());
        }
    }
    assert_eq!(world.rejected().await.len(), 3 * bad_rows().len());
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM activity").await, [[stored]]);
    world.digest().await;
}

async fn a_call_that_is_all_or_nothing_stores_nothing_beside_a_bad_row(world: World) {
    for (bad, field, reason) in bad_rows() {
        let good = |id| activity("web", id).lead("bob");
        let refused = world.try_record([good("1"), bad, good("2")], true).await;
        let Err(AppError::Invalid(found)) = refused else { panic!("{refused:?}") };
        assert_eq!(found[0].field, format!("activities[1].{field}"));
        assert_eq!(found[0].reason.name(), reason);
    }
    let counts = "SELECT (SELECT COUNT(*) FROM activity), (SELECT COUNT(*) FROM lead)";
    assert_eq!(world.sql().await.numbers(counts).await, [[0, 0]]);
}

async fn an_activity_may_lie_10_minutes_ahead_and_20_years_back_to_the_microsecond(world: World) {
    let at = |id, seconds: i64, micros: i64| {
        let moment = START + seconds;
        activity("web", id).lead("ada").at(Timestamp::from_micros(moment.micros() + micros))
    };
    let sent = world.record([
        at("ahead", FUTURE_SECS, 0),
        at("too-far-ahead", FUTURE_SECS, 1),
        at("old", -PAST_SECS, 0),
        at("too-old", -PAST_SECS, -1),
    ]);
    let sent = sent.await;
    assert_eq!((&sent[0], &sent[2]), (&RowOutcome::Created, &RowOutcome::Created));
    assert_eq!(refusal(&sent[1]).unwrap().reason.name(), "FUTURE_TIME");
    assert_eq!(refusal(&sent[3]).unwrap().reason.name(), "TOO_OLD");
    assert_eq!(world.person("ada").await.1.engagement, 0, "it has not happened yet");
    world.at(FUTURE_SECS);
    assert_eq!(world.person("ada").await.1.engagement, 50);
    world.digest().await;
}

async fn a_bad_account_or_lead_is_refused_and_the_others_are_stored(world: World) {
    let long = "x".repeat(5_000);
    let bad = [
        (account("Red Hat"), "account_id"),
        (account("bad").name(&long), "name"),
        (account("bad").industry("a\u{7}"), "industry"),
        (account("bad").website(&long), "website"),
        (account("bad").employees(-1), "employees"),
        (account("bad").revenue(i64::MIN), "annual_revenue_usd"),
        (account("bad").attribute(&long, ""), LONG_NAME),
    ];
    for (bad, field) in bad {
        let sent = world.accounts([account("ibm"), bad, account("redhat")]).await;
        let UpsertOutcome::Rejected(found) = &sent[1] else { panic!("{sent:?}") };
        assert_eq!(found.field, field);
    }
    assert_eq!(world.account_ids().await, ["ibm", "redhat"]);
    let bad = [
        (lead("Ada Lovelace"), "lead_id"),
        (lead("bad").email("no-domain"), "email"),
        (lead("bad").title(&long), "title"),
        (lead("bad").first_name("a\0"), "first_name"),
        (lead("bad").attribute("key", "\0"), "attributes[key]"),
    ];
    for (bad, field) in bad {
        let sent = world.leads([lead("ada").account("ibm"), bad, lead("bob")]).await;
        let UpsertOutcome::Rejected(found) = &sent[1] else { panic!("{sent:?}") };
        assert_eq!(found.field, field);
    }
    assert_eq!(world.view("ibm").await.people.len(), 1);
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM lead").await, [[2]]);
}

async fn refused_rows_are_listed_for_30_days(world: World) {
    world.record([activity("web", "1")]).await;
    world.at(30 * abm_core::DAY);
    world.app.sweep().await.unwrap();
    assert_eq!(world.rejected().await.len(), 1);
    world.pass(1);
    world.app.sweep().await.unwrap();
    assert_eq!(world.rejected().await, []);
    assert_eq!(world.record([activity("web", "1").lead("ada")]).await, created(1));
}
