use super::*;

use HandoffState::{Accepted, Claimed, Expired, Pending, Recycled, Rejected, Working};

fn claim(owner: &str) -> Act {
    Act::Claim { owner: owner.to_owned() }
}

fn acts() -> Vec<Act> {
    vec![
        claim("ann"),
        Act::Attempt,
        Act::Accept,
        Act::Reject(RejectionKind::Temporary),
        Act::Reject(RejectionKind::Permanent),
        Act::Reassign,
        Act::GiveUp,
    ]
}

#[test]
fn the_acts_of_sales_lead_only_where_they_may() {
    // In the order of `acts`, done by sales for the owner; a dash is a refusal.
    let expected = [
        (Pending, ["claimed", "-", "-", "-", "-", "pending", "-"]),
        (Claimed, ["-", "working", "accepted", "rejected", "rejected", "pending", "-"]),
        (Working, ["-", "working", "accepted", "rejected", "rejected", "pending", "-"]),
        (Accepted, ["-"; 7]),
        (Rejected, ["-"; 7]),
        (Expired, ["-"; 7]),
        (Recycled, ["-"; 7]),
    ];
    for (state, expected) in expected {
        let found: Vec<&str> = acts()
            .iter()
            .map(|act| act.leads_to(state, Some("ann"), Actor::Sales).map_or("-", |s| s.name()))
            .collect();
        assert_eq!(found, expected, "{state:?}");
    }
}

#[test]
fn whoever_is_not_of_sales_decides_nothing() {
    for actor in [Actor::Rule, Actor::Opportunity, Actor::Import, Actor::Marketing] {
        for act in acts() {
            let found = act.leads_to(Pending, None, actor);
            assert_eq!(found, Err(HandoffRefused::By(actor)), "{act:?}");
        }
    }
    assert_eq!(claim("ann").leads_to(Pending, None, Actor::Admin), Ok(Claimed));
}

#[test]
fn time_gives_up_what_is_open_and_passes_on_what_is_late() {
    let given_up = |state| Act::GiveUp.leads_to(state, Some("ann"), Actor::Time);
    assert_eq!(given_up(Pending), Ok(Expired));
    assert_eq!(given_up(Claimed), Ok(Recycled));
    assert_eq!(given_up(Working), Ok(Recycled));
    assert_eq!(given_up(Accepted), Err(HandoffRefused::Ended(Accepted)));
    assert_eq!(Act::Reassign.leads_to(Working, Some("ann"), Actor::Time), Ok(Pending));
    assert_eq!(
        Act::Accept.leads_to(Working, Some("ann"), Actor::Time),
        Err(HandoffRefused::By(Actor::Time))
    );
}

#[test]
fn one_claims_what_is_nobodys_or_ones_own() {
    let by = |state, owner| claim("bob").leads_to(state, owner, Actor::Sales);
    assert_eq!(by(Pending, None), Ok(Claimed));
    assert_eq!(by(Pending, Some("bob")), Ok(Claimed));
    assert_eq!(by(Pending, Some("ann")), Err(HandoffRefused::Assigned("ann".into())));
    assert_eq!(by(Claimed, Some("ann")), Err(HandoffRefused::Claimed("ann".into())));
    assert_eq!(by(Working, Some("bob")), Err(HandoffRefused::Claimed("bob".into())));
}

#[test]
fn leads_move_with_the_end_of_a_handoff_and_with_nothing_else() {
    let moves: Vec<Option<Move>> = acts().iter().map(Act::moves_lead).collect();
    let (recycle, disqualify) = (Some(Move::Recycle), Some(Move::Disqualify));
    assert_eq!(moves, [None, None, Some(Move::Accept), recycle, disqualify, None, recycle]);
}
