use proptest::prelude::*;

use super::*;

fn handoff(id: &str, outcome: Decision, looked: u8) -> Reviewed {
    Reviewed {
        id: id.to_owned(),
        outcome,
        won: false,
        hand_raiser: false,
        engagement: looked,
        fit: 50,
        handed_over_micros: 0,
    }
}

fn rejected(permanent: bool) -> Decision {
    Decision::Rejected { reason: "because".to_owned(), permanent }
}

#[test]
fn what_says_most_comes_first() {
    let mut tally = Tally::new(2);
    tally.add(&handoff("accepted", Decision::Accepted, 90));
    tally.add(&handoff("weak", Decision::Accepted, 10));
    tally.add(&Reviewed { won: true, ..handoff("sold", Decision::Accepted, 20) });
    tally.add(&handoff("for now", rejected(false), 99));
    tally.add(&handoff("for good, weak", rejected(true), 10));
    tally.add(&handoff("for good", rejected(true), 80));
    tally.add(&handoff("expired", Decision::Expired, 99));
    tally.add(&Reviewed { hand_raiser: true, ..handoff("asked", Decision::Recycled, 5) });
    tally.add(&handoff("open", Decision::Open, 100));
    let pack = tally.finish();
    assert_eq!(pack.good, ["sold", "accepted"]);
    assert_eq!(pack.bad, ["for good", "for good, weak"]);
    assert_eq!(pack.missed, ["asked", "expired"]);
}

proptest! {
    #[test]
    fn the_order_in_which_handoffs_are_given_does_not_matter(
        rows in prop::collection::vec((0..5_usize, 0..=100_u8, any::<bool>()), 0..40),
        most in 0..6_usize,
    ) {
        let outcome = |number| match number {
            0 => Decision::Accepted,
            1 => rejected(true),
            2 => rejected(false),
            3 => Decision::Expired,
            _ => Decision::Recycled,
        };
        let mut handoffs: Vec<Reviewed> = rows
            .iter()
            .enumerate()
            .map(|(n, &(number, looked, won))| {
                Reviewed { won, ..handoff(&n.to_string(), outcome(number), looked) }
            })
            .collect();
        let pack = |handoffs: &[Reviewed]| {
            let mut tally = Tally::new(most);
            handoffs.iter().for_each(|handoff| tally.add(handoff));
            tally.finish()
        };
        let found = pack(&handoffs);
        prop_assert!(found.good.len() <= most && found.bad.len() <= most);
        handoffs.reverse();
        prop_assert_eq!(pack(&handoffs), found);
    }
}
