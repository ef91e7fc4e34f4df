//! Every move, on behalf of everybody, from everywhere.

use abm_core::Timestamp;
use abm_core::lifecycle::{Actor, Asked, Grounds, Refused};
use abm_core::qualification::Criterion;
use abm_tests::{START, days};

use crate::scenarios::files::stages::{Need, Place, Stages, Step};
use crate::scenarios::files::ways::pairs;

/// Asks for a move with some of what it can need.
fn asked(step: Step, actor: Actor, has: &[Need]) -> Asked {
    let unknown = match has.contains(&Need::Known) {
        true => Vec::new(),
        false => vec![Criterion::Need],
    };
    let grounds = Grounds {
        reason: has.contains(&Need::Reason),
        handoff: has.contains(&Need::ClaimedHandoff),
        unknown,
        raised_hand: has.contains(&Need::RaisedHand),
        nurture_until: Some(START + days(20)),
        outcome: step.of_core().1,
        duplicate: None,
    };
    Asked { actor, at: START, grounds }
}

/// Where the core has a lead stand after a move, or what it says.
fn made(step: Step, actor: Actor, from: Place, has: &[Need]) -> Result<Place, Refused> {
    let now: Timestamp = START;
    let after = from.at(now).after(step.of_core().0, &asked(step, actor, has))?;
    Ok(Place::of(&after, now))
}

#[test]
fn the_places_are_where_the_core_has_leads_stand() {
    let stages = Stages::read();
    for &place in Place::ALL {
        let life = place.at(START);
        assert_eq!(Place::of(&life, START), place);
        let mark = life.shown_mark().map(|mark| format!(", {}", mark.name())).unwrap_or_default();
        assert_eq!(format!("{}{mark}", life.stage().name()), stages.shown(place));
    }
}

#[test]
fn everybody_moves_leads_as_the_table_says() {
    let stages = Stages::read();
    let (mut tried, mut allowed, mut lacking) = (0, 0, 0);
    for (&step, (&actor, &place)) in Step::ALL
        .iter()
        .flat_map(|step| pairs(Actor::ALL, Place::ALL).map(move |pair| (step, pair)))
    {
        tried += 1;
        let what = format!("{step} by {} from {place}", actor.name());
        let way = match stages.way(step, actor, place, Need::ALL) {
            Ok(way) => way,
            Err(told) => {
                let refused = made(step, actor, place, Need::ALL).unwrap_err();
                assert_eq!(refused.to_string(), told, "{what}");
                let by = told.ends_with(&format!("by {}", actor.name()));
                assert!(matches!(refused, Refused::By { .. }) == by, "{what}: {refused}");
                continue;
            }
        };
        allowed += 1;
        assert_eq!(made(step, actor, place, Need::ALL), Ok(way.to), "{what}");
        assert_eq!(made(step, actor, place, &way.needs), Ok(way.to), "{what} with what it needs");
        for missing in &way.needs {
            lacking += 1;
            let has: Vec<Need> = Need::ALL.iter().copied().filter(|need| need != missing).collect();
            let refused = made(step, actor, place, &has).unwrap_err();
            let told = stages.lacks(step, *missing);
            assert!(refused.to_string().starts_with(&told), "{what} without {missing}: {refused}");
        }
    }
    assert_eq!(tried, 11 * 7 * 13);
    assert_eq!((allowed, lacking), (110, 51));
}
