//! Clocks of made-up handoffs.

use proptest::prelude::*;

use super::super::Dimension;
use super::*;

/// Handed over at 0 with an hour to try, tried after so long, and looked at after so long.
fn handoff(engagement: u8, tried_after: Option<i64>, waited: i64) -> Clocked {
    Clocked {
        handed_over_at: Timestamp::from_secs(0),
        due_at: Timestamp::from_secs(3_600),
        tried_at: tried_after.map(Timestamp::from_secs),
        until: Timestamp::from_secs(waited),
        claimed_after: tried_after.map(|after| after / 2),
        tried_after,
        keys: vec![(Dimension::Engagement, engagement.to_string())],
    }
}

#[test]
fn the_last_moment_keeps_the_promise_and_who_still_has_time_broke_none() {
    let handoffs = [
        handoff(85, Some(60), 0),
        handoff(81, Some(3_600), 0),
        handoff(80, Some(3_601), 0),
        handoff(88, None, 3_601),
        handoff(89, None, 3_600),
        handoff(100, None, 10),
    ];
    let found = clock(handoffs, GroupBy::Key(Dimension::Engagement));
    let counts = |s: &Service| (s.handed_over, s.within, s.late, s.never, s.not_due);
    assert_eq!(found.iter().map(counts).collect::<Vec<_>>(), [(5, 2, 1, 1, 1), (1, 0, 0, 0, 1)]);
    assert_eq!(found[0].group.to_string(), "80-89");
    assert_eq!(found[0].kept, Rate { hits: 2, of: 4 });
    assert_eq!(found[1].kept.estimate(), None);
    let speed = |spread: Option<Spread>| spread.map(|spread| (spread.median, spread.p90));
    // 60, 3,600 and 3,601 seconds: nine tenths lie at place 1.8.
    assert_eq!(speed(found[0].to_try).map(|(median, _)| median), Some(3_600.0));
    assert!(speed(found[0].to_try).is_some_and(|(_, p90)| (p90 - 3_600.8).abs() < 1e-9));
    assert_eq!(speed(found[0].to_claim).map(|(median, _)| median), Some(1_800.0));
    assert_eq!(speed(found[1].to_claim), None);
}

proptest! {
    #[test]
    fn handoffs_add_up_in_any_order(
        rows in prop::collection::vec(
            (0..=100_u8, prop::option::of(0..10_000_i64), 0..10_000_i64),
            0..60,
        ),
    ) {
        let mut handoffs: Vec<Clocked> =
            rows.iter().map(|(score, tried, waited)| handoff(*score, *tried, *waited)).collect();
        let by = GroupBy::Key(Dimension::Engagement);
        let found = clock(handoffs.clone(), by);
        prop_assert_eq!(found.iter().map(|s| s.handed_over).sum::<u64>(), rows.len() as u64);
        for service in &found {
            let Service { within, late, never, not_due, .. } = service;
            prop_assert_eq!(service.handed_over, within + late + never + not_due);
            prop_assert_eq!(service.to_try.map_or(0, |spread| spread.count), within + late);
            prop_assert!(service.kept.estimate().is_none_or(|kept| kept.value.is_finite()));
        }
        handoffs.reverse();
        prop_assert_eq!(clock(handoffs, by), found);
    }
}
