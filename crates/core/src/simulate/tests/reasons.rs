//! Whoever moves has a reason, and it is the rule that differs.

use super::ReasonKind::{
    Bar, Exclusion, FitRule, Group, LeadExclusion, LeadFitRule, PeopleFit, RaisedHand, RollUp,
    Segment, Signal, Title,
};
use super::*;

fn file() -> String {
    // A raised hand alone is below the bar of an MQL.
    let file = FILE
        .replace(", points: 40", ", points: 25")
        .replace("rollup: {", "rollup: {seniority_percent: {c_level: 200, other: 0}, ");
    file + "
grades: {fit: {a: 75, b: 50, c: 25}}
titles: {rules: [{name: chief, matches: 'cto', seniority: c_level, confidence: 90}]}
lead_exclusions: [{name: out, when: 'lead.title == \"intern\"'}]
segments: [{name: it, when: 'account.industry == \"none\"', tiers: [], priority_tiers: []}]
"
}

/// Edits of the file, the kind of rule that each is one of, and what else differs by it.
const EDITS: [(&str, &str, ReasonKind, &[ReasonKind]); 21] = [
    ("points: 8", "points: 2", Signal, &[Group]),
    ("engagement: {", "engagement: {half_life_days: 2, ", Signal, &[Group]),
    ("cap: 60", "cap: 6", Group, &[]),
    (", hand_raiser: true", "", RaisedHand, &[]),
    ("group: web}", "group: web, hand_raiser: true}", RaisedHand, &[]),
    ("CTO\"', points: 60", "CTO\"', points: 40", LeadFitRule, &[PeopleFit]),
    ("== \"intern\"", "== \"CTO\"", LeadExclusion, &[PeopleFit]),
    ("matches: 'cto'", "matches: 'ceo'", Title, &[]),
    ("seniority: c_level", "seniority: director", Title, &[]),
    ("c_level: 200", "c_level: 20", RollUp, &[]),
    ("people_percent: 30", "people_percent: 90", RollUp, &[PeopleFit]),
    ("half_points: 40}", "half_points: 40, engaged_floor: 70}", RollUp, &[]),
    ("rollup: {", "rollup: {operator: mean, ", RollUp, &[]),
    ("b: 50", "b: 70", Bar, &[]),
    ("priority_tiers: [1, 2]", "priority_tiers: [1]", Bar, &[]),
    ("mql: {fit: 50, engagement: 40}", "mql: {fit: 50, engagement: 60}", Bar, &[]),
    ("mqa: {engagement: 50, engaged_people: 1}", "", Bar, &[]),
    ("hold_days: 3", "hold_days: 30", Bar, &[RaisedHand]),
    ("100', points: 60", "100', points: 10", FitRule, &[]),
    ("== \"rival\"", "== \"x\"", Exclusion, &[]),
    ("== \"none\"", "== \"it\"", Segment, &[Bar]),
];

/// What a person without an account would be.
fn alone(before: &Model, after: &Model, lead: &LeadProfile, ledger: &Ledger) -> Option<LoneMove> {
    let nobody = AccountFacts::new(&AccountProfile::default());
    let rules = |model| LeadRules::new(model, lead, &nobody);
    let (old, new) = (rules(before), rules(after));
    let side = |model, rules| LoneSide { model, profile: lead, rules, ledger };
    Simulation::new(NOW).lone_lead(&side(before, &old), &side(after, &new))
}

fn kinds(reasons: &[Reason]) -> Vec<ReasonKind> {
    reasons.iter().map(|reason| reason.kind).collect()
}

fn ones(moved: Vec<Move>) -> Vec<Reason> {
    assert_eq!(moved.len(), 1);
    moved.into_iter().flat_map(|moved| moved.reasons).collect()
}

fn edited(from: &str, to: &str) -> Model {
    let (before, after) = (file(), file().replace(from, to));
    assert_ne!(before, after, "{from}");
    parsed(&after)
}

#[test]
fn what_is_no_signal_is_not_told_as_one() {
    let reason =
        |kind, rule: &str, before, after| Reason { kind, rule: rule.into(), before, after };
    let told = |from: &str, to: &str, company: Company| {
        ones(run(&parsed(&file()), &edited(from, to), &[company]).1)
    };
    assert_eq!(
        told("group: web}", "group: web, hand_raiser: true}", one("CTO", 2, &[0, 0])),
        [reason(RaisedHand, "visit", 0.0, 2.0)]
    );
    let excluded = told("== \"intern\"", "== \"CTO\"", one("CTO", 0, &[1, 1]));
    assert_eq!(excluded.last(), Some(&reason(LeadExclusion, "out", 0.0, 1.0)));
    assert_eq!(kinds(&excluded), [PeopleFit, LeadExclusion]);
    let untold = told("matches: 'cto'", "matches: 'ceo'", one("CTO", 0, &[1, 1]));
    assert!(untold.contains(&reason(Title, "chief: c_level", 1.0, 0.0)), "{untold:?}");
}

#[test]
fn no_kind_is_left_out_for_many_of_another() {
    let signals = |points: u32| {
        let signals = (0..40)
            .map(|n| format!("{{name: s{n}, when: 'activity.type == \"{n}\"', points: {points}}}"));
        signals.collect::<Vec<_>>().join(", ")
    };
    let model = |points, floor| {
        parsed(&format!(
            "name: x\nengagement: {{engaged_floor: {floor}}}\nsignals: [{}]\n\
             tiers: [{{tier: 1, engagement: 20, engaged_people: 1}}]\n",
            signals(points)
        ))
    };
    let signals: Vec<u16> = (0..40).collect();
    let (_, moved) = run(&model(9, 20), &model(1, 99), &[one("", 0, &signals)]);
    let told = kinds(&ones(moved));
    assert_eq!(told.len(), 12);
    assert!(told.contains(&RollUp) && told.is_sorted(), "{told:?}");
}

proptest! {
    #![proptest_config(crate::cases::cases(200))]

    #[test]
    fn whoever_moves_is_moved_by_what_differs(
        companies in prop::collection::vec(company(), 1..8), edit in 0..EDITS.len(),
        back in any::<bool>(),
    ) {
        let (from, to, kind, others) = EDITS[edit];
        let (mut before, mut after) = (parsed(&file()), edited(from, to));
        if back {
            std::mem::swap(&mut before, &mut after);
        }
        let (_, moves) = run(&before, &after, &companies);
        let mut reasons: Vec<Vec<Reason>> = moves.into_iter().map(|moved| moved.reasons).collect();
        for company in &companies {
            let people = company.leads.iter().zip(&company.ledgers);
            let moved = people.filter_map(|(lead, ledger)| alone(&before, &after, lead, ledger));
            reasons.extend(moved.map(|moved| moved.reasons));
        }
        for reasons in reasons {
            let kinds = kinds(&reasons);
            prop_assert!(kinds.contains(&kind), "{} {:?}", to, reasons);
            let known = |found: &ReasonKind| *found == kind || others.contains(found);
            prop_assert!(kinds.iter().all(known), "{} {:?}", to, reasons);
        }
    }
}
