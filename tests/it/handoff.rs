//! From marketing to sales: who is handed over and when, who gets it, what sales makes of it.

mod clock;
mod merged;
mod quarter;
mod race;
mod reports;
mod sales;
mod stages;
mod turns;

use abm_app::StageChange;
use abm_core::handoff::{HandoffCause, HandoffState, Packet};
use abm_core::lifecycle::Actor;
use abm_tests::{World, account, activity, both_engines, days, lead, lively, opportunity};

both_engines!(
    a_lead_is_handed_over_with_the_activity_that_qualifies_it,
    a_lead_without_an_account_is_handed_over_as_well,
    a_profile_can_be_what_qualifies,
    who_qualifies_meanwhile_joins_the_handoff_of_their_account,
    an_account_is_handed_over_when_it_qualifies,
    an_account_of_which_everybody_rests_is_not_handed_over,
    an_account_that_goes_is_handed_over_to_nobody,
    nobody_is_handed_over_who_is_excluded_or_has_bought,
    nobody_is_handed_over_twice,
    the_packet_is_what_was_known_then,
    handoffs_go_to_whom_the_policy_says,
    a_person_of_marketing_hands_over,
    a_raised_hand_hurries_a_handoff_that_is_open,
    who_qualifies_under_a_new_model_is_handed_over_when_it_is_in_force,
);

/// A world under a model whose accounts qualify as such by a raised hand alone, with an account and
/// two officers.
pub(crate) async fn a_world(world: World, number: i64) -> World {
    let world =
        world.beside(number, &lively("engaged_people: 2}\nmql", "engaged_people: 50}\nmql")).await;
    world.accounts([account("sap").employees(5_000)]).await;
    world.leads(["ada", "bob"].map(|id| lead(id).account("sap").title("CTO"))).await;
    world
}

/// Asks for a demonstration, which makes an officer marketing qualified.
pub(crate) fn asks(id: &str) -> abm_tests::AnActivity {
    activity("web", &format!("{id}-asks")).lead(id)
}

/// Meets twice, which does the same without a raised hand.
pub(crate) fn meets(id: &str) -> Vec<abm_tests::AnActivity> {
    let met = |n: i64| activity("crm", &format!("{id}-{n}")).lead(id).kind("meeting_held");
    (0..3).map(|n| met(n).after(-days(n))).collect()
}

async fn a_lead_is_handed_over_with_the_activity_that_qualifies_it(world: World) {
    let world = a_world(world, 2).await;
    assert_eq!(world.stage("ada").await, "lead");
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.state, handoff.cause), (HandoffState::Pending, HandoffCause::HandRaiser));
    assert_eq!(handoff.lead.unwrap().as_str(), "ada");
    assert_eq!(handoff.account.unwrap().as_str(), "sap");
    assert_eq!((handoff.created_at, handoff.queue.as_str()), (world.now(), "inbox"));
    assert_eq!(handoff.clock.due_at, world.now() + 300, "five minutes for who raises a hand");
    assert_eq!(world.stage("ada").await, "mql");
    assert_eq!(world.moves("ada").await, ["qualify to mql by rule"]);
    world.record(meets("bob")).await;
    assert_eq!(world.stage("bob").await, "mql");
    world.digest().await;
}

async fn a_lead_without_an_account_is_handed_over_as_well(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("eve").title("CEO").email("eve@gmail.com")]).await;
    world.record([activity("web", "1").lead("eve").kind("page_view")]).await;
    assert_eq!(world.handoffs().await, []);
    world.record([asks("eve")]).await;
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.account, handoff.lead.unwrap().as_str()), (None, "eve"));
    assert_eq!(world.stage("eve").await, "mql");
    world.record([asks("eve").with_id("again")]).await;
    assert_eq!(world.handoffs().await.len(), 1);
}

