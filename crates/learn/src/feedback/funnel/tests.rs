//! Funnels of made-up leads.

use abm_core::DAY;
use proptest::prelude::*;

use super::super::Dimension;
use super::*;

/// 2018-03-01T00:00:00Z.
const MARCH: i64 = 1_519_862_400;

/// A lead whose steps came so many days after `MARCH`.
fn lead(origin: &str, mql: i64, later: [Option<i64>; 3]) -> Passage {
    let at = |days: i64| MARCH + days * DAY;
    let [sql, opportunity, won] = later.map(|days| days.map(at));
    Passage {
        mql_at: at(mql),
        sql_at: sql,
        opportunity_at: opportunity,
        won_at: won,
        keys: vec![(Dimension::Origin, origin.to_owned())],
    }
}

fn some() -> Vec<Passage> {
    vec![
        lead("paid", 0, [Some(2), Some(5), Some(14)]),
        lead("paid", 1, [Some(1), None, None]),
        lead("", 3, [None, None, Some(93)]),
        lead("paid", 40, [None; 3]),
        lead("unknown", 41, [Some(40), Some(45), Some(39)]),
    ]
}

#[test]
fn a_cohort_counts_its_leads_whenever_their_steps_came() {
    let found = funnel(some(), GroupBy::Month);
    let months: Vec<_> = found
        .iter()
        .map(|c| (c.group.to_string(), c.mqls, c.sqls, c.opportunities, c.won))
        .collect();
    assert_eq!(months, [("2018-03".into(), 3, 2, 1, 2), ("2018-04".into(), 2, 1, 1, 1)]);
    let rates = found[0].rates;
    assert_eq!(rates.mql_to_won, Rate { hits: 2, of: 3 });
    assert_eq!(rates.sql_to_won, Rate { hits: 1, of: 2 }, "who was won without it is not in it");
    assert_eq!(rates.opportunity_to_won, Rate { hits: 1, of: 1 });
}

#[test]
fn what_is_not_known_is_a_group_of_its_own_and_not_the_word() {
    let found = funnel(some(), GroupBy::Key(Dimension::Origin));
    let groups: Vec<_> = found.iter().map(|c| (c.group.to_string(), c.mqls)).collect();
    assert_eq!(groups, [("paid".into(), 3), ("unknown".into(), 1), ("(unknown)".into(), 1)]);
}

#[test]
fn a_lag_counts_dates_and_a_negative_one_counts_as_well() {
    let all = funnel(some(), GroupBy::All).remove(0);
    // 14, 90 and -2 days.
    let days = all.to_won.days.unwrap();
    assert_eq!((days.count, days.negative, days.median), (3, 1, 14.0));
    assert_eq!((all.to_won.within_30_days, all.to_won.within_90_days), (2, 3));
    // 2, 0 and -1 days.
    assert_eq!(all.to_sql.days.map(|days| days.median), Some(0.0));
    let mut late = lead("", 0, [None, None, Some(0)]);
    late.mql_at += DAY - 1;
    let late = funnel([late], GroupBy::All).remove(0);
    assert_eq!(late.to_won.days.map(|days| days.median), Some(0.0), "of one date");
    assert_eq!(late.problems.won_before_mql, 0);
}

#[test]
fn what_contradicts_itself_is_counted_apart_and_dropped_nowhere() {
    let all = funnel(some(), GroupBy::All).remove(0);
    let expected = Problems {
        leads: 2,
        sql_before_mql: 1,
        won_before_mql: 1,
        won_before_sql: 1,
        won_before_opportunity: 1,
        won_without_sql: 1,
        won_without_opportunity: 1,
        ..Problems::default()
    };
    assert_eq!(all.problems, expected);
    assert_eq!((all.mqls, all.won), (5, 3));
}

fn passages() -> impl Strategy<Value = Vec<Passage>> {
    let step = || prop::option::of(-100..500_i64);
    let one = (0..400_i64, step(), step(), step(), 0..4_usize);
    let one = one.prop_map(|(mql, sql, opportunity, won, origin)| {
        lead(["", "paid", "social", "unknown"][origin], mql, [sql, opportunity, won])
    });
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn groups_add_up_to_all_in_any_order(leads in passages()) {
        let all = funnel(leads.clone(), GroupBy::All);
        for by in [GroupBy::Month, GroupBy::Week, GroupBy::Key(Dimension::Origin)] {
            let parts = funnel(leads.clone(), by);
            prop_assert!(parts.is_sorted_by(|one, other| one.group < other.group));
            let counts: [fn(&Cohort) -> u64; 8] = [
                |c| c.mqls,
                |c| c.sqls,
                |c| c.opportunities,
                |c| c.won,
                |c| c.to_won.within_90_days,
                |c| c.problems.leads,
                |c| c.problems.won_without_sql,
                |c| c.to_sql.days.map_or(0, |days| days.negative),
            ];
            for count in counts {
                let sum = |cohorts: &[Cohort]| cohorts.iter().map(count).sum::<u64>();
                prop_assert_eq!(sum(&parts), sum(&all));
            }
            let mut backwards = leads.clone();
            backwards.reverse();
            prop_assert_eq!(funnel(backwards, by), parts);
        }
        for cohort in all {
            prop_assert!(cohort.won <= cohort.mqls && cohort.sqls <= cohort.mqls);
            prop_assert!(cohort.to_won.within_30_days <= cohort.to_won.within_90_days);
            prop_assert_eq!(cohort.to_won.days.map_or(0, |days| days.count), cohort.won);
            let negative = cohort.to_won.days.map_or(0, |days| days.negative);
            prop_assert_eq!(negative, cohort.problems.won_before_mql);
        }
    }
}
