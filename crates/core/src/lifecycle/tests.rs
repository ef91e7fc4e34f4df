use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::qualification::Criterion;

const NOW: Timestamp = Timestamp::from_secs(1_000_000);

fn at(decided: Stage) -> Lifecycle {
    Lifecycle::declared(Some(decided))
}

fn marked(mark: Mark) -> Lifecycle {
    Lifecycle { mark: Some(mark), ..at(Stage::Lead) }
}

/// With everything brought that a move can need.
fn asked(actor: Actor) -> Asked {
    let grounds = Grounds { reason: true, handoff: true, ..Grounds::default() };
    Asked { actor, at: NOW, grounds }
}

/// Whoever may make a move.
fn rightful(step: Move) -> Asked {
    asked(step.actors()[0])
}

fn shown(life: &Lifecycle) -> String {
    match life.shown_mark() {
        None => life.stage().name().to_owned(),
        Some(mark) => format!("{} {}", life.stage().name(), mark.name()),
    }
}

#[test]
fn leads_move_from_where_the_paths_lead_and_from_nowhere_else() {
    // For each stage what every move but that of opportunities makes of it; a dash is a refusal.
    let steps = &Move::ALL[..8];
    let table = [
        (at(Stage::Subscriber), "lead|mql|-|-|lead disqualified|-|-|other"),
        (at(Stage::Lead), "-|mql|-|-|lead disqualified|-|-|other"),
        (marked(Mark::Recycled), "-|mql|-|-|lead disqualified|-|-|other"),
        (marked(Mark::Disqualified), "-|-|-|-|-|lead|-|-"),
        (at(Stage::Mql), "-|-|sql|lead recycled|lead disqualified|-|-|-"),
        (at(Stage::Sql), "-|-|-|lead recycled|lead disqualified|-|-|-"),
        (at(Stage::Opportunity), "-|-|-|-|-|-|-|-"),
        (at(Stage::Customer), "-|-|-|-|-|-|evangelist|-"),
        (at(Stage::Evangelist), "-|-|-|-|-|-|-|-"),
        (at(Stage::Other), "-|-|-|-|-|lead|-|-"),
    ];
    for (life, expected) in table {
        let made = |step: &Move| life.after(*step, &rightful(*step));
        let found: Vec<String> =
            steps.iter().map(|step| made(step).map_or("-".into(), |life| shown(&life))).collect();
        assert_eq!(found.join("|"), expected, "{}", shown(&life));
    }
}

#[test]
fn each_move_is_made_by_those_who_may() {
    let table = [
        (Move::Identify, at(Stage::Subscriber), "marketing admin"),
        (Move::Qualify, at(Stage::Lead), "rule marketing admin"),
        (Move::Accept, at(Stage::Mql), "sales admin"),
        (Move::Recycle, at(Stage::Mql), "time opportunity sales admin"),
        (Move::Disqualify, at(Stage::Mql), "marketing sales admin"),
        (Move::Reinstate, marked(Mark::Disqualified), "marketing admin"),
        (Move::Advocate, at(Stage::Customer), "marketing sales admin"),
        (Move::SetAside, at(Stage::Lead), "marketing admin"),
        (Move::Outcome, at(Stage::Sql), "opportunity"),
    ];
    for (step, life, expected) in table {
        let mut may = Vec::new();
        for &actor in Actor::ALL {
            match life.after(step, &asked(actor)) {
                Ok(_) => may.push(actor.name()),
                Err(refused) => assert_eq!(refused, Refused::By { step, actor }),
            }
        }
        assert_eq!(may.join(" "), expected, "{step:?}");
    }
}

#[test]
fn an_sql_needs_a_claimed_handoff_and_what_the_workspace_asks_for() {
    let mut asked = Asked::new(Actor::Sales, NOW);
    let accept = |asked: &Asked| at(Stage::Mql).after(Move::Accept, asked);
    assert_eq!(accept(&asked), Err(Refused::NoHandoff(Move::Accept)));
    asked.grounds.handoff = true;
    asked.grounds.unknown = vec![Criterion::Need, Criterion::Timing];
    let refused = accept(&asked).unwrap_err();
    assert_eq!(refused.to_string(), "is not qualified: need, timing are not known");
    asked.grounds.unknown.clear();
    assert_eq!(accept(&asked).unwrap().stage(), Stage::Sql);
}

