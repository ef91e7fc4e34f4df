//! The hold: a tier stays for a while after its bar was last met, so that tiers do not flicker.
//!
//! A bar counts as met when it was in any second of the window. It is enough to look at the
//! window's start, right after each activity, and where a score rises because what was taken
//! off fades: between these an account can only fall, so nothing is missed. The answer is a
//! function of the record alone; it does not matter in which order the record was made, nor
//! whether anybody looked at the time.

use std::cell::OnceCell;

use super::{Crowd, Member};
use crate::tier::{Bar, Standing, Tier, TierBar};

/// What the window says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) tier: Option<Tier>,
    pub(super) tier_met: Option<Tier>,
    pub(super) mqa: bool,
    /// The second in which a tier that is only held lapses, unless its bar is met again.
    pub(super) tier_lapses_at: Option<i64>,
    /// The same for the qualification.
    mqa_lapses_at: Option<i64>,
}

pub(super) fn look_back(crowd: &Crowd<'_>, now: &Standing, as_of: i64) -> Held {
    let tiers = &crowd.tiers;
    let window = Window::of_known(crowd, now, as_of);
    let tier_met = tiers.bars.iter().find(|tier| tier.bar.is_met_by(now)).map(|tier| tier.tier);
    let mut held =
        Held { tier: tier_met, tier_met, mqa: false, tier_lapses_at: None, mqa_lapses_at: None };
    if let Some((tier, met)) = window.better_tier(tier_met) {
        held.tier = Some(tier.tier);
        held.tier_lapses_at = Some(window.lapse(&tier.bar, met));
    }
    let Some(mqa) = &tiers.mqa else { return held };
    if mqa.is_met_by(now) {
        held.mqa = true;
    } else if let Some(raised_at) = window.last_raised_hand() {
        held.mqa = true;
        held.mqa_lapses_at = Some(raised_at + tiers.hold_secs + 1);
    } else if let Some(met) = window.last_met(mqa) {
        held.mqa = true;
        held.mqa_lapses_at = Some(window.lapse(mqa, met));
    }
    held
}

impl Held {
    /// The first second in which something that is only held can lapse.
    pub(super) fn lapses_at(&self) -> Option<i64> {
        self.tier_lapses_at.into_iter().chain(self.mqa_lapses_at).min()
    }

    /// What the window says at `as_of`, a later second than this was found for, if that needs no
    /// look at the window: what is held is held until it lapses, and nobody has risen since.
    pub(super) fn still(
        &self,
        crowd: &Crowd<'_>,
        now: &Standing,
        since: i64,
        as_of: i64,
    ) -> Option<Self> {
        let holds = self.lapses_at().is_some_and(|lapse| as_of < lapse);
        if !holds || !crowd.rises(since, as_of + 1).is_empty() {
            return None;
        }
        let bars = &crowd.tiers.bars;
        let tier_met = bars.iter().find(|tier| tier.bar.is_met_by(now)).map(|tier| tier.tier);
        // What is met by itself at the moment has a later end than what was found.
        (tier_met == self.tier_met).then_some(*self)
    }
}

/// The tier alone.
pub(super) fn tier(crowd: &Crowd<'_>, now: &Standing, as_of: i64) -> Option<Tier> {
    let bars = &crowd.tiers.bars;
    let met = bars.iter().find(|tier| tier.bar.is_met_by(now)).map(|tier| tier.tier);
    Window::new(crowd, now, as_of).better_tier(met).map(|(tier, _)| tier.tier).or(met)
}

/// A second in which a bar was met, and the next one looked at, in which it was not.
#[derive(Clone, Copy)]
struct Met {
    at: i64,
    until: i64,
}

struct Window<'a> {
    crowd: &'a Crowd<'a>,
    fit: u8,
    start: i64,
    as_of: i64,
    /// More than the account can have shown, from what is known of its members at `as_of`.
    peaks: Option<Standing>,
    /// The same from their ledgers.
    best_case: OnceCell<Standing>,
}

impl<'a> Window<'a> {
    fn new(crowd: &'a Crowd<'a>, now: &Standing, as_of: i64) -> Self {
        let start = as_of - crowd.tiers.hold_secs;
        Self { crowd, fit: now.fit, start, as_of, peaks: None, best_case: OnceCell::new() }
    }

