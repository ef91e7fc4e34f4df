//! Values at the edge of what may be sent come back as they were, on both databases.

use abm_core::limits::{ATTRIBUTE_KEY_BYTES, ATTRIBUTE_VALUE_BYTES, ATTRIBUTES, ATTRIBUTES_BYTES};
use abm_core::{AccountId, Timestamp};
use abm_tests::{HOUR, START, World, account, activity, both_engines, created, lead};

both_engines!(
    accounts_come_back_as_they_were_sent,
    leads_come_back_as_they_were_sent,
    activities_come_back_as_they_were_sent,
    ids_that_differ_only_in_case_are_different,
    a_robot_that_clicks_a_hundred_thousand_times_stays_small,
);

/// Texts that databases, encodings and formats have been known to stumble over.
const TEXTS: [&str; 9] = [
    "😀👩‍👩‍👧‍👦",
    "İstanbul ŞİŞ ß ﬁ",
    "e\u{301} é",
    "\u{feff}\u{200f}\u{10ffff}",
    "'; DROP TABLE account; --",
    "\\\" {} [] \\u0000 \\x00",
    "null",
    "%_?$1:x",
    " leading and trailing ",
];

async fn accounts_come_back_as_they_were_sent(world: World) {
    let long_id = "x".repeat(128);
    let host = [[b'a'; 63].as_slice(), &[b'b'; 63], &[b'c'; 63], &[b'd'; 57], b"com"].join(&b'.');
    let host = String::from_utf8(host).unwrap();
    assert_eq!(host.len(), 253);
    let mut sent = vec![
        account(&long_id).name(&"😀".repeat(64)).employees(i64::MAX).revenue(i64::MAX),
        account("AZaz09._:@/-").employees(0).revenue(0).domain(&host),
        account("attributes"),
        account("website").website(&format!("https://ibm.com/{}", "x".repeat(2_032))),
    ];
    sent[2] = full_attributes().into_iter().fold(sent[2].clone(), |a, (k, v)| a.attribute(&k, &v));
    let text = |(n, text): (usize, &&str)| {
        account(&format!("text-{n}")).name(text).industry(text).attribute(text, text)
    };
    sent.extend(TEXTS.iter().enumerate().map(text));
    world.accounts(sent.clone()).await;
    let again = world.accounts(sent.clone()).await;
    assert!(again.iter().all(|row| *row == abm_app::UpsertOutcome::Unchanged), "{again:?}");
    for row in sent {
        let (id, profile) = row.row().unwrap();
        let (found, _) = world.app.account(world.workspace, &id).await.unwrap();
        assert_eq!(found.profile, profile);
        assert_eq!((found.created_at, found.updated_at), (START, START));
        assert_eq!(world.view(id.as_str()).await.account, found);
    }
    world.digest().await;
}

/// As many attributes as may be sent, of as many bytes in all.
fn full_attributes() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = (0..ATTRIBUTES)
        .map(|n| (format!("{n:0width$}", width = ATTRIBUTE_KEY_BYTES), String::new()))
        .collect();
    let mut left = ATTRIBUTES_BYTES - ATTRIBUTES * ATTRIBUTE_KEY_BYTES;
    for (_, value) in &mut all {
        let bytes = left.min(ATTRIBUTE_VALUE_BYTES);
        *value = "é".repeat(bytes / 2);
        left -= bytes;
    }
    assert_eq!(left, 0);
    all
}

async fn leads_come_back_as_they_were_sent(world: World) {
    let host = [[b'b'; 61].as_slice(), &[b'c'; 61], &[b'd'; 61], b"com"].join(&b'.');
    let address = format!("{}@{}", "a".repeat(64), String::from_utf8(host).unwrap());
    assert_eq!(address.len(), 254);
    let mut sent = vec![
        lead(&"x".repeat(128)).title(&"😀".repeat(64)).email(&address),
        lead("named").account(&"y".repeat(128)),
    ];
    let text = |(n, text): (usize, &&str)| {
        lead(&format!("text-{n}")).first_name(text).title(text).attribute(text, "\t\r\n")
    };
    sent.extend(TEXTS.iter().enumerate().map(text));
    for role in abm_core::BuyingRole::ALL {
        sent.push(lead(role.name()).role(*role));
    }
    for seniority in abm_core::Seniority::ALL {
        sent.push(lead(seniority.name()).seniority(*seniority));
    }
    world.leads(sent.clone()).await;
    let again = world.leads(sent.clone()).await;
    assert!(again.iter().all(|row| *row == abm_app::UpsertOutcome::Unchanged), "{again:?}");
    for row in sent {
        let (id, profile) = row.row().unwrap();
        assert_eq!(world.person(id.as_str()).await.0.profile, profile);
    }
    world.digest().await;
}