#[test]
fn who_is_given_up_or_set_aside_is_so_for_a_reason() {
    for (step, life) in [
        (Move::Disqualify, at(Stage::Lead)),
        (Move::Reinstate, marked(Mark::Disqualified)),
        (Move::SetAside, at(Stage::Lead)),
    ] {
        let found = life.after(step, &Asked::new(Actor::Marketing, NOW));
        assert_eq!(found, Err(Refused::NoReason(step)));
    }
}

#[test]
fn sales_gives_back_an_mql_by_its_handoff_and_an_sql_for_a_reason() {
    let recycle = |life: Lifecycle, reason, handoff| {
        let grounds = Grounds { reason, handoff, ..Grounds::default() };
        life.after(Move::Recycle, &Asked { actor: Actor::Sales, at: NOW, grounds })
    };
    let none = Err(Refused::NoHandoff(Move::Recycle));
    assert_eq!(recycle(at(Stage::Mql), true, false), none);
    assert_eq!(recycle(at(Stage::Mql), false, true).unwrap(), marked(Mark::Recycled));
    assert_eq!(recycle(at(Stage::Sql), false, true), Err(Refused::NoReason(Move::Recycle)));
    assert_eq!(recycle(at(Stage::Sql), true, false).unwrap(), marked(Mark::Recycled));
    let late = asked(Actor::Time);
    assert!(at(Stage::Mql).after(Move::Recycle, &late).is_ok());
    assert!(at(Stage::Sql).after(Move::Recycle, &late).is_err(), "sales has decided");
    // What is under way is given up by losing it.
    let busy = Lifecycle { outcome: Some(Outcome::Open), ..at(Stage::Sql) };
    let (stage, mark) = (Stage::Opportunity, None);
    let refused = Err(Refused::From { step: Move::Recycle, stage, mark });
    assert_eq!(recycle(busy, true, false), refused);
}

#[test]
fn who_is_nurtured_rests_until_the_date_or_until_they_raise_a_hand() {
    let mut recycling = asked(Actor::Sales);
    recycling.grounds.nurture_until = Some(NOW + 100);
    let resting = at(Stage::Mql).after(Move::Recycle, &recycling).unwrap();
    assert!(resting.is_resting(NOW + 99) && !resting.is_resting(NOW + 100));
    let mut asked = Asked::new(Actor::Rule, NOW + 99);
    let again = |asked: &Asked| resting.after(Move::Qualify, asked);
    assert_eq!(again(&asked), Err(Refused::Nurtured(NOW + 100)));
    asked.grounds.raised_hand = true;
    assert_eq!(again(&asked).unwrap(), at(Stage::Mql));
    assert_eq!(again(&Asked::new(Actor::Rule, NOW + 100)).unwrap(), at(Stage::Mql));
    // A person of marketing may know better.
    assert_eq!(again(&Asked::new(Actor::Marketing, NOW)).unwrap(), at(Stage::Mql));
}

#[test]
fn opportunities_are_told_anew_and_take_nothing_from_what_was_decided() {
    let say = |life: Lifecycle, outcome| {
        let mut asked = asked(Actor::Opportunity);
        asked.grounds.outcome = outcome;
        life.after(Move::Outcome, &asked).unwrap()
    };
    let sql = at(Stage::Sql);
    let open = say(sql, Some(Outcome::Open));
    assert_eq!(open.stage(), Stage::Opportunity);
    let won = say(open, Some(Outcome::Won));
    assert_eq!(won.stage(), Stage::Customer);
    assert_eq!(say(won, None), sql, "it was a mistake");
    // Sales accepts after the fact, and the customer can be praised for recommending us.
    let late = say(at(Stage::Mql), Some(Outcome::Open));
    assert_eq!(late.after(Move::Accept, &asked(Actor::Sales)).unwrap().decided, Stage::Sql);
    assert_eq!(won.after(Move::Advocate, &asked(Actor::Sales)).unwrap().stage(), Stage::Evangelist);
    // One that was given up and buys all the same is a customer without a mark.
    let bought = say(marked(Mark::Disqualified), Some(Outcome::Won));
    assert_eq!((bought.stage(), bought.shown_mark()), (Stage::Customer, None));
    use OpportunityState::{Lost, Open, Won};
    assert_eq!(Outcome::of([Lost, Open, Won, Open]), Some(Outcome::Won));
    assert_eq!(Outcome::of([Lost, Open]), Some(Outcome::Open));
    assert_eq!(Outcome::of([Lost]), None);
}

