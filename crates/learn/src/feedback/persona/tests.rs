//! Personas of made-up handoffs.

use std::borrow::Cow;

use abm_core::limits;
use abm_core::rule::{AccountFacts, Answer, LeadFacts, Rule, Scope};
use abm_core::title::Position;
use abm_core::{AccountProfile, LeadProfile};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::suggest::Record;

fn column<'a>(name: &str, values: &[&'a str]) -> Column<'a> {
    let values = values.iter().map(|value| Some(Cow::Borrowed(*value))).collect();
    Column { field: Field::attribute(Record::Lead, name), values }
}

/// Whether a rule holds of a lead with one attribute.
fn holds(rule: &FitRuleFile, name: &str, value: &str) -> bool {
    let lead = LeadProfile {
        attributes: [(name.to_owned(), value.to_owned())].into(),
        ..LeadProfile::default()
    };
    let account = AccountFacts::new(&AccountProfile::default());
    let rule = Rule::compile(&rule.when, Scope::Lead).unwrap();
    rule.answer(&LeadFacts::new(&lead, &Position::default(), &account)) == Answer::Yes
}

/// 600 handoffs, a third turned down for good. Half of these are students, and their companies
/// small; cities have nothing to do with it.
fn world(seed: u64) -> (Vec<[String; 3]>, Vec<bool>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let one = |_| {
        let permanent = random.random_bool(1.0 / 3.0);
        let role = match random.random_bool(if permanent { 0.5 } else { 0.05 }) {
            true => ["Student", "STUDENT", "student"][random.random_range(0..3)],
            false => ["Manager", "Director", "Engineer"][random.random_range(0..3)],
        };
        let seats = random.random_range(0..if permanent { 50 } else { 500_u32 });
        let city = format!("city {}", random.random_range(0..20));
        ([role.to_owned(), seats.to_string(), city], permanent)
    };
    (0..600).map(one).unzip()
}

fn handoffs<'a>(rows: &'a [[String; 3]], permanent: &[bool]) -> Handoffs<'a> {
    let own = |place: usize| rows.iter().map(|row| row[place].as_str()).collect::<Vec<_>>();
    let columns = ["role", "seats", "city"].iter().zip(0..);
    let columns = columns.map(|(name, place)| column(name, &own(place))).collect();
    Handoffs { columns, permanent: permanent.to_vec() }
}

#[test]
fn what_the_rejected_have_in_common_is_found_in_any_case_and_nothing_else() {
    for seed in 0..10 {
        let (rows, permanent) = world(seed);
        let found = persona(&handoffs(&rows, &permanent)).unwrap();
        let names: Vec<String> =
            found.iter().map(|own| format!("{}: {}", own.field.label(), own.attribute)).collect();
        assert!(names.contains(&"role: student".to_owned()), "{names:?}");
        let few = names.iter().position(|name| name.starts_with("seats: below")).unwrap();
        let few = found[few].rule.as_ref().unwrap();
        assert!(holds(few, "seats", "3") && !holds(few, "seats", "499"), "{}", few.when);
        assert!(names.iter().all(|name| !name.starts_with("role: m")), "{names:?}");
        let student = found.iter().find(|own| own.attribute.to_string() == "student").unwrap();
        let rule = student.rule.as_ref().unwrap();
        assert_eq!(rule.name, "negative: lead.attributes[\"role\"] = student");
        assert_eq!(rule.when, "lead.attributes[\"role\"].matches(\"(?i)^student$\")");
        assert!((-50..=-20).contains(&rule.points), "{}", rule.points);
        assert!(holds(rule, "role", "sTUDENT") && !holds(rule, "role", "students"));
    }
}

#[test]
fn attributes_that_tell_nothing_are_hardly_ever_found() {
    let found = (0..100).filter(|seed| {
        let (rows, _) = world(*seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed + 1_000);
        let permanent: Vec<bool> = rows.iter().map(|_| random.random_bool(0.3)).collect();
        !persona(&handoffs(&rows, &permanent)).unwrap().is_empty()
    });
    assert!(found.count() <= 7);
}

