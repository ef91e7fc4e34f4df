//! Tiers, bars, segments, phases, and what the team can work.

use std::collections::HashSet;

use super::super::file::{
    BarFile, CapacityFile, ModelFile, MqlFile, PhasesFile, SegmentFile, TierFile,
};
use super::super::signals::days;
use super::super::{Capacity, Segment};
use super::{Checker, DAYS};
use crate::DAY;
use crate::phase::PhaseBar;
use crate::rule::Scope;
use crate::tier::{Bar, MqlBar, Tier, TierBar, Tiers};

/// Most activities that a phase asks for.
const ACTIVITIES: usize = 1_000;

impl Checker {
    pub(super) fn tiers(&mut self, file: &ModelFile) -> Tiers {
        if !(0.0..=365.0).contains(&file.hold_days) {
            self.problem("hold_days", "must be from 0 to 365");
        }
        let bars = self.tier_bars("tiers", &file.tiers);
        Tiers {
            priority: self.priority("priority_tiers", &file.priority_tiers, &bars),
            bars,
            hold_secs: (file.hold_days * DAY as f64) as i64,
            mqa: file.mqa.as_ref().map(|mqa| self.bar("mqa", mqa.clone())),
            mql: file.mql.as_ref().map(|mql| self.mql("mql", mql)),
        }
    }

    fn tier_bars(&mut self, list: &str, files: &[TierFile]) -> Vec<TierBar> {
        let mut bars = Vec::new();
        for (position, tier) in files.iter().enumerate() {
            let path = format!("{list}[{position}]");
            let Some(number) = Tier::from_number(tier.tier) else {
                self.problem(format!("{path}.tier"), "must be 1, 2 or 3");
                continue;
            };
            if bars.last().is_some_and(|last: &TierBar| last.tier >= number) {
                self.problem(format!("{path}.tier"), "tiers are listed once each, best first");
            }
            let bar = self.bar(&path, tier.into());
            bars.push(TierBar { tier: number, bar });
        }
        bars
    }

    fn priority(&mut self, path: &str, numbers: &[u8], bars: &[TierBar]) -> Vec<Tier> {
        let mut priority = Vec::new();
        for &number in numbers {
            match Tier::from_number(number) {
                Some(tier) if bars.iter().any(|bar| bar.tier == tier) => priority.push(tier),
                _ => self.problem(path, format!("there is no tier {number}")),
            }
        }
        priority
    }

    fn bar(&mut self, path: &str, file: BarFile) -> Bar {
        Bar {
            fit: self.percent(&format!("{path}.fit"), file.fit),
            engagement: self.percent(&format!("{path}.engagement"), file.engagement),
            engaged_people: file.engaged_people,
            roles: file.roles,
        }
    }

    fn mql(&mut self, path: &str, file: &MqlFile) -> MqlBar {
        MqlBar {
            fit: self.percent(&format!("{path}.fit"), file.fit),
            engagement: self.percent(&format!("{path}.engagement"), file.engagement),
        }
    }

    /// Segments, with the bars of all accounts where they have none of their own.
    pub(super) fn segments(&mut self, files: &[SegmentFile], general: &Tiers) -> Vec<Segment> {
        let (mut segments, mut names) = (Vec::new(), HashSet::new());
        for (position, file) in files.iter().enumerate() {
            let path = |field: &str| format!("segments[{position}].{field}");
            self.name(&path("name"), &file.name, &mut names);
            let bars = match &file.tiers {
                Some(tiers) => self.tier_bars(&path("tiers"), tiers),
                None => general.bars.clone(),
            };
            let priority = match &file.priority_tiers {
                Some(numbers) => self.priority(&path("priority_tiers"), numbers, &bars),
                None => general.priority.clone(),
            };
            let mqa = match &file.mqa {
                Some(mqa) => Some(self.bar(&path("mqa"), mqa.clone())),
                None => general.mqa.clone(),
            };
            let mql = match &file.mql {
                Some(mql) => Some(self.mql(&path("mql"), mql)),
                None => general.mql,
            };
            let tiers = Tiers { bars, priority, hold_secs: general.hold_secs, mqa, mql };
            let when = self.found.rule_or_unusable(&path("when"), &file.when, Scope::Account);
            segments.push(Segment { name: file.name.clone(), when, tiers });
        }
        segments
    }

    pub(super) fn phases(&mut self, file: &PhasesFile) -> PhaseBar {
        let window = self.positive("phases.days", file.days, DAYS);
        if !(1..=ACTIVITIES).contains(&file.activities) {
            self.problem("phases.activities", format!("must be from 1 to {ACTIVITIES}"));
        }
        PhaseBar { window_secs: days(window) as i64, activities: file.activities }
    }

    pub(super) fn capacity(&mut self, file: &CapacityFile) -> Capacity {
        for (field, number) in
            [("priority_accounts", file.priority_accounts), ("leads_per_week", file.leads_per_week)]
        {
            if number == Some(0) {
                self.problem(format!("capacity.{field}"), "must be at least 1");
            }
        }
        Capacity { priority_accounts: file.priority_accounts, leads_per_week: file.leads_per_week }
    }
}

impl From<&TierFile> for BarFile {
    fn from(tier: &TierFile) -> Self {
        Self {
            fit: tier.fit,
            engagement: tier.engagement,
            engaged_people: tier.engaged_people,
            roles: tier.roles.clone(),
        }
    }
}
