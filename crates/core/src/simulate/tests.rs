mod reasons;

use proptest::prelude::*;

use super::*;
use crate::rule::AccountFacts;
use crate::{Entry, LeadProfile, model};

const FILE: &str = "
name: base
engagement: {half_points: 40}
groups: {web: {cap: 60}}
signals:
  - {name: visit, when: 'activity.type == \"visit\"', points: 8, daily_cap: 100, group: web}
  - {name: demo, when: 'activity.type == \"demo\"', points: 40, hand_raiser: true}
lead_fit: [{name: titled, when: 'lead.title == \"CTO\"', points: 60}]
account_fit:
  people_percent: 30
  rules:
    - {name: large, when: 'account.employees >= 100', points: 60}
    - {name: known, when: 'account.industry == \"it\"', points: 30}
exclusions: [{name: rival, when: 'account.name == \"rival\"'}]
rollup: {half_points: 60}
tiers:
  - {tier: 1, fit: 60, engagement: 60, engaged_people: 1}
  - {tier: 2, fit: 20, engagement: 30}
priority_tiers: [1, 2]
hold_days: 3
mqa: {engagement: 50, engaged_people: 1}
mql: {fit: 50, engagement: 40}
";

const NOW: i64 = 400 * DAY;

/// An account, its people and what they did, under no model yet.
#[derive(Clone, Debug)]
struct Company {
    profile: AccountProfile,
    leads: Vec<LeadProfile>,
    ledgers: Vec<Ledger>,
    visitor: Ledger,
}

fn company() -> impl Strategy<Value = Company> {
    let ledger = || {
        prop::collection::vec((0..40 * DAY, 0..2u16), 0..6).prop_map(|entries| {
            let entry = |(ago, signal)| Entry { time: NOW - ago, signal };
            entries.into_iter().map(entry).collect::<Ledger>()
        })
    };
    let person = (any::<bool>(), ledger());
    let people = prop::collection::vec(person, 0..4);
    (0..2i64, any::<bool>(), any::<bool>(), people, ledger()).prop_map(
        |(size, it, rival, people, visitor)| {
            let profile = AccountProfile {
                employees: Some(50 + size * 100),
                industry: if it { "it" } else { "" }.into(),
                name: if rival { "rival" } else { "x" }.into(),
                ..AccountProfile::default()
            };
            let (leads, ledgers) = people
                .into_iter()
                .map(|(cto, ledger)| {
                    let title = if cto { "CTO" } else { "" }.into();
                    (LeadProfile { title, ..LeadProfile::default() }, ledger)
                })
                .unzip();
            Company { profile, leads, ledgers, visitor }
        },
    )
}

struct Under<'a> {
    model: &'a Model,
    rules: AccountRules,
    people: Vec<Person>,
}

impl Company {
    fn under<'a>(&self, model: &'a Model) -> Under<'a> {
        let facts = AccountFacts::new(&self.profile);
        let people = self.leads.iter().zip(&self.ledgers).enumerate();
        let people = people.map(|(number, (lead, ledger))| Person {
            lead: LeadId::new(format!("p{number}")).expect("an id"),
            rules: LeadRules::new(model, lead, &facts),
            ledger: ledger.clone(),
            known: None,
        });
        Under { model, rules: AccountRules::new(model, &self.profile), people: people.collect() }
    }

    fn simulate(&self, before: &Model, after: &Model, all: &mut Simulation) -> Option<Move> {
        let (before, after) = (self.under(before), self.under(after));
        let people = before.people.iter().map(|person| person.lead.clone());
        let leads = people.zip(self.leads.iter().cloned()).collect();
        all.account(&before.side(self), &after.side(self), &leads)
    }

    /// The same where nobody's profile was read.
    fn simulate_without_profiles(&self, before: &Model, after: &Model) -> Option<Move> {
        let (before, after) = (self.under(before), self.under(after));
        let leads = BTreeMap::new();
        Simulation::new(NOW).account(&before.side(self), &after.side(self), &leads)
    }
}

impl<'a> Under<'a> {
    fn side(&'a self, company: &'a Company) -> Side<'a> {
        Side {
            model: self.model,
            profile: &company.profile,
            rules: &self.rules,
            people: &self.people,
            visitor: &company.visitor,
        }
    }
}

fn parsed(file: &str) -> Model {
    model::parse(file).unwrap_or_else(|found| panic!("{found:?}"))
}

