//! Every act, on behalf of everybody, on a handoff in every state.

use abm_core::handoff::{Act, HandoffRefused, HandoffState, RejectionKind};
use abm_core::lifecycle::{Actor, Move};

use crate::scenarios::files::handoffs::{Deed, Handoffs, Leads, Need};
use crate::scenarios::files::ways::pairs;

/// The act of the core, by Ann.
fn act(deed: Deed) -> Act {
    match deed {
        Deed::Claim => Act::Claim { owner: "ann".to_owned() },
        Deed::Attempt => Act::Attempt,
        Deed::Accept => Act::Accept,
        Deed::RejectForNow => Act::Reject(RejectionKind::Temporary),
        Deed::RejectForGood => Act::Reject(RejectionKind::Permanent),
        Deed::Reassign => Act::Reassign,
        Deed::GiveUp => Act::GiveUp,
    }
}

#[test]
fn everybody_does_with_handoffs_what_the_table_says() {
    let table = Handoffs::read();
    let (mut tried, mut allowed, mut lacking) = (0, 0, 0);
    for (&deed, (&actor, &state)) in Deed::ALL
        .iter()
        .flat_map(|deed| pairs(Actor::ALL, HandoffState::ALL).map(move |pair| (deed, pair)))
    {
        tried += 1;
        let what = format!("{deed} by {} when {}", actor.name(), state.name());
        let done = |owner| act(deed).leads_to(state, owner, actor);
        let way = match table.way(deed, actor, state, "ann", Need::ALL) {
            Ok(way) => way,
            Err(told) => {
                let refused: HandoffRefused = done(Some("ann")).unwrap_err();
                assert_eq!(refused.to_string(), told, "{what}");
                continue;
            }
        };
        allowed += 1;
        for owner in [Some("ann"), None] {
            assert_eq!(done(owner), Ok(way.to), "{what} of {owner:?}");
        }
        let of_another = done(Some("ben"));
        match way.needs.first() {
            Some(need) => {
                lacking += 1;
                assert_eq!(of_another.unwrap_err().to_string(), table.lacks(*need, "ben"));
            }
            None => assert_eq!(of_another, Ok(way.to), "{what} of Ben"),
        }
    }
    assert_eq!(tried, 7 * 7 * 7);
    assert_eq!((allowed, lacking), (30, 2));
}

#[test]
fn the_table_says_which_states_have_ended() {
    let table = Handoffs::read();
    for &state in HandoffState::ALL {
        assert_eq!(table.has_ended(state), !state.is_open(), "{}", state.name());
    }
}

#[test]
fn leads_move_with_an_act_as_the_table_says() {
    let table = Handoffs::read();
    for &deed in Deed::ALL {
        let told = match table.leads(deed) {
            Leads::Stay => None,
            Leads::Accept => Some(Move::Accept),
            Leads::Recycle => Some(Move::Recycle),
            Leads::Disqualify => Some(Move::Disqualify),
        };
        assert_eq!(act(deed).moves_lead(), told, "{deed}");
    }
}