#[test]
fn a_stage_that_is_asked_for_is_reached_by_its_path_or_not_at_all() {
    assert_eq!(at(Stage::Subscriber).towards(Stage::Lead), Ok(Move::Identify));
    assert_eq!(marked(Mark::Disqualified).towards(Stage::Lead), Ok(Move::Reinstate));
    assert_eq!(at(Stage::Lead).towards(Stage::Mql), Ok(Move::Qualify));
    assert_eq!(at(Stage::Mql).towards(Stage::Sql), Err(Refused::NoHandoff(Move::Accept)));
    for stage in [Stage::Subscriber, Stage::Opportunity, Stage::Customer] {
        assert_eq!(at(Stage::Lead).towards(stage), Err(Refused::ByNoHand(stage)));
    }
}

fn any_asked() -> impl Strategy<Value = (Move, Asked)> {
    let grounds =
        (any::<[bool; 4]>(), 0i64..3, select(vec![None, Some(Outcome::Open), Some(Outcome::Won)]));
    let stands = [at(Stage::Subscriber), at(Stage::Mql), at(Stage::Sql), at(Stage::Other)];
    let marked = Mark::ALL.iter().map(|mark| marked(*mark));
    let duplicate = select(stands.into_iter().chain(marked).collect::<Vec<_>>());
    (select(Move::ALL), select(Actor::ALL), 0i64..1_000, grounds, duplicate).prop_map(
        |(step, actor, at, grounds, duplicate)| {
            let ([reason, handoff, unknown, raised_hand], nurture, outcome) = grounds;
            let grounds = Grounds {
                reason,
                handoff,
                unknown: if unknown { vec![Criterion::Need] } else { Vec::new() },
                raised_hand,
                duplicate: Some(duplicate),
                nurture_until: (nurture > 0).then(|| Timestamp::from_secs(nurture * 400)),
                outcome,
            };
            (step, Asked { actor, at: Timestamp::from_secs(at), grounds })
        },
    )
}

proptest! {
    /// Whatever is asked, by whomever: nobody becomes an SQL but by sales, from MQL, with a
    /// handoff; nobody who is disqualified becomes an MQL without being reinstated first.
    #[test]
    fn there_is_no_way_around(walk in proptest::collection::vec(any_asked(), 1..40)) {
        let mut life = at(Stage::Subscriber);
        for (step, asked) in walk {
            let Ok(after) = life.after(step, &asked) else { continue };
            if step == Move::Merge {
                let duplicate = asked.grounds.duplicate.unwrap();
                let taken_over = Lifecycle { outcome: life.outcome, ..duplicate };
                prop_assert!(after == life || after == taken_over);
                // Whichever of both is the survivor, what was decided is the same.
                let grounds = Grounds { duplicate: Some(life), ..Grounds::default() };
                let other = duplicate.after(step, &Asked { grounds, ..asked }).unwrap();
                prop_assert_eq!((other.decided, other.mark), (after.decided, after.mark));
                life = after;
                continue;
            }
            if after.decided == Stage::Sql && life.decided != Stage::Sql {
                prop_assert_eq!(life.decided, Stage::Mql);
                prop_assert!(matches!(asked.actor, Actor::Sales | Actor::Admin));
                prop_assert!(asked.grounds.handoff && asked.grounds.unknown.is_empty());
            }
            if life.shown_mark() == Some(Mark::Disqualified) {
                prop_assert!(matches!(step, Move::Reinstate | Move::Outcome));
            }
            let resting = life.is_resting(asked.at);
            if after.decided == Stage::Mql && resting && asked.actor == Actor::Rule {
                prop_assert!(asked.grounds.raised_hand);
            }
            prop_assert!(after.nurture_until.is_none() || after.mark == Some(Mark::Recycled));
            life = after;
        }
    }
}