async fn activities_come_back_as_they_were_sent(world: World) {
    let micro = |row: abm_tests::AnActivity, micros| {
        row.at(Timestamp::from_micros(START.micros() - micros))
    };
    let row = |id: &str| activity("web", id).lead("ada");
    let long = "x".repeat(128);
    let mut sent = vec![
        activity(&long, &long).kind(&long).lead(&long).account(&long),
        activity("a", "b:c").lead("ada"),
        activity("a:b", "c").lead("ada"),
        micro(row("micro-1"), 1),
        micro(row("micro-999999"), 999_999),
        row("campaign").campaign(&"😀".repeat(64)),
        full_attributes().into_iter().fold(row("attributes"), |a, (k, v)| a.attribute(&k, &v)),
        row("before-1970").after(-START.secs().min(abm_core::limits::PAST_SECS)),
    ];
    for (n, text) in TEXTS.iter().enumerate() {
        let row = activity("text", &format!("{n}")).account("acme").campaign(text);
        sent.push(row.attribute(text, text).attribute("lines", "\t\r\n\u{1}\u{7f}"));
    }
    assert_eq!(world.record(sent.clone()).await, created(sent.len()));
    let view = world.app.store().view(world.workspace);
    let people = [long.as_str(), "ada"].map(|id| abm_core::LeadId::new(id).unwrap());
    let mut stored = view.activities_of_leads(people).await.unwrap();
    stored.extend(view.activities_of_visitors([AccountId::new("acme").unwrap()]).await.unwrap());
    let mut stored: Vec<_> = stored.into_iter().map(|stored| stored.activity).collect();
    let mut expected: Vec<_> = sent.iter().cloned().map(|row| row.row().unwrap()).collect();
    for all in [&mut stored, &mut expected] {
        all.sort_by(|one, other| one.key.cmp(&other.key));
    }
    assert_eq!(stored, expected);
    let again = world.record(sent.clone()).await;
    assert_eq!(again, vec![abm_app::RowOutcome::Duplicate; sent.len()]);
    world.digest().await;
}

async fn ids_that_differ_only_in_case_are_different(world: World) {
    world.accounts([account("IBM").industry("upper"), account("ibm").industry("lower")]).await;
    world.leads([lead("Ada").account("IBM"), lead("ada").account("ibm")]).await;
    let rows = [activity("Web", "Id"), activity("web", "Id"), activity("web", "id")];
    let rows = rows.map(|row| row.lead("Ada"));
    assert_eq!(world.record(rows).await, created(3));
    assert_eq!(world.view("IBM").await.account.profile.industry, "upper");
    assert_eq!(world.view("IBM").await.people[0].lead.as_str(), "Ada");
    assert_eq!(world.view("ibm").await.people[0].engagement, 0);
    world.digest().await;
}

async fn a_robot_that_clicks_a_hundred_thousand_times_stays_small(world: World) {
    for batch in 0..4_i64 {
        let clicks = (0..1_000).map(|n| {
            activity("bot", &format!("{batch}-{n}"))
                .kind("page_view")
                .lead("bot")
                .after(-HOUR - n % 600)
        });
        assert_eq!(world.record(clicks).await, created(1_000));
    }
    let sql = world.sql().await;
    let [[bytes]] = sql.numbers("SELECT CAST(LENGTH(ledger) AS BIGINT) FROM lead_state").await[..]
    else {
        panic!()
    };
    assert!(bytes < 1_000, "{bytes}");
    assert_eq!(world.person("bot").await.1.engagement, 29, "20 page views");
    world.digest().await;
}
