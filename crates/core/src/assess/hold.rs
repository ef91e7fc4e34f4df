//! The hold: a tier stays for a while after its bar was last met, so that tiers do not flicker.
//!
//! Whether a bar was met is looked at right after each activity of the window, at the window's
//! start and at the moment asked about: between activities engagement falls, so nothing is
//! missed. The answer is a function of the record alone; it does not matter in which order the
//! record was made, nor whether anybody looked at the time.

use super::Crowd;
use crate::tier::{Bar, Standing, Tier};

/// What the window says.
pub(super) struct Held {
    pub(super) tier: Option<Tier>,
    pub(super) tier_met: Option<Tier>,
    pub(super) mqa: bool,
    /// The first second in which something that is only held can lapse.
    pub(super) lapses_at: Option<i64>,
}

pub(super) fn look_back(crowd: &Crowd<'_>, now: &Standing, as_of: i64) -> Held {
    let tiers = &crowd.model.tiers;
    let window = Window::new(crowd, now, as_of);
    let tier_met = tiers.bars.iter().find(|tier| tier.bar.is_met_by(now)).map(|tier| tier.tier);
    let mut held = Held { tier: tier_met, tier_met, mqa: false, lapses_at: None };
    // A bar below the one met now says nothing that is not known already.
    let better = tiers.bars.iter().take_while(|tier| Some(tier.tier) != tier_met);
    for tier in better {
        if let Some(met_at) = window.last_met(&tier.bar) {
            held.tier = Some(tier.tier);
            held.lapses_at = window.lapse(met_at);
            break;
        }
    }
    let Some(mqa) = &tiers.mqa else { return held };
    if mqa.is_met_by(now) {
        held.mqa = true;
    } else if let Some(raised_at) = window.last_raised_hand() {
        held.mqa = true;
        // Not lapse(): a raised hand counts by its moment, whatever engagement does after it.
        let lapses_at = raised_at + tiers.hold_secs + 1;
        held.lapses_at = Some(held.lapses_at.map_or(lapses_at, |at| at.min(lapses_at)));
    } else if let Some(met_at) = window.last_met(mqa) {
        held.mqa = true;
        held.lapses_at = held.lapses_at.into_iter().chain(window.lapse(met_at)).min();
    }
    held
}

struct Window<'a> {
    crowd: &'a Crowd<'a>,
    fit: u8,
    start: i64,
    as_of: i64,
}

impl<'a> Window<'a> {
    fn new(crowd: &'a Crowd<'a>, now: &Standing, as_of: i64) -> Self {
        Self { crowd, fit: now.fit, start: as_of - crowd.model.tiers.hold_secs, as_of }
    }

    /// The latest second looked at, before `as_of`, in which a bar was met.
    fn last_met(&self, bar: &Bar) -> Option<i64> {
        if bar.fit > self.fit || !bar.is_met_by(&self.best_case()) {
            return None;
        }
        let mut moments: Vec<i64> = Vec::new();
        for member in &self.crowd.members {
            let all = &member.reading().moments;
            let first = all.partition_point(|&moment| moment <= self.start);
            let end = all.partition_point(|&moment| moment < self.as_of);
            moments.extend(all.get(first..end).unwrap_or_default());
        }
        moments.push(self.start);
        moments.sort_unstable();
        moments.dedup();
        moments
            .into_iter()
            .rev()
            .find(|&moment| bar.is_met_by(&self.crowd.standing_at(self.fit, moment)))
    }

    /// More than the account can have shown anywhere in the window: every member at the points
    /// of the window's start plus everything that came after. Saves looking at each moment of
    /// the many accounts that never came near a bar.
    fn best_case(&self) -> Standing {
        let best =
            |member: &super::Member<'_>| member.reading().best_between(self.start, self.as_of);
        let scores: Vec<u8> = self.crowd.members.iter().map(best).collect();
        self.crowd.standing(self.fit, &scores)
    }

    /// The first second in which something last met at `met_at` can lapse: until any member's
    /// engagement changes after `met_at`, the bar was still met, and the hold runs from there.
    fn lapse(&self, met_at: i64) -> Option<i64> {
        let changes =
            self.crowd.members.iter().filter_map(|member| member.reading().next_change(met_at));
        changes.min().map(|change| (change + self.crowd.model.tiers.hold_secs).max(self.as_of + 1))
    }

    /// The latest second in the window in which somebody who fits well enough raised a hand.
    fn last_raised_hand(&self) -> Option<i64> {
        let least_fit = self.crowd.model.grades.hand_raiser_fit();
        let members = self.crowd.members.iter();
        members
            .filter(|member| member.is_person && member.fit >= least_fit)
            .filter(|member| member.ledger.last_at(self.as_of).is_some_and(|at| at >= self.start))
            .filter_map(|member| {
                let raised = &member.reading().raised_hands;
                let end = raised.partition_point(|&at| at <= self.as_of);
                raised.get(..end)?.last().copied().filter(|&at| at >= self.start)
            })
            .max()
    }
}