    /// The same for members of whom it is known what they show at `as_of`.
    fn of_known(crowd: &'a Crowd<'a>, now: &Standing, as_of: i64) -> Self {
        let window = Self::new(crowd, now, as_of);
        let peaks: Option<Vec<u8>> =
            crowd.members.iter().map(|member| member.known.map(|known| known.peak)).collect();
        let peaks = peaks.map(|peaks| window.best_of(&peaks, window.start, as_of));
        Self { peaks, ..window }
    }

    /// The best tier above `met` whose bar was met in the window, and when it was last.
    fn better_tier(&self, met: Option<Tier>) -> Option<(&'a TierBar, Met)> {
        // A bar below the one met now says nothing that is not known already.
        let bars = &self.crowd.tiers.bars;
        let mut better = bars.iter().take_while(|tier| Some(tier.tier) != met);
        better.find_map(|tier| Some((tier, self.last_met(&tier.bar)?)))
    }

    /// The latest second looked at, before `as_of`, in which a bar was met.
    fn last_met(&self, bar: &Bar) -> Option<Met> {
        // Without a hold, and when the bar was always too high, there is nothing to look at.
        let hopeless = self.start == self.as_of || bar.fit > self.fit;
        let best_case = || self.best_between(self.start, self.as_of);
        if hopeless
            || self.peaks.as_ref().is_some_and(|peaks| !bar.is_met_by(peaks))
            || !bar.is_met_by(self.best_case.get_or_init(best_case))
        {
            return None;
        }
        let mut moments = vec![self.start];
        moments.extend(self.crowd.rises(self.start, self.as_of));
        self.last_met_of(bar, &moments, self.as_of)
    }

    /// The latest of some moments in which a bar was met; after the last comes `until`. A part
    /// of them in which the account cannot have met it is not looked at one by one.
    fn last_met_of(&self, bar: &Bar, moments: &[i64], until: i64) -> Option<Met> {
        let (&first, &last) = (moments.first()?, moments.last()?);
        if first == last {
            return self.is_met_at(bar, first).then_some(Met { at: first, until });
        }
        if moments.len() > 2 && !bar.is_met_by(&self.best_between(first, last)) {
            return None;
        }
        let (earlier, later) = moments.split_at(moments.len() / 2);
        let middle = later.first().copied()?;
        let found = self.last_met_of(bar, later, until);
        found.or_else(|| self.last_met_of(bar, earlier, middle))
    }

    fn is_met_at(&self, bar: &Bar, at: i64) -> bool {
        bar.is_met_by(&self.crowd.standing_at(self.fit, at))
    }

    /// More than the account can have shown anywhere from `first` to `last`: every member at the
    /// points of the first second plus everything that came after. Saves looking at each moment
    /// of the many accounts that never came near a bar.
    fn best_between(&self, first: i64, last: i64) -> Standing {
        let best = |member: &Member<'_>| match member.counts {
            true => member.reading().best_between(first, last),
            false => 0,
        };
        let scores: Vec<u8> = self.crowd.members.iter().map(best).collect();
        self.best_of(&scores, first, last)
    }

    /// What the account can have shown at most from `first` to `last`, if its members did not
    /// show more than `scores`.
    fn best_of(&self, scores: &[u8], first: i64, last: i64) -> Standing {
        // The visitor's first trace can lower a mean.
        let before = self.crowd.standing(self.fit, scores, first);
        let after = self.crowd.standing(self.fit, scores, last);
        Standing { engagement: before.engagement.max(after.engagement), ..after }
    }

    /// The first second in which what a bar gave can lapse: the hold runs from the last second
    /// in which the bar was met. The account only falls from `met.at` on, so that second is
    /// found by halving.
    fn lapse(&self, bar: &Bar, met: Met) -> i64 {
        let Met { mut at, mut until } = met;
        while until - at > 1 {
            let middle = at + (until - at) / 2;
            if self.is_met_at(bar, middle) { at = middle } else { until = middle }
        }
        at + self.crowd.tiers.hold_secs + 1
    }

    /// The latest second in the window in which somebody who fits well enough raised a hand.
    fn last_raised_hand(&self) -> Option<i64> {
        let least_fit = self.crowd.model.grades.hand_raiser_fit();
        let fitting = self.crowd.counting().filter(|member| member.is_person);
        fitting
            .filter(|member| member.fit >= least_fit)
            .filter_map(|member| member.last_raised_hand(self.start, self.as_of))
            .max()
    }
}
