//! Whoever was answered sees what was stored, and nobody sees half of a change.

use abm_app::AppError;
use abm_core::AccountId;
use abm_tests::{World, activity, both_engines, created, lead};

both_engines!(
    what_was_acknowledged_is_seen_by_the_next_read_of_anybody,
    the_revision_never_goes_back,
    a_revision_from_the_future_is_refused,
    a_person_who_moves_is_seen_whole_at_either_place,
);

async fn what_was_acknowledged_is_seen_by_the_next_read_of_anybody(world: World) {
    let callers = (0..8_u32).map(|caller| {
        let world = world.clone();
        tokio::spawn(async move {
            let id = format!("lead-{caller}");
            for n in 1..=20_u32 {
                let row = activity("web", &format!("{caller}-{n}")).kind("page_view").lead(&id);
                assert_eq!(world.record([row.email("x@ibm.com")]).await, created(1));
                let view = world.view("ibm.com").await;
                let me = view.people.iter().find(|person| person.lead.as_str() == id);
                // One point each, up to the daily cap of 20.
                let expected = (100.0 * (1.0 - (-f64::from(n) / 40.0).exp2())).round();
                assert_eq!(f64::from(me.unwrap().engagement), expected);
                assert_eq!(f64::from(world.person(&id).await.1.engagement), expected);
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    assert_eq!(world.verify().await.activities, 160);
}

async fn the_revision_never_goes_back(world: World) {
    let callers = (0..6).map(|caller| {
        let world = world.clone();
        tokio::spawn(async move {
            let mut last = 0;
            for n in 0..15 {
                let row = activity("web", &format!("{caller}-{n}")).lead("ada").email("a@ibm.com");
                // Half of them again: what is stored already has a position as well.
                let again = (n % 2 == 1).then(|| row.clone());
                for row in [row].into_iter().chain(again) {
                    let written = world.try_record([row], false).await.unwrap().revision;
                    assert!(written >= last, "{written} after {last}");
                    last = written;
                }
                world.app.check_revision(world.workspace, last).await.unwrap();
                let read = world.view("ibm.com").await.revision;
                assert!(read >= last, "{read} after {last}");
                last = read;
                let listed = world.app.accounts(world.workspace, None, 10).await.unwrap().1;
                assert!(listed >= last);
                last = listed;
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
}

async fn a_revision_from_the_future_is_refused(world: World) {
    let now = world.try_record([activity("web", "1").lead("ada")], false).await.unwrap().revision;
    world.app.check_revision(world.workspace, now).await.unwrap();
    let refused = world.app.check_revision(world.workspace, now + 1_000_000_000).await;
    assert!(matches!(refused, Err(AppError::RevisionUnknown)));
}

async fn a_person_who_moves_is_seen_whole_at_either_place(world: World) {
    world.record([activity("web", "1").lead("ada"), activity("web", "2").lead("bob")]).await;
    world.leads([lead("bob").account("here")]).await;
    world.leads([lead("eve").account("there")]).await;
    let mover = {
        let world = world.clone();
        tokio::spawn(async move {
            for n in 0..40 {
                let place = ["here", "there", ""][n % 3];
                let ada = lead("ada");
                world.leads([if place.is_empty() { ada } else { ada.account(place) }]).await;
            }
        })
    };
    let mut reads = 0;
    while !mover.is_finished() || reads < 20 {
        reads += 1;
        assert_eq!(world.person("ada").await.1.engagement, 50);
        for place in ["here", "there"] {
            let id = AccountId::new(place).unwrap();
            let leads = world.app.leads(world.workspace, Some(&id), None, 10).await.unwrap().0;
            for (lead, score) in leads {
                let expected = if lead.id.as_str() == "eve" { 0 } else { 50 };
                assert_eq!(score.engagement, expected, "{}", lead.id);
            }
            let then = world.view_at(place, Some(world.now()), None).await;
            let least = u32::from(place == "here");
            let shown = (then.scores.engaged_people - least, then.scores.people - 1);
            assert!(shown == (0, 0) || shown == (1, 1), "{place}: {shown:?}");
        }
    }
    mover.await.unwrap();
    world.digest().await;
}
