//! Drafts from made-up people of whom the truth is known.

use std::collections::{BTreeMap, HashSet};

use abm_core::rule::{AccountFacts, Answer, LeadFacts, Rule, Scope};
use abm_core::title::Position;
use abm_core::{AccountProfile, LeadProfile};
use proptest::prelude::*;
use rand::Rng;

use super::*;
use crate::measure::{self, Ranking, Scored, Verdict};

/// Made-up people: fields by name, and outcomes.
#[derive(Clone, Default)]
struct World {
    fields: BTreeMap<&'static str, Vec<Option<String>>>,
    outcomes: Vec<bool>,
    /// The chance of the outcome of each, which nobody knows.
    chances: Vec<f64>,
}

impl World {
    fn set(&mut self, field: &'static str, value: Option<String>) {
        self.fields.entry(field).or_default().push(value);
    }

    /// Adds a field made from the outcome by chance.
    fn add(
        &mut self,
        field: &'static str,
        mut value: impl FnMut(&mut ChaCha8Rng, bool) -> Option<&'static str>,
    ) {
        let mut random = ChaCha8Rng::seed_from_u64(77);
        let made = self.outcomes.iter().map(|&outcome| value(&mut random, outcome));
        self.fields.insert(field, made.map(|value| value.map(str::to_owned)).collect());
    }

    fn examples(&self) -> Examples<'_> {
        let mut columns = Vec::new();
        for (name, values) in &self.fields {
            let field = Field::attribute(Record::Lead, name);
            let values = values.iter().map(|value| value.as_deref().map(Cow::Borrowed)).collect();
            columns.push(Column { field, values });
        }
        let units = (0..).take(self.outcomes.len()).collect();
        Examples { columns, units, outcomes: self.outcomes.clone() }
    }

    fn lead(&self, row: usize) -> LeadProfile {
        let known = self.fields.iter().filter_map(|(name, values)| {
            let value = values[row].clone().filter(|value| !value.is_empty())?;
            Some(((*name).to_owned(), value))
        });
        LeadProfile { attributes: known.collect(), ..LeadProfile::default() }
    }
}

/// People whose outcome depends on their industry and their visits, and on nothing else.
fn world(seed: u64, rows: usize, strength: f64) -> World {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut world = World::default();
    for row in 0..rows {
        let (industry, plus) =
            [("Software", 1.2), ("Banking", 0.4), ("Retail", -0.3), ("Farming", -1.2)]
                [random.random_range(0..4)];
        let visits = random.random_range(0..60_u32);
        let odds = strength * (plus + (f64::from(visits) - 30.0) / 15.0) - 0.5;
        let chance = 1.0 / (1.0 + (-odds).exp());
        world.set("industry", Some(industry.to_owned()));
        world.set("visits", Some(visits.to_string()));
        let region = ["north", "south", "east"][random.random_range(0..3)];
        world.set("region", Some(region.to_owned()));
        world.set("number", Some((100_000 + row).to_string()));
        world.set("name", Some(format!("person {row}")));
        world.set("newsletter", Some("no".to_owned()));
        world.outcomes.push(random.random_bool(chance));
        world.chances.push(chance);
    }
    world
}

fn reason<'a>(draft: &'a Suggestion, name: &str) -> Option<&'a Reason> {
    draft.left_out.iter().find(|left| left.name == name).map(|left| &left.reason)
}

/// The fit of each under the draft, as the scoring function asks it.
fn fits(world: &World, draft: &Suggestion) -> Vec<f64> {
    let rules: Vec<(Rule, i32)> = draft
        .lead_fit()
        .into_iter()
        .map(|rule| (Rule::compile(&rule.when, Scope::Lead).expect("rules compile"), rule.points))
        .collect();
    let account = AccountFacts::new(&AccountProfile::default());
    let fit = |row| {
        let lead = world.lead(row);
        let facts = LeadFacts::new(&lead, &Position::default(), &account);
        let holds = rules.iter().filter(|(rule, _)| rule.answer(&facts) == Answer::Yes);
        f64::from(holds.map(|(_, points)| points).sum::<i32>())
    };
    (0..world.outcomes.len()).map(fit).collect()
}

