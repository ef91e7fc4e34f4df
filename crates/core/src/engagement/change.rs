//! When a score changes if nothing happens.
//!
//! The search is exact to the second. Between two seconds the positive and the negative part
//! of every group only fade, so their values at both ends bound the score in between; an
//! interval whose bounds round to the same integer holds no change, any other is cut in two.

use super::{Reading, curve, round};
use crate::DAY;

/// Most intervals that one search looks at. A score that stays for long within an error of
/// floating point of where its integer changes would otherwise be looked at second by second.
const INTERVALS: u32 = 20_000;

pub(super) fn next_change(reading: &Reading, at: i64) -> Option<i64> {
    let now = reading.engagement(at);
    let mut from = at;
    // Activities that are dated ahead of `at` raise or lower the score when their time comes:
    // the search goes from one to the next.
    let ahead = reading.moments.partition_point(|&moment| moment <= at);
    for &moment in reading.moments.get(ahead..).unwrap_or_default() {
        if let Some(change) = first_change(reading, now, from, moment - 1) {
            return Some(change);
        }
        if reading.engagement(moment) != now {
            return Some(moment);
        }
        from = moment;
    }
    first_change(reading, now, from, reading.ends_at())
}

pub(super) fn rises_between(reading: &Reading, start: i64, end: i64) -> Vec<i64> {
    let mut rises = Vec::new();
    if !reading.has_negative {
        return rises;
    }
    let first = reading.moments.partition_point(|&moment| moment <= start);
    let last = reading.moments.partition_point(|&moment| moment < end);
    let moments = reading.moments.get(first..last).unwrap_or_default();
    let stretches = std::iter::once(start).chain(moments.iter().copied());
    let ends = moments.iter().copied().chain([end]);
    let mut open: Vec<_> = stretches.zip(ends).map(|(from, next)| (from, next - 1)).collect();
    open.reverse();
    let mut left = INTERVALS;
    while let Some((from, to)) = open.pop() {
        if to <= from {
            continue;
        }
        let span = Span::new(reading, from, to);
        if span.falls || span.is_constant(reading, reading.engagement(from)) {
            continue;
        }
        if to - from == 1 {
            rises.extend((reading.engagement(to) > reading.engagement(from)).then_some(to));
        } else if left == 0 {
            rises.push(to);
        } else {
            left -= 1;
            let middle = from + (to - from) / 2;
            open.push((middle, to));
            open.push((from, middle));
        }
    }
    rises
}

/// The first second in `(from, to]` whose score is not `now`, given that the score at `from` is
/// `now` and that no activity lies in the interval.
fn first_change(reading: &Reading, now: u8, from: i64, to: i64) -> Option<i64> {
    if reading.has_negative {
        search(reading, now, from, to)
    } else {
        bisect(reading, now, from, to)
    }
}

/// Without negative points the score only falls: the last second with `now` is found by
/// halving, guided by how fast the points fade.
fn bisect(reading: &Reading, now: u8, from: i64, to: i64) -> Option<i64> {
    if to <= from || reading.engagement(to) == now {
        return None;
    }
    let (mut same, mut other) = (from, to);
    // The raw points at which the integer changes, and a first guess from the fade at `from`.
    let bar = super::raw_for(f64::from(now) - 0.5, reading.half_points);
    let (raw, later) = (reading.raw(from), reading.raw(from + DAY));
    let mut guess = from;
    if bar > 0.0 && raw > bar && later < raw && later > 0.0 {
        let per_day = libm::log2(raw / later);
        guess = from.saturating_add((libm::log2(raw / bar) / per_day * DAY as f64) as i64);
    }
    // Narrow around the guess in growing steps; halve once it has proved to be far off.
    let mut step: i64 = 1;
    while other - same > 1 {
        let probe = if same < guess && guess < other { guess } else { same + (other - same) / 2 };
        if reading.engagement(probe) == now {
            same = probe;
            guess = if step < DAY { probe + step } else { to };
        } else {
            other = probe;
            guess = if step < DAY { probe - step } else { from };
        }
        step = step.saturating_mul(8);
    }
    Some(other)
}

/// With negative points the score may fall and rise: intervals that the bounds cannot rule out
/// are cut in two, the earlier half first.
fn search(reading: &Reading, now: u8, from: i64, to: i64) -> Option<i64> {
    let mut open = vec![(from, to)];
    let mut left = INTERVALS;
    while let Some((from, to)) = open.pop() {
        if to <= from || Span::new(reading, from, to).is_constant(reading, now) {
            continue;
        }
        if left == 0 {
            return Some(from + 1);
        }
        left -= 1;
        if to - from == 1 {
            if reading.engagement(to) != now {
                return Some(to);
            }
            continue;
        }
        let middle = from + (to - from) / 2;
        if reading.engagement(middle) == now {
            open.push((middle, to));
            open.push((from, middle));
        } else {
            open = vec![(from, middle)];
        }
    }
    None
}

/// What is certain of the time from one second to another, after which no activity lies before
/// its end.
struct Span {
    /// Raw points that the score is not below.
    low: f64,
    /// Raw points that the score is not above.
    high: f64,
    /// Whether the score only falls.
    falls: bool,
}

impl Span {
    fn new(reading: &Reading, from: i64, to: i64) -> Self {
        let mut span = Self { low: 0.0, high: 0.0, falls: true };
        for group in &reading.groups {
            // Each sum at both ends: of the values, and of how fast they fade.
            let (mut plus, mut minus) = ([0.0; 2], [0.0; 2]);
            let (mut plus_fades, mut minus_fades) = ([0.0; 2], [0.0; 2]);
            for term in &group.terms {
                for (end, at) in [from, to].into_iter().enumerate() {
                    let value = term.at(at, reading.look_back_secs);
                    let (sums, fades) = match value < 0.0 {
                        true => (&mut minus, &mut minus_fades),
                        false => (&mut plus, &mut plus_fades),
                    };
                    if let (Some(sum), Some(fade)) = (sums.get_mut(end), fades.get_mut(end)) {
                        *sum += value;
                        *fade += value / term.half_life_secs;
                    }
                }
                let left = term.time.saturating_add(reading.look_back_secs);
                span.falls &= !(term.points < 0.0 && (from..to).contains(&left));
            }
            let ([plus_first, plus_last], [minus_first, minus_last]) = (plus, minus);
            // More than these sums, and any sum they bound, can be off. It is in proportion, so
            // that what has faded away leaves no doubt, and is taken before the cap, so that a
            // group above its cap gives exactly the cap.
            let share = f64::EPSILON * (group.terms.len() + 8) as f64;
            let off = share * (plus_first - minus_first);
            span.low += (plus_last + minus_first - off).min(group.cap);
            span.high += (plus_first + minus_last + off).min(group.cap);
            let ([plus_first, plus_last], [minus_first, _]) = (plus_fades, minus_fades);
            let off = share * (plus_first - minus_first);
            span.falls &= minus_first == 0.0 || plus_last + minus_first > off;
        }
        span
    }

    /// Whether the score is certainly `now` all the time.
    fn is_constant(&self, reading: &Reading, now: u8) -> bool {
        let score = |raw: f64| round(curve(raw, reading.half_points));
        score(self.low) == now && score(self.high) == now
    }
}