fn run(before: &Model, after: &Model, companies: &[Company]) -> (Simulation, Vec<Move>) {
    let mut all = Simulation::new(NOW);
    let moves = companies.iter().filter_map(|company| company.simulate(before, after, &mut all));
    let moves = moves.collect();
    (all, moves)
}

fn one(title: &str, ago_days: i64, signals: &[u16]) -> Company {
    let entry = |&signal| Entry { time: NOW - ago_days * DAY, signal };
    Company {
        profile: AccountProfile { employees: Some(500), ..AccountProfile::default() },
        leads: vec![LeadProfile { title: title.into(), ..LeadProfile::default() }],
        ledgers: vec![signals.iter().map(entry).collect()],
        visitor: Ledger::default(),
    }
}

fn told(moved: &Move) -> Vec<(ReasonKind, &str, f64, f64)> {
    let reasons = moved.reasons.iter();
    reasons.map(|reason| (reason.kind, reason.rule.as_str(), reason.before, reason.after)).collect()
}

#[test]
fn a_move_names_the_rules_that_made_it() {
    use ReasonKind::{Bar, Exclusion, FitRule, Signal};
    let before = parsed(FILE);
    for (from, to, expected) in [
        (", points: 40", ", points: 4", (Signal, "demo", 40.0, 4.0)),
        (
            "'account.employees >= 100', points: 60",
            "'account.employees >= 100', points: 0",
            (FitRule, "large", 60.0, 0.0),
        ),
        (
            "tier: 2, fit: 20, engagement: 30",
            "tier: 2, fit: 20, engagement: 70",
            (Bar, "tier 2 engagement", 30.0, 70.0),
        ),
        ("account.name == \"rival\"", "account.employees == 500", (Exclusion, "rival", 0.0, 1.0)),
    ] {
        let file = FILE.replace(from, to);
        assert_ne!(file, FILE, "{from}");
        let after = parsed(&file);
        let mut all = Simulation::new(NOW);
        let moved = one("", 0, &[1]).simulate(&before, &after, &mut all);
        let moved = moved.unwrap_or_else(|| panic!("{to} moves it"));
        assert_eq!(moved.before.tier, Some(Tier::Two));
        assert!(!moved.after.priority, "{to}");
        assert!(told(&moved).contains(&expected), "{to}: {:?}", moved.reasons);
    }
}

#[test]
fn qualified_people_and_those_of_the_last_week_are_told() {
    let before = parsed(FILE);
    let after =
        parsed(&FILE.replace("mql: {fit: 50, engagement: 40}", "mql: {fit: 50, engagement: 60}"));
    // 40 points make 50: above the first bar, below the second. A raised hand would qualify.
    let visits = [0_u16; 5];
    let (all, moves) = run(
        &before,
        &after,
        &[one("CTO", 0, &visits), one("CTO", 9, &visits), one("", 0, &visits)],
    );
    assert_eq!((all.before.mqls, all.before.new_mqls, all.after.mqls), (2, 1, 0));
    let left: Vec<usize> = moves.iter().map(|moved| moved.mqls_leaving.len()).collect();
    assert_eq!(left, [1, 1]);
}

proptest! {
    #[test]
    fn the_same_model_moves_nobody(companies in prop::collection::vec(company(), 0..12)) {
        let (all, moves) = run(&parsed(FILE), &parsed(FILE), &companies);
        prop_assert!(moves.is_empty());
        prop_assert_eq!(&all.before, &all.after);
        prop_assert_eq!(all.before.accounts, companies.len() as u64);
        let diagonal: u64 = (0..4).map(|tier| all.tier_moves[tier][tier]).sum();
        prop_assert_eq!(diagonal, companies.len() as u64);
    }

    #[test]
    fn profiles_are_no_reason_where_the_models_ask_alike(company in company()) {
        let before = parsed(FILE);
        for (what, other) in [("points: 8", "points: 2"), ("fit: 60,", "fit: 90,"), ("days: 3", "days: 0")] {
            let after = parsed(&FILE.replace(what, other));
            prop_assert!(before.asks_alike(&after));
            let moved = company.simulate(&before, &after, &mut Simulation::new(NOW));
            prop_assert_eq!(company.simulate_without_profiles(&before, &after), moved);
        }
    }

    #[test]
    fn parts_add_up_to_the_whole(
        companies in prop::collection::vec(company(), 1..12), cut in 0..12usize,
    ) {
        let before = parsed(FILE);
        let after = parsed(&FILE.replace("points: 8", "points: 2").replace("fit: 60,", "fit: 90,"));
        let (first, second) = companies.split_at(cut.min(companies.len()));
        let (mut whole, moves) = run(&before, &after, first);
        let (rest, more) = run(&before, &after, second);
        whole.append(&rest);
        let (expected, all) = run(&before, &after, &companies);
        prop_assert_eq!((&whole.before, &whole.after), (&expected.before, &expected.after));
        prop_assert_eq!(whole.tier_moves, expected.tier_moves);
        prop_assert_eq!(&whole.proposals, &expected.proposals);
        prop_assert_eq!(moves.len() + more.len(), all.len());
        prop_assert_eq!(expected.moved, all.len() as u64);
        for moved in &all {
            prop_assert!(!moved.reasons.is_empty(), "{:?}", moved);
        }
    }

}