fn auc(scores: &[f64], outcomes: &[bool]) -> f64 {
    let rows = scores.iter().copied().zip(outcomes.iter().copied());
    measure::auc(Ranking::new(rows).groups()).expect("both outcomes")
}

fn draft(world: &World) -> Suggestion {
    suggest(&world.examples(), &Options::default()).expect("enough examples")
}

#[test]
fn a_draft_orders_new_people_nearly_as_well_as_the_truth() {
    let (learned, new) = (world(1, 3_000, 1.0), world(2, 5_000, 1.0));
    let draft = draft(&learned);
    let found = fits(&new, &draft);
    let (found, truth) = (auc(&found, &new.outcomes), auc(&new.chances, &new.outcomes));
    assert!(found > truth - 0.015, "{found} against {truth}");
    assert!((draft.cross_validated_auc - found).abs() < 0.03, "{}", draft.cross_validated_auc);
    let fields: HashSet<_> =
        draft.rules.iter().map(|rule| rule.field.label().into_owned()).collect();
    assert_eq!(fields, ["industry".to_owned(), "visits".to_owned()].into());
    assert_eq!(reason(&draft, "region"), Some(&Reason::TellsNothing));
    assert_eq!(reason(&draft, "number"), Some(&Reason::Identifiers { distinct: 3_000 }));
    assert_eq!(reason(&draft, "name"), Some(&Reason::ManyValues { distinct: 3_000 }));
    assert_eq!(reason(&draft, "newsletter"), Some(&Reason::OneValue));
}

#[test]
fn rules_say_of_how_many_they_are_true_and_hardly_any_sum_is_cut_off() {
    let mut world = world(3, 3_000, 1.5);
    // Unknown of a third, and telling where it is.
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for (row, outcome) in world.outcomes.clone().into_iter().enumerate() {
        let share = if outcome { 0.15 } else { 0.4 };
        let size = format!("{}", 10 + row % 7 * 30);
        world.set("size", (!random.random_bool(share)).then_some(size));
    }
    let draft = draft(&world);
    let account = AccountFacts::new(&AccountProfile::default());
    for rule in &draft.rules {
        let compiled = Rule::compile(&rule.when, Scope::Lead).expect("rules compile");
        let rows: Vec<usize> = (0..world.outcomes.len())
            .filter(|row| {
                let lead = world.lead(*row);
                compiled.answer(&LeadFacts::new(&lead, &Position::default(), &account))
                    == Answer::Yes
            })
            .collect();
        let positives = rows.iter().filter(|row| world.outcomes[**row]).count();
        assert_eq!((rule.rows, rule.positives), (rows.len(), positives), "{}", rule.when);
        assert!((rule.rate - positives as f64 / rows.len() as f64).abs() < 1e-12);
        assert!((-100..=100).contains(&rule.points) && rule.points != 0);
    }
    assert!(draft.rules.iter().any(|rule| rule.name == "size: not known"));
    let found = fits(&world, &draft);
    let outside = found.iter().filter(|fit| !(0.0..=100.0).contains(*fit)).count();
    assert!(outside <= 6, "{outside} of 3,000 are cut off");
    let spread = found.iter().copied().fold(f64::MIN, f64::max)
        - found.iter().copied().fold(f64::MAX, f64::min);
    assert!(spread > 85.0, "only {spread} of 100 points are used");
}

#[test]
fn what_cannot_be_told_makes_no_rules_and_no_better_order_than_chance() {
    let (learned, new) = (world(4, 3_000, 0.0), world(5, 3_000, 0.0));
    let draft = draft(&learned);
    assert!(draft.rules.len() <= 6, "{:?}", draft.rules);
    let scored: Vec<Scored<'_>> = fits(&new, &draft)
        .into_iter()
        .zip(&new.outcomes)
        .map(|(score, &outcome)| Scored { score, outcome, segment: None })
        .collect();
    let found = measure::measure(&scored, &measure::Options::default());
    assert_eq!(found.verdict, Verdict::NoSignal);
}