async fn a_profile_can_be_what_qualifies(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("dan").account("sap"), lead("eve")]).await;
    world.record(["dan", "eve"].into_iter().flat_map(meets)).await;
    assert_eq!(world.stage("eve").await, "lead", "they suit too little");
    world.leads([lead("eve").title("CEO")]).await;
    assert_eq!(world.stage("eve").await, "mql");
    world.leads([lead("dan").account("sap").title("CTO")]).await;
    assert_eq!(world.stage("dan").await, "mql");
}

async fn who_qualifies_meanwhile_joins_the_handoff_of_their_account(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let first = world.the_handoff().await;
    world.pass(60);
    world.record([asks("bob")]).await;
    let joined = world.the_handoff().await;
    assert_eq!((&joined.id, joined.version), (&first.id, first.version + 1));
    let found = world.handoff(&first.id).await;
    let leads: Vec<&str> = found.leads.iter().map(|lead| lead.lead.as_str()).collect();
    assert_eq!(leads, ["ada", "bob"]);
    let what: Vec<&str> = found.events.iter().map(|event| event.what.as_str()).collect();
    assert_eq!(what, ["created", "joined"]);
    assert_eq!(world.stage("bob").await, "mql");
}

/// A world under a model by which accounts qualify, and no leads, with an account and two officers.
async fn a_world_of_accounts(world: World) -> World {
    let world = world.beside(2, &lively("mql: {fit: 20, engagement: 45}\n", "")).await;
    world.accounts([account("sap").employees(5_000)]).await;
    world.leads(["ada", "bob"].map(|id| lead(id).account("sap").title("CTO"))).await;
    world
}

async fn an_account_is_handed_over_when_it_qualifies(world: World) {
    let world = a_world_of_accounts(world).await;
    world.record(meets("ada")).await;
    assert_eq!(world.handoffs().await, [], "one engaged person is not enough");
    world.record(meets("bob")).await;
    assert!(world.view("sap").await.scores.mqa);
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.cause, &handoff.lead), (HandoffCause::Account, &None));
    // It goes on being qualified, and is not handed over again.
    world.record([asks("bob").with_id("again")]).await;
    assert_eq!(world.handoffs().await.len(), 1);
    let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
    world.reject(&claimed, "no_budget", Some(world.now() + days(30))).await.unwrap();
    world.pass(days(20));
    world.apply_handoffs().await;
    world
        .record([
            asks("ada").with_id("2").after(days(20)),
            asks("bob").with_id("2").after(days(20)),
        ])
        .await;
    assert_eq!(world.handoffs().await.len(), 1, "it is given time");
    world.pass(days(40));
    world.apply_handoffs().await;
    world
        .record([
            asks("ada").with_id("3").after(days(60)),
            asks("bob").with_id("3").after(days(60)),
        ])
        .await;
    assert_eq!(world.handoffs().await.len(), 2);
}

async fn an_account_of_which_everybody_rests_is_not_handed_over(world: World) {
    let world = a_world_of_accounts(world).await;
    for id in ["ada", "bob"] {
        world.set_stage(id, StageChange::Disqualify, Actor::Marketing, "a supplier").await.unwrap();
    }
    world.record(meets("ada").into_iter().chain(meets("bob")).chain([asks("ada")])).await;
    assert!(world.view("sap").await.scores.mqa);
    assert_eq!(world.handoffs().await, [], "there is nobody to contact");
    world.leads([lead("eve").account("sap").title("Analyst")]).await;
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.cause, &handoff.lead), (HandoffCause::Account, &None));
    let (work, _) = world.app.work_list(world.workspace, None, 10).await.unwrap();
    assert_eq!(work[0].next_contact.as_ref().unwrap().as_str(), "eve");
}