#[test]
fn odds_and_shares_are_those_of_the_formula() {
    // 20 of 30 rejected and 10 of 40 others are students; two of each say nothing.
    let role = |n: usize, students: usize| if n < students { "Student" } else { "Manager" };
    let mut values: Vec<&str> = (0..30).map(|n| role(n, 20)).collect();
    values.extend((0..40).map(|n| role(n, 10)));
    values.extend(["", "", "", ""]);
    let mut permanent = vec![true; 30];
    permanent.extend([false; 40]);
    permanent.extend([true, true, false, false]);
    let columns = vec![column("role", &values)];
    let found = persona(&Handoffs { columns, permanent }).unwrap();
    assert_eq!(found.len(), 1);
    let own = &found[0];
    assert_eq!(own.permanent, Rate { hits: 20, of: 30 });
    assert_eq!(own.others, Rate { hits: 10, of: 40 });
    // ln(20.5 * 30.5 / (10.5 * 10.5)) = 1.73560, error sqrt(1/20.5 + 2/10.5 + 1/30.5) = 0.52169.
    let log = libm::log(20.5 * 30.5 / (10.5 * 10.5));
    let error = (1.0 / 20.5 + 2.0 / 10.5 + 1.0 / 30.5_f64).sqrt();
    let close = |found: f64, log: f64| (libm::log(found) - log).abs() < 1e-9;
    assert!(close(own.odds_ratio.value, log));
    assert!(close(own.odds_ratio.interval.low, log - 1.959_963_984_540_054 * error));
    assert!(close(own.odds_ratio.interval.high, log + 1.959_963_984_540_054 * error));
    assert_eq!(own.rule.as_ref().map(|rule| rule.points), Some(-17));
}

#[test]
fn from_too_few_nothing_is_learned() {
    let of = |permanent: usize, others: usize| {
        let mut all = vec![true; permanent];
        all.resize(permanent + others, false);
        persona(&Handoffs { columns: Vec::new(), permanent: all })
    };
    assert_eq!(of(29, 100), Err(TooFew { permanent: 29, others: 100 }));
    assert_eq!(of(30, 29), Err(TooFew { permanent: 30, others: 29 }));
    assert_eq!(of(30, 30), Ok(Vec::new()));
}

#[test]
fn a_field_that_rules_do_not_know_has_no_rule() {
    let values: Vec<&str> = (0..80).map(|n| if n < 40 { "x" } else { "y" }).collect();
    let field = Field::text(Record::Lead, "shoe_size");
    let columns = vec![Column { field, ..column("", &values) }];
    let permanent = (0..80).map(|n| n < 40).collect();
    let found = persona(&Handoffs { columns, permanent }).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, None);
}

proptest! {
    #[test]
    fn every_text_is_quoted_so_that_its_rule_holds_of_it_and_of_no_other(
        name in "[^\\p{Cc}]{1,16}", value in "[^\\p{Cc}]{1,30}", other in "[^\\p{Cc}]{1,30}",
    ) {
        prop_assume!(value.parse::<f64>().is_err());
        prop_assume!(value.len() <= 120 && name.len() <= limits::ATTRIBUTE_KEY_BYTES);
        prop_assume!(values::lower(&value) != values::lower("other value"));
        let values: Vec<&str> =
            (0..80).map(|n| if n < 40 { value.as_str() } else { "other value" }).collect();
        let permanent = (0..80).map(|n| n < 40).collect();
        let columns = vec![column(&name, &values)];
        let found = persona(&Handoffs { columns, permanent }).unwrap();
        prop_assert_eq!(found.len(), 1);
        let rule = found[0].rule.as_ref().unwrap();
        prop_assert!(holds(rule, &name, &value), "{}", &rule.when);
        prop_assert!(!holds(rule, &name, "other value"), "{}", &rule.when);
        // What patterns take for equal is a little more than what lower case makes equal.
        if other.to_uppercase() != value.to_uppercase() && other.is_ascii() && value.is_ascii() {
            prop_assert!(!holds(rule, &name, &other), "{}", &rule.when);
        }
        prop_assert!((-50..=-5).contains(&rule.points));
    }

    #[test]
    fn whatever_comes_in_nothing_is_no_number_and_order_does_not_matter(
        rows in prop::collection::vec(
            (prop::option::of("[ab]{0,2}|[0-9]{1,2}"), any::<bool>()),
            60..200,
        ),
    ) {
        let values: Vec<Option<Cow<'_, str>>> =
            rows.iter().map(|(value, _)| value.as_deref().map(Cow::Borrowed)).collect();
        let field = Field::attribute(Record::Account, "code");
        let columns = vec![Column { field: field.clone(), values: values.clone() }];
        let permanent: Vec<bool> = rows.iter().map(|(_, permanent)| *permanent).collect();
        let found = persona(&Handoffs { columns, permanent: permanent.clone() });
        for own in found.iter().flatten() {
            let Estimate { value, interval } = own.odds_ratio;
            prop_assert!(0.0 < interval.low && interval.low <= value && value <= interval.high);
            prop_assert!(interval.high.is_finite() && (0.0..=MOST_FALSE).contains(&own.q));
            prop_assert!(own.permanent.hits >= LEAST_REJECTED);
            prop_assert!(own.permanent.hits <= own.permanent.of && own.others.hits <= own.others.of);
        }
        let (mut values, mut permanent) = (values, permanent);
        values.reverse();
        permanent.reverse();
        let columns = vec![Column { field, values }];
        prop_assert_eq!(persona(&Handoffs { columns, permanent }), found);
    }
}