#[test]
fn a_field_that_the_outcome_fills_in_is_refused() {
    let mut world = world(6, 2_000, 0.7);
    world.add("reason of loss", |random, outcome| {
        (!outcome).then_some(["price", "timing"][random.random_range(0..2)])
    });
    world.add("contract date", |_, outcome| outcome.then_some("2024-03-01"));
    world.add("seller's view", |random, outcome| {
        Some(if outcome == random.random_bool(0.94) { "hot" } else { "cold" })
    });
    world.add("last step", |random, outcome| {
        Some(if outcome && random.random_bool(0.1) { "Closed - signed" } else { "Mail" })
    });
    world.add("quality", |random, outcome| {
        Some(if outcome == random.random_bool(0.82) { "good" } else { "poor" })
    });
    let draft = draft(&world);
    let refused = |name| reason(&draft, name);
    assert!(matches!(refused("reason of loss"), Some(Reason::KnownByOutcome { .. })), "{draft:?}");
    assert!(matches!(refused("contract date"), Some(Reason::KnownByOutcome { .. })));
    assert!(matches!(refused("seller's view"), Some(Reason::TellsOutcome { .. })));
    assert!(matches!(refused("last step"), Some(Reason::MentionsOutcome { .. })));
    assert!(matches!(refused("quality"), Some(Reason::TellsMuch { .. })));
    assert_eq!(refused("quality").map(Reason::class), Some(Class::Suspicious));
    assert_eq!(refused("last step").map(Reason::class), Some(Class::Refused));
    assert_eq!(refused("visits"), None);
    // Somebody who knows better can allow one.
    let options = Options { allow: vec!["quality".into()], ..Options::default() };
    let allowed = suggest(&world.examples(), &options).expect("enough examples");
    assert_eq!(reason(&allowed, "quality"), None);
    assert!(allowed.cross_validated_auc > draft.cross_validated_auc + 0.1);
}

#[test]
fn a_value_that_only_sounds_like_an_outcome_is_used() {
    let mut world = world(6, 2_000, 0.7);
    world.add("last step", |random, outcome| {
        let often = if outcome { 0.2 } else { 0.45 };
        Some(if random.random_bool(often) { "Converted to lead" } else { "Mail" })
    });
    assert_eq!(reason(&draft(&world), "last step"), None);
}

#[test]
fn a_field_filled_in_during_the_sale_is_suspicious() {
    let mut world = world(7, 2_000, 0.4);
    world.add("budget", |random, outcome| {
        let (known, high) = if outcome { (0.9, 0.6) } else { (0.5, 0.25) };
        let value = if random.random_bool(high) { "high" } else { "low" };
        random.random_bool(known).then_some(value)
    });
    assert!(matches!(reason(&draft(&world), "budget"), Some(Reason::FilledByOutcome { .. })));
}

#[test]
fn fields_known_on_the_same_part_of_people_are_suspicious() {
    let mut world = world(8, 2_000, 0.7);
    for name in ["index one", "index two", "index three", "phone"] {
        let mut row = 0;
        world.add(name, |random, outcome| {
            row += 1;
            let high = if outcome { 0.6 } else { 0.4 };
            let value = if random.random_bool(high) { "high" } else { "low" };
            let known = if name == "phone" { row % 7 < 4 } else { row % 5 < 3 };
            known.then_some(value)
        });
    }
    let draft = draft(&world);
    for name in ["index one", "index two", "index three"] {
        let expected = Reason::FilledTogether { known: 0.6, fields: 3 };
        assert_eq!(reason(&draft, name), Some(&expected));
    }
    assert_eq!(reason(&draft, "phone"), None);
}

#[test]
fn of_two_fields_that_say_the_same_the_one_that_tells_more_is_kept() {
    let mut world = world(9, 2_000, 0.7);
    let copied = world.fields["industry"].iter().enumerate();
    let copied = copied.map(|(row, value)| match row % 4 {
        0 => Some("Changed".to_owned()),
        _ => value.clone(),
    });
    let copied = copied.collect();
    world.fields.insert("latest industry", copied);
    let draft = draft(&world);
    let expected = Reason::Repeats { other: "industry".into(), share: 0.75 };
    assert_eq!(reason(&draft, "latest industry"), Some(&expected));
    assert_eq!(reason(&draft, "industry"), None);
}

