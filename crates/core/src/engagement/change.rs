//! When a score changes if nothing happens.
//!
//! The search is exact to the second. Between two seconds the positive and the negative part
//! of every group only fade, so their values at both ends bound the score in between; an
//! interval whose bounds round to the same integer holds no change, any other is cut in two.

use super::{Reading, curve, round};
use crate::DAY;

/// How far ahead changes are looked for: ten years.
pub const HORIZON_SECS: i64 = 3_650 * DAY;

/// Widens the bounds by more than floating-point sums can be off, so that an interval is only
/// called constant when it is.
const MARGIN: f64 = 1e-9;

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
    first_change(reading, now, from, at + HORIZON_SECS)
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
        guess = from + (libm::log2(raw / bar) / per_day * DAY as f64) as i64;
    }
    // Narrow around the guess in growing steps; halve once it has proved to be far off.
    let mut step = 1;
    while other - same > 1 {
        let probe = if same < guess && guess < other { guess } else { same + (other - same) / 2 };
        let near = if step < DAY { step } else { 2 * HORIZON_SECS };
        if reading.engagement(probe) == now {
            same = probe;
            guess = probe + near;
        } else {
            other = probe;
            guess = probe - near;
        }
        step = near * 8;
    }
    Some(other)
}

/// With negative points the score may fall and rise: intervals that the bounds cannot rule out
/// are cut in two, the earlier half first.
fn search(reading: &Reading, now: u8, from: i64, to: i64) -> Option<i64> {
    let mut open = vec![(from, to)];
    while let Some((from, to)) = open.pop() {
        if to <= from || constant(reading, now, from, to) {
            continue;
        }
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

/// Whether the score is certainly `now` all through `[from, to]`.
fn constant(reading: &Reading, now: u8, from: i64, to: i64) -> bool {
    let (mut low, mut high) = (0.0, 0.0);
    for group in &reading.groups {
        let (mut plus, mut minus) = ([0.0; 2], [0.0; 2]);
        for term in &group.terms {
            // An interval starts at or after every activity it is searched for, and later ones
            // have not happened at its end.
            for (end, at) in [from, to].into_iter().enumerate() {
                let value = term.at(at, reading.look_back_secs);
                let part = if value < 0.0 { &mut minus } else { &mut plus };
                if let Some(sum) = part.get_mut(end) {
                    *sum += value;
                }
            }
        }
        let ([plus_first, plus_last], [minus_first, minus_last]) = (plus, minus);
        low += (plus_last + minus_first).min(group.cap);
        high += (plus_first + minus_last).min(group.cap);
    }
    let score = |raw: f64| round(curve(raw, reading.half_points));
    score(low - MARGIN) == now && score(high + MARGIN) == now
}
