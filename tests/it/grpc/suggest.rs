//! Drafts of models, learned from outcomes, as callers get them.

use abm_app::Role;
use abm_client::{Client, v1};
use abm_core::Seniority;
use abm_core::model::DEFAULT_FILE;
use abm_tests::{ALead, START, Served, World, both_engines, days, lead};
use tonic::Code;

both_engines!(
    a_draft_is_learned_from_outcomes_and_can_be_published,
    what_is_held_out_decides_nothing_in_the_draft,
    people_of_one_account_are_held_out_together_and_count_once,
    a_name_that_nothing_is_called_by_is_refused,
    a_draft_is_refused_where_it_cannot_be_learned,
    seniority_is_learned_from_titles_as_rules_read_it,
);

/// Four hundred people; those from the web buy twice as often, whom the seller calls hot bought.
fn people(bought: impl Fn(usize, bool) -> bool) -> Vec<ALead> {
    let person = |number: usize| {
        let web = number.is_multiple_of(2);
        let held_out = number % 4 > 1;
        let usual = number * 7919 % 100 < if web { 70 } else { 25 };
        let bought = bought(number, usual);
        lead(&format!("p{number:03}"))
            .attribute("Lead Source", if web { "Web" } else { "Fair" })
            .attribute("seller's view", if bought { "hot" } else { "cold" })
            .attribute("bought", if bought { "1" } else { "0" })
            .attribute("part", if held_out { "test" } else { "train" })
    };
    (0..400).map(person).collect()
}

fn question() -> v1::SuggestModelRequest {
    v1::SuggestModelRequest {
        outcome_rule: "lead.attributes.bought == '1'".into(),
        train_rule: "lead.attributes.part == 'train'".into(),
        ..Default::default()
    }
}

async fn suggest(client: &Client) -> v1::SuggestModelResponse {
    client.suggest_model(question()).await.unwrap()
}