#[test]
fn a_field_far_ahead_of_all_others_is_suspicious() {
    let mut world = world(10, 2_000, 0.15);
    world.add("third", |random, outcome| {
        Some(if random.random_bool(if outcome { 0.55 } else { 0.45 }) { "a" } else { "b" })
    });
    world.add("mood", |random, outcome| {
        let place = if outcome { random.random_range(4..12) } else { random.random_range(0..9) };
        Some(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"][place])
    });
    let draft = draft(&world);
    let found = reason(&draft, "mood");
    assert!(
        matches!(found, Some(Reason::AheadOfAll { .. } | Reason::TellsMuch { .. })),
        "{found:?}"
    );
}

#[test]
fn fields_that_are_named_or_asked_by_the_rules_are_left_out() {
    let world = world(11, 1_000, 1.0);
    let options = Options {
        leave_out: vec!["lead.attributes.industry".into()],
        asked_by: vec!["lead.attributes.visits == '1'".into()],
        ..Options::default()
    };
    let draft = suggest(&world.examples(), &options).expect("enough examples");
    assert_eq!(reason(&draft, "industry"), Some(&Reason::Named));
    assert_eq!(reason(&draft, "visits"), Some(&Reason::AskedByRule));
    assert_eq!(draft.lead_fit().len(), draft.rules.len() + 1);
}

#[test]
fn too_few_of_either_outcome_are_refused_with_their_numbers() {
    let mut world = world(12, 400, 1.0);
    let mut left = LEAST_OF_EACH - 1;
    for outcome in &mut world.outcomes {
        *outcome = left > 0;
        left = left.saturating_sub(1);
    }
    let refused = suggest(&world.examples(), &Options::default()).unwrap_err();
    assert_eq!(refused, TooFew { positives: 49, negatives: 351 });
    assert!(refused.to_string().starts_with("49 examples have the outcome and 351 have not"));
    world.outcomes[399] = true;
    assert!(suggest(&world.examples(), &Options::default()).is_ok());
    // Of the same unit they are no more than one.
    let mut examples = world.examples();
    examples.units[399] = 0;
    let refused = suggest(&examples, &Options::default()).unwrap_err();
    assert_eq!(refused, TooFew { positives: 49, negatives: 350 });
}

#[test]
fn what_people_of_one_account_have_in_common_is_not_learned_from_one_of_them_for_another() {
    let mut random = ChaCha8Rng::seed_from_u64(14);
    let mut world = World::default();
    let mut units = Vec::new();
    for unit in 0..400_u32 {
        let (outcome, city) = (random.random_bool(0.5), random.random_range(0..40));
        for _ in 0..20 {
            units.push(unit);
            world.outcomes.push(outcome);
            world.set("city", Some(format!("city {city}")));
        }
    }
    let auc = |examples: &Examples<'_>| {
        suggest(examples, &Options::default()).expect("enough examples").cross_validated_auc
    };
    let (alone, together) = (world.examples(), Examples { units, ..world.examples() });
    let (alone, together) = (auc(&alone), auc(&together));
    assert!(together < 0.6, "{together}");
    assert!(alone > 0.6, "the world is one in which people tell of their colleagues: {alone}");
}

/// People of whom half earn more than they spend, and these often buy.
fn earners(income: impl Fn(usize, u32) -> u32) -> World {
    let mut world = world(15, 2_000, 0.3);
    let mut random = ChaCha8Rng::seed_from_u64(16);
    let made = world.outcomes.iter().enumerate().map(|(row, &outcome)| {
        let rich = random.random_bool(if outcome { 0.65 } else { 0.35 });
        Some(income(row, u32::from(rich)).to_string())
    });
    let made = made.collect();
    world.fields.insert("income", made);
    world
}

#[test]
fn a_measurement_of_which_no_two_are_equal_is_learned() {
    // From 20,000 to 60,000 and from there to 100,000, no two equal.
    let far = earners(|row, rich| 1_000_000 + 4_000_000 * rich + row as u32 * 2_000);
    let draft = draft(&far);
    assert_eq!(reason(&draft, "income"), None);
    assert!(draft.rules.iter().any(|rule| rule.name.starts_with("income ")), "{draft:?}");
}

#[test]
fn numbers_close_together_are_names_of_records_unless_somebody_knows_better() {
    let close = earners(|row, rich| 20_000 + 2_000 * rich + row as u32);
    let expected = Reason::Identifiers { distinct: 2_000 };
    assert_eq!(reason(&draft(&close), "income"), Some(&expected));
    let options = Options { allow: vec!["income".into()], ..Options::default() };
    let allowed = suggest(&close.examples(), &options).expect("enough examples");
    assert_eq!(reason(&allowed, "income"), None);
    assert!(allowed.rules.iter().any(|rule| rule.name.starts_with("income ")), "{allowed:?}");
}

