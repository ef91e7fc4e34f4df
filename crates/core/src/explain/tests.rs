use proptest::prelude::*;

use super::*;
use crate::assess::{AccountRules, LeadRules, Person, assess};
use crate::cases::cases;
use crate::ledger::{Entry, Ledger};
use crate::rule::AccountFacts;
use crate::{AccountProfile, DAY, LeadProfile, model};

fn adds_up(explanation: &Explanation) -> bool {
    fn inside(line: &Line) -> bool {
        (line.lines.is_empty() || total(&line.lines) == line.micropoints)
            && line.lines.iter().all(inside)
    }
    total(&explanation.lines) == i64::from(explanation.score) * 1_000_000
        && explanation.lines.iter().all(inside)
}

const OPERATORS: [&str; 6] = ["saturating_sum", "max", "mean", "median", "top_k_mean", "champion"];

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn the_lines_add_up_to_the_score_that_is_shown(
        ledgers in prop::collection::vec(prop::collection::vec((0..60 * DAY, 0..18u16), 0..150), 0..5),
        operator in 0..OPERATORS.len(),
        as_of in 0..70 * DAY,
        employees in prop::option::of(0..3000i64),
    ) {
        let operator = OPERATORS[operator];
        let file = model::DEFAULT_FILE.replace("operator: saturating_sum", &format!("operator: {operator}"));
        let model = model::parse(&file).expect("valid");
        let profile = AccountProfile { employees, ..AccountProfile::default() };
        let facts = AccountFacts::new(&profile);
        let lead = LeadProfile {
            seniority: Some(crate::Seniority::Director), ..LeadProfile::default()
        };
        let mut people = Vec::new();
        for (number, entries) in ledgers.iter().enumerate() {
            let ledger: Ledger =
                entries.iter().map(|&(time, signal)| Entry { time, signal }).collect();
            let opened = explain_lead_engagement(&model, &ledger, as_of);
            prop_assert!(adds_up(&opened), "{:?}", opened);
            let lead_id = LeadId::new(format!("l{number}")).expect("valid");
            let rules = LeadRules::new(&model, &lead, &facts);
            people.push(Person { lead: lead_id, rules, ledger, known: None });
        }
        let visitor = people.pop().map(|person| person.ledger).unwrap_or_default();
        let rules = AccountRules::new(&model, &profile);
        let shown = assess(&model, &rules, &people, &visitor, as_of);
        let engagement = explain_account_engagement(&model, &people, &visitor, as_of);
        prop_assert!(adds_up(&engagement), "{:?}", engagement);
        prop_assert_eq!(engagement.score, shown.engagement);
        let fit = explain_account_fit(&model, &profile, &people);
        prop_assert!(adds_up(&fit), "{:?}", fit);
        prop_assert_eq!(fit.score, shown.fit.score);
        prop_assert!(adds_up(&explain_lead_fit(&model, &lead, &facts)));
    }
}

#[test]
fn cuts_are_lines_of_their_own() {
    let model = model::parse(
        "
name: caps
groups: {web: {cap: 5}}
signals:
  - {name: view, when: 'activity.type == \"view\"', points: 1, group: web, daily_cap: 10}
  - {name: leave, when: 'activity.type == \"leave\"', points: -30}",
    )
    .expect("valid");
    let views: Ledger = (0..130).map(|time| Entry { time, signal: 0 }).collect();
    let opened = explain_lead_engagement(&model, &views, 200);
    let whats: Vec<_> = opened.lines.iter().map(|line| &line.what).collect();
    assert!(whats.contains(&&What::GroupCap { name: "web".into() }));
    assert!(whats.contains(&&What::DayCap { name: "view".into(), count: 120 }));
    let capped = |as_of| {
        let opened = explain_lead_engagement(&model, &views, as_of);
        opened.lines.into_iter().find_map(|line| match line.what {
            What::DayCap { count, .. } => Some(count),
            _ => None,
        })
    };
    assert_eq!(capped(9), None, "the cap was not reached by then");
    assert_eq!(capped(49), Some(40), "what happened later is not told");
    assert_eq!(capped(1_096 * DAY), None, "what counts nothing any more is not cut");
    let gone: Ledger = [Entry { time: 0, signal: 1 }].into_iter().collect();
    let opened = explain_lead_engagement(&model, &gone, 0);
    assert_eq!(opened.score, 0);
    assert!(opened.lines.iter().any(|line| line.what == What::Floor));
}