async fn an_account_that_goes_is_handed_over_to_nobody(world: World) {
    // Every account qualifies, also one that is about to go.
    let bar = "mqa: {fit: 30, engagement: 50, engaged_people: 2}";
    let world = world.beside(2, &lively(bar, "mqa: {fit: 0}")).await;
    world.leads([lead("ada")]).await;
    world.set_stage("ada", StageChange::Disqualify, Actor::Marketing, "a supplier").await.unwrap();
    world.leads([lead("ada").email("ada@x.com")]).await;
    assert!(world.view("x.com").await.scores.mqa);
    world.leads([lead("ada")]).await;
    assert_eq!(world.account_ids().await, [""; 0]);
    assert_eq!(world.handoffs().await, []);
    world.digest().await;
}

async fn nobody_is_handed_over_who_is_excluded_or_has_bought(world: World) {
    let world = a_world(world, 2).await;
    world
        .accounts([account("rival").attribute("relationship", "competitor"), account("old")])
        .await;
    world.leads([lead("cyd").account("sap").title("Student")]).await;
    world.leads([lead("rae").account("rival").title("CTO")]).await;
    world.leads([lead("olu").account("old").title("CTO")]).await;
    world.opportunities([opportunity("o").account("old").won(-days(9))]).await;
    world.record([asks("cyd"), asks("rae"), asks("olu")]).await;
    assert_eq!(world.handoffs().await, []);
    let policy = "name: all\nexisting_customers: true\n";
    world.put_policy(policy).await;
    world.record([asks("olu").with_id("again")]).await;
    assert_eq!(world.the_handoff().await.account.unwrap().as_str(), "old");
}

async fn nobody_is_handed_over_twice(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    for n in 0..5 {
        world.pass(100);
        world.record([asks("ada").with_id(&format!("again-{n}")).after(100 * n)]).await;
    }
    let handoff = world.the_handoff().await;
    let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
    let ended = world.accept_knowing(&claimed, "ada").await;
    assert_eq!(ended.state, HandoffState::Accepted);
    world.record([asks("ada").with_id("later").after(600)]).await;
    assert_eq!(world.handoffs().await.len(), 1, "an SQL is no MQL again");
}

async fn the_packet_is_what_was_known_then(world: World) {
    let world = a_world(world, 2).await;
    world.record([activity("web", "v").lead("bob").kind("page_view").after(-50)]).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    let packet: Packet = serde_json::from_str(&handoff.packet).unwrap();
    let view = world.view("sap").await;
    let packed = packet.account.clone().unwrap();
    assert_eq!((packed.engagement, packed.fit), (view.scores.engagement, view.scores.fit));
    assert_eq!(handoff.shown, (view.scores.engagement, view.scores.fit, view.scores.tier));
    let ada = &packet.people[0];
    assert_eq!((ada.lead.as_str(), ada.qualified), ("ada", true));
    assert_eq!(ada.engagement, world.person("ada").await.1.engagement);
    assert_eq!(ada.engagement_lines[0].name, "demo");
    assert_eq!(packet.touches[0].kind, "demo_request");
    assert_eq!(packet.reasons[0], "ada: demo once");
    assert!(packet.reasons.len() <= 3);
    world.pass(days(3));
    world.record([activity("web", "w").lead("bob").kind("page_view").after(days(3))]).await;
    assert_eq!(world.the_handoff().await.packet, handoff.packet);
}

