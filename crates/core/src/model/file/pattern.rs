//! Patterns and visits, as people write them.

use serde::{Deserialize, Serialize};

use crate::phase::{Phase, Shows};

/// One pattern: several activities that together mean something. Exactly one of `all` and
/// `visits` says when it occurs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    /// Its name; unique among signals and patterns.
    pub name: String,
    /// It occurs when each of these was done often enough.
    #[serde(default)]
    pub all: Vec<PartFile>,
    /// Days within which all of it lies; with `all`.
    pub within_days: Option<f64>,
    /// It occurs at visits.
    pub visits: Option<VisitSpanFile>,
    /// Points of one occurrence.
    #[serde(default)]
    pub points: f64,
    /// Half-life of its own.
    pub half_life_days: Option<f64>,
    /// Daily cap of its own.
    pub daily_cap: Option<usize>,
    /// The group it belongs to.
    pub group: Option<String>,
    /// Whether the person asks to be called.
    #[serde(default)]
    pub hand_raiser: bool,
    /// What it shows of the person.
    #[serde(default = "super::interest")]
    pub shows: Shows,
    /// The phase of a purchase that it stands for.
    pub phase: Option<Phase>,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PartFile {
    /// Names of signals.
    pub of: Vec<String>,
    /// How many activities of them it takes.
    #[serde(default = "PartFile::once")]
    pub at_least: usize,
}

impl PartFile {
    /// How many activities it takes where a file does not say so.
    pub const ONCE: usize = 1;

    const fn once() -> usize {
        Self::ONCE
    }
}

/// The visits at which a pattern occurs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VisitSpanFile {
    /// The first one of a person, from 1.
    #[serde(default = "VisitSpanFile::first")]
    pub from: u64,
    /// The last one; all that follow where it is left out.
    pub to: Option<u64>,
}

impl VisitSpanFile {
    /// The first visit where a file does not say so.
    pub const FIRST: u64 = 1;

    const fn first() -> u64 {
        Self::FIRST
    }
}

/// What a visit is.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct VisitsFile {
    /// Names of the signals that make visits.
    pub of: Vec<String>,
    /// Minutes: a longer gap to the activity before begins another visit.
    pub gap_minutes: f64,
}

impl Default for VisitsFile {
    fn default() -> Self {
        Self { of: Vec::new(), gap_minutes: 30.0 }
    }
}
