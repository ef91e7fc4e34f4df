//! The stage of an account, told by its people and its opportunities.

use super::{Lifecycle, Mark, Outcome};
use crate::Stage;

/// Where an account stands: where the furthest of its people stands, and no less far than its own
/// opportunities say. Who is disqualified counts as other. An account of an evangelist is a
/// customer: it is people who recommend.
///
/// `None` where there is nobody and no opportunity.
#[must_use]
pub fn account_stage(
    people: impl IntoIterator<Item = Lifecycle>,
    outcome: Option<Outcome>,
) -> Option<Stage> {
    let of_outcome = outcome.map(|outcome| match outcome {
        Outcome::Open => Stage::Opportunity,
        Outcome::Won => Stage::Customer,
    });
    let of_person = |person: Lifecycle| match (person.stage(), person.shown_mark()) {
        (_, Some(Mark::Disqualified)) => Stage::Other,
        (Stage::Evangelist, _) => Stage::Customer,
        (stage, _) => stage,
    };
    people.into_iter().map(of_person).chain(of_outcome).max_by_key(|stage| how_far(*stage))
}

const fn how_far(stage: Stage) -> u8 {
    match stage {
        Stage::Other => 0,
        Stage::Subscriber => 1,
        Stage::Lead => 2,
        Stage::Mql => 3,
        Stage::Sql => 4,
        Stage::Opportunity => 5,
        Stage::Customer | Stage::Evangelist => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(stage: Stage) -> Lifecycle {
        Lifecycle::declared(Some(stage))
    }

    #[test]
    fn an_account_stands_where_the_furthest_of_its_people_stands() {
        use Stage::{Customer, Evangelist, Lead, Mql, Other, Sql, Subscriber};
        for (people, stage) in [
            (vec![], None),
            (vec![Other], Some(Other)),
            (vec![Other, Subscriber], Some(Subscriber)),
            (vec![Lead, Mql, Subscriber], Some(Mql)),
            (vec![Sql, Mql], Some(Sql)),
            (vec![Evangelist, Lead], Some(Customer)),
        ] {
            let people = people.into_iter().map(at);
            assert_eq!(account_stage(people, None), stage);
        }
        let gone = Lifecycle { mark: Some(Mark::Disqualified), ..at(Lead) };
        assert_eq!(account_stage([gone], None), Some(Other));
        assert_eq!(account_stage([gone, at(Subscriber)], None), Some(Subscriber));
    }

    #[test]
    fn its_opportunities_count_whoever_takes_part_in_them() {
        assert_eq!(account_stage([], Some(Outcome::Open)), Some(Stage::Opportunity));
        assert_eq!(account_stage([at(Stage::Mql)], Some(Outcome::Won)), Some(Stage::Customer));
        let bought = Lifecycle { outcome: Some(Outcome::Won), ..at(Stage::Lead) };
        assert_eq!(account_stage([bought], Some(Outcome::Open)), Some(Stage::Customer));
    }
}