async fn handoffs_go_to_whom_the_policy_says(world: World) {
    let world = a_world(world, 2).await;
    let policy = r"
name: team
owners:
  - {id: ann, team: field}
  - {id: ben, team: field}
routes:
  - {name: the account's owner, to: account_owner}
  - {name: large, when: account.employees >= 1000, to: {team: field}}
";
    world.put_policy(policy).await;
    let mut owners = Vec::new();
    for n in 0..4 {
        let (company, person) = (format!("c{n}"), format!("p{n}"));
        world.accounts([account(&company).employees(2_000)]).await;
        world.leads([lead(&person).account(&company).title("CTO")]).await;
        world.pass(1);
        world.record([asks(&person).after(n)]).await;
        let latest = world.handoffs().await.remove(0);
        assert_eq!((latest.team.as_str(), latest.route.as_str()), ("field", "large"));
        owners.push(latest.owner);
    }
    assert_eq!(owners, ["ann", "ben", "ann", "ben"], "in turn");
    world.accounts([account("small").employees(7)]).await;
    world.leads([lead("sue").account("small").title("CTO")]).await;
    world.record([asks("sue")]).await;
    let small = world.handoffs().await.into_iter().find(|found| found.queue == "inbox");
    assert_eq!(small.unwrap().lead.unwrap().as_str(), "sue");
}

async fn a_person_of_marketing_hands_over(world: World) {
    let world = a_world(world, 2).await;
    let made = world.hand_over("ada").await.unwrap();
    assert!(!made.joined);
    assert_eq!(made.handoff.cause, HandoffCause::Person);
    assert_eq!(world.moves("ada").await, ["qualify to mql by marketing"]);
    let again = world.hand_over("ada").await.unwrap();
    assert!(again.joined);
    assert_eq!(again.handoff.id, made.handoff.id);
    let other = world.hand_over("bob").await.unwrap();
    assert!(other.joined, "there is one open handoff for an account");
    assert_eq!(world.handoff(&made.handoff.id).await.leads.len(), 2);
}

async fn a_raised_hand_hurries_a_handoff_that_is_open(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("eve").title("CEO").email("eve@gmail.com")]).await;
    world.record(meets("ada").into_iter().chain(meets("eve"))).await;
    let of = async |account: bool| {
        let all = world.handoffs().await;
        all.into_iter().find(|found| found.account.is_some() == account).unwrap()
    };
    for (account, asking) in [(true, "bob"), (false, "eve")] {
        let before = of(account).await;
        assert_eq!(before.cause, HandoffCause::Scores);
        assert_eq!(before.clock.due_at, before.created_at + 3_600);
        world.pass(60);
        world.record([asks(asking).at(world.now())]).await;
        let after = of(account).await;
        assert_eq!((&after.id, after.cause), (&before.id, HandoffCause::HandRaiser));
        assert_eq!(after.clock.due_at, world.now() + 300);
        assert_eq!(after.clock.gives_up_at, before.clock.gives_up_at);
        let found = world.handoff(&after.id).await;
        assert_eq!(found.events.last().unwrap().what, "hand_raised");
        assert_eq!(found.handoff.version, found.events.len() as i64);
        // Asking once more changes nothing.
        world.pass(10);
        let again = asks(asking).with_id(&format!("{asking}-again")).at(world.now());
        world.record([again]).await;
        assert_eq!(of(account).await, after);
    }
    // What is due sooner already stays so.
    let due = of(true).await.clock.due_at;
    world.record([asks("ada").at(world.now())]).await;
    assert_eq!(of(true).await.clock.due_at, due);
    world.digest().await;
}

async fn who_qualifies_under_a_new_model_is_handed_over_when_it_is_in_force(world: World) {
    let strict = lively("engagement: 45}", "engagement: 99}")
        .replace("engaged_people: 2}\nmql", "engaged_people: 50}\nmql");
    let world = world.beside(2, &strict).await;
    world.accounts(["sap", "quiet"].map(|id| account(id).employees(5_000))).await;
    world.leads(["ada", "bob"].map(|id| lead(id).account("sap").title("CTO"))).await;
    world.leads([lead("cyd").account("quiet").title("CTO")]).await;
    world.record(meets("ada")).await;
    world.record([activity("web", "v").lead("cyd").kind("page_view")]).await;
    assert_eq!(world.handoffs().await, []);
    world.pass(days(1));
    world.publish(&strict.replace("engagement: 99}", "engagement: 45}")).await;
    world.apply_handoffs().await;
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.account.unwrap().as_str(), handoff.model_version), ("sap", 2));
    assert_eq!(world.stage("ada").await, "mql");
    let standing = world.standing("ada").await.lifecycle;
    assert_eq!(standing.mql_at, Some(world.now()), "from when the version is in force");
    assert_eq!(world.stage("cyd").await, "lead");
    world.digest().await;
}