#[test]
fn any_other_value_has_a_rule_also_where_the_frequent_ones_are_long() {
    let mut random = ChaCha8Rng::seed_from_u64(17);
    let mut world = World::default();
    let label = |number: usize| format!("руководитель отдела поставок и закупок, филиал {number}");
    // One value in a thousand rows, 29 in forty each, and many in three, who buy more often.
    let frequent = (0..1_000).map(|_| 0).chain((0..29 * 40).map(|row| 1 + row / 40));
    let rare = (0..450).map(|row| 100 + row / 3);
    for number in frequent.chain(rare) {
        world.set("должность", Some(label(number)));
        world.outcomes.push(random.random_bool(if number < 100 { 0.3 } else { 0.8 }));
    }
    let draft = draft(&world);
    let found = draft.rules.iter().find(|rule| rule.name == "должность: any other");
    let found = found.unwrap_or_else(|| panic!("{:?}", draft.rules));
    let rule = Rule::compile(&found.when, Scope::Lead).expect("rules compile");
    let account = AccountFacts::new(&AccountProfile::default());
    let holds = (0..world.outcomes.len()).filter(|row| {
        let lead = world.lead(*row);
        rule.answer(&LeadFacts::new(&lead, &Position::default(), &account)) == Answer::Yes
    });
    assert_eq!(found.rows, holds.count());
    assert!(found.rows > 450 && found.points > 0 && found.lift > 1.1, "{found:?}");
}

#[test]
fn equal_examples_give_equal_drafts_and_rules_stay_within_their_number() {
    let world = world(13, 1_000, 1.0);
    assert_eq!(draft(&world), draft(&world));
    let options = Options { rules: 5, ..Options::default() };
    let small = suggest(&world.examples(), &options).expect("enough examples");
    assert!(small.lead_fit().len() <= 5, "{:?}", small.lead_fit());
    assert!(small.left_out.iter().any(|left| left.reason == Reason::NoRoom));
}

/// Texts that are hard to write in a rule or to read as numbers.
fn awkward() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        prop::sample::select(vec![
            "a \"quoted\" one",
            "back\\slash",
            "tab\there",
            "1e3",
            "+7",
            "-0",
            " 5",
            "inf",
            "NaN",
            "0x10",
            "1_000",
            "",
            "日本",
            "{}",
            "it's",
            "%",
            "\u{7f}",
            "1.50",
            "007",
        ])
        .prop_map(|text| Some(text.to_owned())),
        (-1000..1000_i32).prop_map(|number| Some(number.to_string())),
        (-10.0..10.0_f64).prop_map(|number| Some(number.to_string())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rules_are_true_of_exactly_the_examples_they_were_made_from(
        kinds in prop::collection::vec(awkward(), 1..12),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..100_u8), 200..400),
    ) {
        let mut world = World::default();
        for (pick, luck) in &picks {
            let place = pick.index(kinds.len());
            let value = kinds[place].clone().filter(|value| !value.is_empty());
            world.set("odd \"field\\", value);
            world.outcomes.push(usize::from(*luck) < 20 + 60 * place / kinds.len());
        }
        let options = Options { allow: vec!["odd \"field\\".into()], ..Options::default() };
        let Ok(draft) = suggest(&world.examples(), &options) else { return Ok(()) };
        let account = AccountFacts::new(&AccountProfile::default());
        for rule in &draft.rules {
            let compiled = Rule::compile(&rule.when, Scope::Lead);
            prop_assert!(compiled.is_ok(), "{}: {:?}", rule.when, compiled);
            let compiled = compiled.expect("it is");
            let holds = (0..world.outcomes.len()).filter(|row| {
                let lead = world.lead(*row);
                compiled.answer(&LeadFacts::new(&lead, &Position::default(), &account)) == Answer::Yes
            });
            prop_assert_eq!(rule.rows, holds.count(), "{}", &rule.when);
        }
        let names: HashSet<_> = draft.rules.iter().map(|rule| &rule.name).collect();
        prop_assert_eq!(names.len(), draft.rules.len());
    }
}
