//! The worked example of `docs/scoring.md`.

use super::*;
use crate::digest::StateDigest;
use crate::domain::Domain;
use crate::explain::{What, explain_account_engagement, explain_account_fit};
use crate::missing::{Lack, missing};
use crate::{BuyingRole, DAY, Seniority, model};

const AS_OF: i64 = 1_774_958_400;

fn ledger(model: &Model, did: &[(i64, &str)]) -> Ledger {
    let position = |name: &str| {
        let signals = model.signals.all();
        signals.iter().position(|signal| signal.name == name).expect("a signal") as u16
    };
    did.iter().map(|&(ago, name)| Entry { time: AS_OF - ago, signal: position(name) }).collect()
}

#[test]
fn the_worked_example_is_true() {
    let model = model::parse(model::DEFAULT_FILE).expect("valid");
    let account = AccountProfile {
        employees: Some(600),
        industry: "Software".into(),
        domains: vec![Domain::from_website("example.com").expect("a domain")],
        ..AccountProfile::default()
    };
    let facts = AccountFacts::new(&account);
    let person = |name: &str, title: &str, seniority, buying_role, did: &[(i64, &str)]| {
        let title = title.to_owned();
        let lead = LeadProfile { title, seniority, buying_role, ..LeadProfile::default() };
        Person {
            lead: LeadId::new(name).expect("valid"),
            rules: LeadRules::new(&model, &lead, &facts),
            ledger: ledger(&model, did),
            known: None,
        }
    };
    let mut did = vec![(60 * DAY, "meeting_held"), (30 * DAY, "content_download")];
    did.extend((0..5).map(|n| (2 * DAY - 60 * n, "pricing_page")));
    let (director, champion) = (Some(Seniority::Director), Some(BuyingRole::Champion));
    let decides = Some(BuyingRole::DecisionMaker);
    let quiet = [(30 * DAY, "webinar_attended"), (10 * DAY, "careers_page")];
    let people = [
        person("ada", "Director IT", director, champion, &did),
        person("ben", "", Some(Seniority::Vp), None, &quiet),
        person("cleo", "Head of Purchasing", None, decides, &[(15 * DAY, "form_submit")]),
    ];
    let page = |after: i64, name| (DAY - after, name);
    let came = [page(0, "page_view"), page(10, "page_view"), page(20, "page_view")];
    let visitor = ledger(&model, &[&came[..], &[page(3_600, "product_page")]].concat());
    let rules = AccountRules::new(&model, &account);
    let found = assess(&model, &rules, &people, &visitor, AS_OF);

    let scores: Vec<u8> = found.people.iter().map(|known| known.score).collect();
    assert_eq!((scores, found.visitor.score), (vec![61, 0, 22], 14));
    assert_eq!((found.engagement, found.engaged_people), (54, 2));
    let fits: Vec<_> = people.iter().map(|p| (p.rules.fit.score, p.rules.fit.coverage)).collect();
    assert_eq!(fits, [(85, 100), (70, 75), (85, 100)]);
    assert_eq!(found.fit, Fit { score: 68, coverage: 83 });
    assert_eq!((found.label.to_string(), found.tier), ("B2".into(), Some(Tier::Two)));
    assert_eq!((found.mqa, found.priority, found.phase), (false, true, Some(Phase::Decision)));
    assert_eq!(found.mqls, [true, false, false]);
    let moved = momentum(&model, &people, &visitor, AS_OF);
    assert_eq!(moved, Momentum { week: 15, four_weeks: 10 });
    let came = visits(&model, &people, &visitor, AS_OF);
    assert_eq!(came, Visits { first: 2, returning: 1 });
    assert_eq!(found.changes_at, Some(1_775_004_352));
    let next =
        forecast(&model, &rules, &people, &visitor, &found, AS_OF).expect("it leaves its tier");
    assert_eq!((next.at, next.tier), (1_776_624_310, Some(Tier::Three)));
    let lacking = missing(&model, &rules, &people, &visitor, &found, AS_OF);
    let engagement: Vec<_> = lacking
        .iter()
        .flat_map(|missing| &missing.lacks)
        .filter_map(|lack| match lack {
            Lack::Engagement { points, step: Some(step) } => Some((*points, step.signal.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(engagement, [(11, "form_submit"), (6, "content_download")]);

    let opened = explain_account_engagement(&model, &people, &visitor, AS_OF);
    let amounts: Vec<i64> = opened.lines.iter().map(|line| line.micropoints).collect();
    assert_eq!(amounts, [76_250_000, 27_500_000, 7_000_000, -57_159_755, 409_755]);
    assert_eq!(opened.raw_points.map(|raw| libm::round(raw * 1e6)), Some(90_827_717.0));
    let opened = explain_account_fit(&model, &account, &people);
    let people_fit = |what: &What| matches!(what, What::PeopleFit { .. });
    let line = opened.lines.iter().find(|line| people_fit(&line.what)).expect("people add to it");
    assert_eq!(line.micropoints, 25_800_000);

    let mut digest = StateDigest::default();
    digest.account("example", &found, &visitor);
    for (person, (known, &mql)) in people.iter().zip(found.people.iter().zip(&found.mqls)) {
        let lead = AssessedLead { engagement: known.score, mql };
        digest.person(person.lead.as_str(), person.rules.fit.score, lead, &person.ledger);
    }
    let told = include_str!("../../../../docs/scoring.md");
    assert!(told.contains(&digest.finish()), "the digest is another one");
    assert!(told.contains(&model.matching_fingerprint().to_string()), "the fingerprint is");
}
