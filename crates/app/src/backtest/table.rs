//! The scores of accounts at dates, as compact numbers.

use std::sync::Arc;

use abm_core::assess::{Course, Person};
use abm_core::rule::{AccountFacts, Answer, Rule};

use super::past::{Fate, Past};
use super::windows::Windows;
use super::{BacktestScore, LeftOut};
use crate::models::Compiled;
use crate::subject::Subject;

/// Stands for no segment.
const NO_SEGMENT: u16 = u16::MAX;

/// An account at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its number: the same at every date.
    pub(super) account: u32,
    /// Under each of the rules that are tried; 0 where only one set is.
    pub(super) scores: [u32; 2],
    segment: u16,
    /// Whether the outcome came in the window.
    pub(super) outcome: bool,
}

/// The prospects of one date.
#[derive(Clone, Debug, Default)]
pub(super) struct Day {
    pub(super) rows: Vec<Row>,
    pub(super) left_out: LeftOut,
}

/// What is measured of accounts.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) score: BacktestScore,
    /// Parts the accounts in two; the model's segments do when `None`.
    pub(crate) segment: Option<Rule>,
}

/// All prospects at all dates.
#[derive(Debug)]
pub(super) struct Table {
    measured: Measured,
    pub(super) days: Vec<Day>,
    /// Accounts looked at.
    pub(super) accounts: u32,
    segments: Vec<String>,
}

impl Row {
    /// The name of its segment, if it is in one.
    pub(super) fn segment<'a>(&self, table: &'a Table) -> Option<&'a str> {
        table.segments.get(usize::from(self.segment)).map(String::as_str)
    }
}

impl Table {
    /// An empty one for so many dates, with the segments that accounts can be in.
    pub(super) fn new(dates: usize, measured: Measured, compiled: &Compiled) -> Self {
        let segments = match &measured.segment {
            Some(_) => vec!["no".to_owned(), "yes".to_owned()],
            None => compiled.model.segments.iter().map(|segment| segment.name.clone()).collect(),
        };
        Self { measured, days: vec![Day::default(); dates], accounts: 0, segments }
    }

    /// Adds accounts, as the rules that are tried see them, each with its past.
    pub(super) fn add(
        &mut self,
        windows: &Windows,
        tried: &[Arc<Compiled>],
        seen: &[Vec<Subject>],
        past: &[Past],
    ) {
        let Some(first) = seen.first() else { return };
        for (index, (subject, past)) in first.iter().zip(past).enumerate() {
            let mut rows = self.rows(windows, subject, past);
            for (place, (compiled, seen)) in tried.iter().zip(seen).enumerate() {
                if let Some(subject) = seen.get(index) {
                    self.score(windows, compiled, subject, past, place, &mut rows);
                }
            }
            for (day, row) in self.days.iter_mut().zip(rows) {
                day.rows.extend(row);
            }
            self.accounts += 1;
        }
    }

    /// The account at each date, not yet scored; `None` where it is no prospect.
    fn rows(&mut self, windows: &Windows, subject: &Subject, past: &Past) -> Vec<Option<Row>> {
        let segment = self.segment_of(subject);
        let days = windows.dates.iter().zip(&mut self.days);
        let rows = days.map(|(&date, day)| match past.at(date, windows.window_secs) {
            Fate::Prospect(outcome) => {
                Some(Row { account: self.accounts, scores: [0; 2], segment, outcome })
            }
            fate => {
                day.left_out.count(fate);
                None
            }
        });
        rows.collect()
    }

    fn segment_of(&self, subject: &Subject) -> u16 {
        let place = match &self.measured.segment {
            Some(rule) => match rule.answer(&AccountFacts::new(&subject.account.profile)) {
                Answer::Yes => Some(1),
                Answer::No => Some(0),
                Answer::Unknown => None,
            },
            None => {
                let own = subject.rules.segment.as_ref();
                own.and_then(|own| self.segments.iter().position(|segment| segment == own))
            }
        };
        place.and_then(|place| u16::try_from(place).ok()).unwrap_or(NO_SEGMENT)
    }

    /// Scores an account at the dates at which it is a prospect, as the people who were there then
    /// make it, and as of the second of the date: what came later does not exist.
    fn score(
        &self,
        windows: &Windows,
        compiled: &Compiled,
        subject: &Subject,
        past: &Past,
        place: usize,
        rows: &mut [Option<Row>],
    ) {
        let mut rows = rows.iter_mut();
        for dates in windows.dates.chunk_by(|one, other| past.arrived(*one) == past.arrived(*other))
        {
            let Some(&first) = dates.first() else { continue };
            let there = subject.people.iter().filter(|person| past.holds(&person.lead, first));
            let people: Vec<Person> = there.cloned().collect();
            let course = Course::new(&compiled.model, &subject.rules, &people, &subject.visitor);
            let mut course = course.without_changes();
            for (&date, row) in dates.iter().zip(rows.by_ref()) {
                if let Some(score) = row.as_mut().and_then(|row| row.scores.get_mut(place)) {
                    *score = self.measured.score.of(&course.at(date));
                }
            }
        }
    }
}

impl LeftOut {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Prospect(_) => {}
            Fate::NotThere => self.not_there += 1,
            Fate::Had => self.had_outcome += 1,
            Fate::Vague => self.vague += 1,
        }
    }
}
