//! The rules that move an account or a person: those that give them something else under another
//! model.

mod bars;
mod points;
mod rules;
mod seen;

use std::collections::BTreeMap;

use super::Stand;

use seen::Weights;

pub(super) use seen::Seen;

/// Most reasons told of one account or person.
const REASONS: usize = 12;

/// A rule and what it gives under both models.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What kind of rule.
    pub kind: ReasonKind,
    /// Its name.
    pub rule: String,
    /// What it gives, or asks, under the first model; 0 when it is not there.
    pub before: f64,
    /// The same under the second model.
    pub after: f64,
}

/// What kind of rule a reason is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonKind {
    /// A rule that excludes the account; 1 where it does.
    Exclusion,
    /// A segment whose bars hold for the account; 1 where they do.
    Segment,
    /// A bar, in its own unit: what it asks. One without an addition is 1 where the bar is.
    Bar,
    /// A signal or pattern, in raw points weighted with the larger weight of each person.
    Signal,
    /// The cap of a group, in the same points; what it takes off is negative. Where that is the
    /// same now: in the latest second of the hold in which it is not.
    Group,
    /// A rule of the account's fit, in points.
    FitRule,
    /// The fit of the account's people, in points of fit.
    PeopleFit,
    /// How raw points and people are put together: a figure of the model.
    RollUp,
    /// A signal or pattern that raises hands: how often people did within the hold.
    RaisedHand,
    /// A rule of a person's fit: the points it gives people, added up.
    LeadFitRule,
    /// A rule that keeps people out of their account's scores: how many it keeps out.
    LeadExclusion,
    /// A rule that reads titles, with what it tells: of how many people whose seniority or role
    /// differs it does.
    Title,
}

type Named = BTreeMap<String, f64>;

/// The rules that give something else, by kind, the weightiest of a kind first. `stands` are those
/// of an account.
pub(super) fn find(
    before: &Seen<'_>,
    after: &Seen<'_>,
    stands: Option<(&Stand, &Stand)>,
    as_of: i64,
) -> Vec<Reason> {
    let mut found = Found::default();
    found.compare(ReasonKind::Exclusion, before.exclusion(), after.exclusion());
    found.compare(ReasonKind::Segment, before.segment(), after.segment());
    found.compare(ReasonKind::Bar, bars::asked(before, stands), bars::asked(after, stands));
    // Who counts on one side alone is looked at on both: what the signals give is the same.
    let weights = Weights::new(before, after);
    let (given_before, mut cuts_before) = points::given(before, &weights, as_of);
    let (given_after, mut cuts_after) = points::given(after, &weights, as_of);
    found.compare(ReasonKind::Signal, given_before, given_after);
    if cuts_before == cuts_after
        && let Some(cuts) = points::cuts_within_hold(before, after, &weights, as_of)
    {
        (cuts_before, cuts_after) = cuts;
    }
    found.compare(ReasonKind::Group, cuts_before, cuts_after);
    let hands = |seen| points::raised_hands(seen, &weights, as_of);
    found.compare(ReasonKind::RaisedHand, hands(before), hands(after));
    found.compare(ReasonKind::FitRule, rules::account_fit(before), rules::account_fit(after));
    found.compare(ReasonKind::PeopleFit, rules::people_fit(before), rules::people_fit(after));
    let lead_fit = |seen| rules::lead_fit(seen, &weights);
    found.compare(ReasonKind::LeadFitRule, lead_fit(before), lead_fit(after));
    let excluded = rules::lead_exclusions;
    found.compare(ReasonKind::LeadExclusion, excluded(before), excluded(after));
    found.compare(ReasonKind::Title, rules::titles(before, after), rules::titles(after, before));
    let figures = |seen| bars::figures(seen, &[before, after]);
    found.compare(ReasonKind::RollUp, figures(before), figures(after));
    found.weightiest()
}

/// What differs, with its rank within its kind.
#[derive(Default)]
struct Found(Vec<(usize, Reason)>);

impl Found {
    fn compare(&mut self, kind: ReasonKind, before: Named, after: Named) {
        let mut found: Vec<Reason> = Vec::new();
        let gone = before.keys().filter(|rule| !after.contains_key(*rule));
        for rule in after.keys().chain(gone) {
            let of = |side: &Named| side.get(rule).copied().unwrap_or(0.0);
            let (before, after) = (of(&before), of(&after));
            // Sums of the same figures may differ in their last bits.
            if (before - after).abs() > 1e-9 {
                found.push(Reason { kind, rule: rule.clone(), before, after });
            }
        }
        let weight = |reason: &Reason| (reason.after - reason.before).abs();
        found.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
        self.0.extend(found.into_iter().enumerate());
    }

    /// As many as are told: no kind is left out for many of another.
    fn weightiest(self) -> Vec<Reason> {
        let Self(mut found) = self;
        found.sort_by_key(|(rank, reason)| (*rank, reason.kind));
        found.truncate(REASONS);
        found.sort_by_key(|(rank, reason)| (reason.kind, *rank));
        found.into_iter().map(|(_, reason)| reason).collect()
    }
}