async fn a_draft_is_learned_from_outcomes_and_can_be_published(world: World) {
    let served = Served::open(world).await;
    served.world.leads(people(|_, usual| usual)).await;
    let client = served.client().await;
    let reply = suggest(&client).await;
    assert_eq!((reply.base_version, reply.learned_rows), (1, 200));
    let rule = reply.rules.first().unwrap();
    assert!(rule.when.contains(r#"lead.attributes["Lead Source"]"#), "{rule:?}");
    let refused = reply.unused_fields.iter().find(|field| field.name == "seller's view").unwrap();
    assert_eq!(refused.class(), v1::UnusedFieldClass::Refused, "{refused:?}");
    for asked in ["bought", "part"] {
        assert!(reply.unused_fields.iter().any(|field| field.name == asked), "{asked}");
    }
    let (draft, base) = (reply.draft.unwrap(), reply.base.unwrap());
    assert_eq!((draft.rows, base.rows), (200, 200));
    assert!(draft.auc.unwrap().value > 0.65 && draft.auc.unwrap().low > 0.5, "{draft:?}");
    // Nothing that the default model asks is known of these people.
    assert_eq!(base.verdict(), v1::ScoreVerdict::NoSignal);
    // Comments of the file it was made from are still there.
    assert!(reply.model_file.contains("# Asks to be called"));
    assert_ne!(reply.model_file, DEFAULT_FILE);
    let publish = v1::PublishModelRequest { model_file: reply.model_file, ..Default::default() };
    assert_eq!(client.publish_model(publish).await.unwrap().model.unwrap().version, 2);
    // It comes into force in the background.
    served.world.work().await;
    let reply = suggest(&client).await;
    assert_eq!((reply.base_version, reply.draft), (2, reply.base));
    served.stop().await;
}

async fn what_is_held_out_decides_nothing_in_the_draft(world: World) {
    let served = Served::open(world).await;
    served.world.leads(people(|_, usual| usual)).await;
    let client = served.client().await;
    let one = suggest(&client).await;
    // Everybody who is held out turns into the opposite.
    served.world.leads(people(|number, usual| usual ^ (number % 4 > 1))).await;
    let other = suggest(&client).await;
    assert_eq!((one.model_file, one.rules), (other.model_file, other.rules));
    assert_eq!(one.unused_fields, other.unused_fields);
    assert_eq!(other.draft.unwrap().verdict(), v1::ScoreVerdict::WorseThanChance);
    served.stop().await;
}

async fn people_of_one_account_are_held_out_together_and_count_once(world: World) {
    let served = Served::open(world).await;
    // Forty accounts of ten people each, half of which bought.
    let staff = people(|number, _| number % 40 < 20).into_iter().enumerate();
    let staff = staff.map(|(number, person)| person.account(&format!("a{:02}", number % 40)));
    served.world.leads(staff).await;
    let client = served.client().await;
    let refused = client.suggest_model(question()).await.unwrap_err();
    let expected =
        "10 examples have the outcome and 10 have not, those of one account counted once";
    assert!(refused.to_string().contains(expected), "{refused}");
    // 400 accounts of two people each: both are learned from, or both held out.
    let pairs = people(|_, usual| usual).into_iter().enumerate().flat_map(|(number, person)| {
        let person = person.account(&format!("b{number:03}"));
        let twin = person.clone().with_id(&format!("q{number:03}"));
        [person, twin]
    });
    served.world.leads(pairs).await;
    let asked = v1::SuggestModelRequest { train_rule: String::new(), ..question() };
    let reply = client.suggest_model(asked).await.unwrap();
    let held_out = reply.draft.unwrap().rows;
    assert_eq!((reply.learned_rows + held_out, held_out % 2), (800, 0), "{held_out} held out");
    served.stop().await;
}

async fn a_name_that_nothing_is_called_by_is_refused(world: World) {
    let served = Served::open(world).await;
    served.world.leads(people(|_, usual| usual)).await;
    let client = served.client().await;
    let asked = v1::SuggestModelRequest {
        leave_out_fields: vec!["lead.title".to_owned(), "Lead Sauce".to_owned()],
        allow_fields: vec!["seller's wiew".to_owned(), "account industry".to_owned()],
        ..question()
    };
    let refused = client.suggest_model(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for expected in [
        "leave_out_fields[1]: no field is called `Lead Sauce`",
        "allow_fields[0]: no field is called `seller's wiew`",
    ] {
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    assert!(!refused.to_string().contains("title"), "nobody has one, but could: {refused}");
    served.world.at(days(200));
    let start = prost_types::Timestamp { seconds: START.secs(), nanos: 0 };
    let history = v1::SuggestHistory {
        series: Some(v1::BacktestSeries { start: Some(start), step_days: 30, count: 4 }),
        window_days: 30,
        outcome: v1::BacktestOutcome::OpportunityWon.into(),
        ..Default::default()
    };
    let asked = v1::SuggestModelRequest {
        history: Some(history),
        allow_fields: vec!["no such signal".to_owned()],
        ..Default::default()
    };
    let refused = client.suggest_model(asked).await.unwrap_err();
    let expected = "allow_fields[0]: no signal or pattern is called `no such signal`";
    assert!(refused.to_string().contains(expected), "{refused}");
    served.stop().await;
}

async fn a_draft_is_refused_where_it_cannot_be_learned(world: World) {
    let served = Served::with(world, |_| {}).await;
    served.world.leads(people(|number, _| number < 90)).await;
    let client = served.client_as(Role::Marketing).await;
    let refused = client.suggest_model(question()).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.to_string().contains("46 examples have the outcome"), "{refused}");
    for (wrong, expected) in [
        (v1::SuggestModelRequest { outcome_rule: "lead.nme == 'a'".into(), ..question() }, "nme"),
        (v1::SuggestModelRequest { outcome_rule: String::new(), ..question() }, "outcome_rule"),
        (v1::SuggestModelRequest { train_rule: "lead.title".into(), ..question() }, "train_rule"),
        (v1::SuggestModelRequest { capacity: -1, ..question() }, "capacity"),
    ] {
        let refused = client.suggest_model(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    let unknown = v1::SuggestModelRequest { base_version: 9, ..question() };
    assert_eq!(client.suggest_model(unknown).await.unwrap_err().code(), Code::NotFound);
    let sales = served.client_as(Role::Sales).await;
    let refused = sales.suggest_model(question()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    served.stop().await;
}

async fn seniority_is_learned_from_titles_as_rules_read_it(world: World) {
    let served = Served::open(world).await;
    // No two titles are equal; supervisors are managers, and of directors one in ten was sent as such.
    let titled = |(number, person): (usize, ALead)| {
        let director = number.is_multiple_of(2);
        let title = if director { "Director" } else { "Supervisor" };
        let person = person.title(&format!("{title} of area {number}"));
        if number.is_multiple_of(20) { person.seniority(Seniority::Director) } else { person }
    };
    let people = people(|_, usual| usual).into_iter().enumerate().map(titled);
    served.world.leads(people).await;
    let client = served.client().await;
    let leave_out_fields = vec!["Lead Source".to_owned(), "seller's view".to_owned()];
    let asked = v1::SuggestModelRequest { leave_out_fields, ..question() };
    let reply = client.suggest_model(asked).await.unwrap();
    let rule = &reply.rules[0];
    assert_eq!(
        (rule.when.as_str(), rule.rows),
        (r#"lead.seniority == "manager""#, 100),
        "{rule:?}"
    );
    assert!(rule.points < 0 && rule.lift < 0.8, "{rule:?}");
    assert!(reply.draft.unwrap().auc.unwrap().low > 0.5, "it orders those held out as well");
    served.stop().await;
}
