//! Marketing qualified leads.

use super::{AccountRules, Crowd, LeadRules, Member};
use crate::Model;
use crate::ledger::Ledger;
use crate::tier::Tiers;

/// A person at a moment, whatever their account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssessedLead {
    /// 0 to 100.
    pub engagement: u8,
    /// Whether they are a marketing qualified lead by the model's rule.
    pub mql: bool,
}

/// Assesses a person as `model` would have at the second `as_of`: the same that [`super::assess()`]
/// says of them. Of a person without an account `account` is the default.
#[must_use]
pub fn assess_lead(
    model: &Model,
    lead: &LeadRules,
    account: &AccountRules,
    ledger: &Ledger,
    as_of: i64,
) -> AssessedLead {
    let member = Member::of_person(model, lead, ledger, None);
    let engagement = if ledger.is_empty() { 0 } else { member.reading().engagement(as_of) };
    let tiers = model.tiers_of(account.segment.as_deref());
    let mql = account.exclusion.is_none() && qualifies(tiers, &member, engagement, as_of).is_some();
    AssessedLead { engagement, mql }
}

/// The second in which a person last asked to be contacted, as far back as a raised hand makes
/// somebody qualified: the hold.
#[must_use]
pub fn raised_hand(model: &Model, lead: &LeadRules, ledger: &Ledger, as_of: i64) -> Option<i64> {
    let member = Member::of_person(model, lead, ledger, None);
    member.last_raised_hand(as_of - model.tiers.hold_secs, as_of)
}

/// Which people are qualified.
pub(super) struct Qualified {
    pub(super) people: Vec<bool>,
    /// The first second in which one of them is not any more if nothing happens and no
    /// engagement changes.
    pub(super) lapses_at: Option<i64>,
}

/// Whether each person whose engagement is as in `scores` is qualified.
pub(super) fn people(crowd: &Crowd<'_>, scores: &[u8], excluded: bool, as_of: i64) -> Qualified {
    let mut qualified = Qualified { people: Vec::with_capacity(scores.len()), lapses_at: None };
    for (member, &engagement) in crowd.members.iter().zip(scores) {
        if !member.is_person {
            continue;
        }
        let found = match excluded {
            true => None,
            false => qualifies(crowd.tiers, member, engagement, as_of),
        };
        qualified.people.push(found.is_some());
        if let Some(By::Hand { lapses_at }) = found {
            let first = qualified.lapses_at.map_or(lapses_at, |known| known.min(lapses_at));
            qualified.lapses_at = Some(first);
        }
    }
    qualified
}

/// What a person is qualified by.
pub(super) enum By {
    /// By what they show now.
    Scores,
    /// By a raised hand, up to the second before this one.
    Hand { lapses_at: i64 },
}

pub(super) fn qualifies(
    tiers: &Tiers,
    member: &Member<'_>,
    engagement: u8,
    as_of: i64,
) -> Option<By> {
    let bar = tiers.mql.filter(|_| member.counts)?;
    if member.fit >= bar.fit && engagement >= bar.engagement {
        return Some(By::Scores);
    }
    if member.fit < member.model.grades.hand_raiser_fit() {
        return None;
    }
    let raised_at = member.last_raised_hand(as_of - tiers.hold_secs, as_of)?;
    Some(By::Hand { lapses_at: raised_at + tiers.hold_secs + 1 })
}