/// The file with three tiers, the priority tiers given, and without a hold and raised hands. The
/// bar of engagement of the lowest priority tier and that of an MQL are given too.
fn with_bars(priority: &[usize], lowest: Option<u8>, mql: u8) -> String {
    let mut engagement = [60, 30, 10];
    if let Some(bar) = lowest {
        engagement[priority[priority.len() - 1] - 1] = bar;
    }
    let [one, two, three] = engagement;
    let start = FILE.find("tiers:").expect("the file has tiers");
    format!(
        "{}tiers:
  - {{tier: 1, fit: 60, engagement: {one}, engaged_people: 1}}
  - {{tier: 2, fit: 20, engagement: {two}}}
  - {{tier: 3, fit: 20, engagement: {three}}}
priority_tiers: {priority:?}
hold_days: 0
mql: {{fit: 50, engagement: {mql}}}
",
        FILE[..start].replace(", hand_raiser: true", "")
    )
}

#[test]
fn who_meets_a_better_tier_is_kept_out_by_no_bar_of_the_lowest() {
    // Two accounts in tier 1, one in tier 2, one in tier 3.
    let companies = [
        one("CTO", 0, &[1, 1, 1]),
        one("CTO", 0, &[1, 1, 1]),
        one("CTO", 0, &[1, 0]),
        one("CTO", 0, &[0, 0]),
    ];
    let proposed = |priority: &[usize], capacity| {
        let model = parsed(&with_bars(priority, None, 40));
        let found = run(&model, &model, &companies).0.proposals.accounts(capacity);
        (found.engagement.is_some(), found.passing)
    };
    assert_eq!(proposed(&[1, 2], 4), (true, 4));
    assert_eq!(proposed(&[1, 2], 2), (true, 2));
    assert_eq!(proposed(&[1, 2], 1), (false, 2), "both stay in tier 1 whatever tier 2 asks");
    assert_eq!(proposed(&[2], 4), (true, 2), "tier 1 is none of priority");
    assert_eq!(proposed(&[1, 3], 4), (true, 3), "nor is tier 2");
}

proptest! {
    // Each case compiles a hundred models.
    #![proptest_config(crate::cases::cases(16))]

    #[test]
    fn a_proposed_bar_is_the_lowest_that_lets_through_no_more(
        companies in prop::collection::vec(company(), 1..16),
        capacity in 0..6u64,
        priority in prop::sample::subsequence(vec![1, 2, 3], 1..=3),
    ) {
        let model = parsed(&with_bars(&priority, None, 40));
        let proposals = run(&model, &model, &companies).0.proposals;
        // Everybody under each bar, counted one by one.
        let passing = |bar: u8| -> (u64, u64) {
            let model = parsed(&with_bars(&priority, Some(bar), bar));
            let after = run(&model, &model, &companies).0.after;
            (after.priority, after.new_mqls)
        };
        let bars: Vec<(u64, u64)> = (0..=100).map(passing).collect();
        let expected = |of: fn(&(u64, u64)) -> u64, first: usize| {
            let over = bars.iter().rposition(|bar| of(bar) > capacity);
            let lowest = over.map_or(first, |last| (last + 1).max(first));
            let passing = of(bars.get(lowest).or(bars.last()).expect("there are bars"));
            let engagement = u8::try_from(lowest).ok().filter(|&bar| bar <= 100);
            Proposal { capacity, engagement, passing }
        };
        prop_assert_eq!(proposals.accounts(capacity), expected(|bar| bar.0, 0));
        prop_assert_eq!(proposals.leads_a_week(capacity), expected(|bar| bar.1, 1));
    }
}
