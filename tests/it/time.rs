//! Time changes scores without traffic, each at its moment, whenever anybody looks.

use std::collections::BTreeMap;

use abm_core::assess::{AccountRules, LeadRules, Person, assess, forecast};
use abm_core::ledger::{Entry, Ledger};
use abm_core::model::{self, Match};
use abm_core::rule::AccountFacts;
use abm_core::tier::Tier;
use abm_core::{AccountId, Model, Timestamp};
use abm_store::{Cause, TopPerson};
use abm_tests::{HOUR, LIVELY, START, World, account, activity, both_engines, days, lead};

both_engines!(
    each_change_is_found_at_its_moment_however_late_the_timer_comes,
    a_profile_that_comes_late_hides_no_change_that_time_brought_before,
    a_clock_that_jumps_leaves_the_same_state,
    a_year_of_silence_changes_tiers_when_the_model_says,
    what_is_shown_is_never_behind_the_clock,
    an_account_at_rest_is_never_due_again,
    what_is_wrong_with_one_account_holds_up_no_other,
    an_account_that_nothing_names_any_more_begins_anew,
);

/// A few accounts that reach different tiers, by activities up to [`START`].
async fn fill(world: &World) {
    world
        .accounts([
            account("ibm").domain("ibm.com").employees(300_000).industry("it"),
            account("redhat").domain("redhat.com").employees(20_000),
            account("suse").domain("suse.com"),
            account("rival").domain("rival.com").attribute("relationship", "competitor"),
        ])
        .await;
    let domains = ["ibm.com", "redhat.com", "suse.com", "rival.com", "unknown.com"];
    let kinds = ["page_view", "demo_request", "meeting_held", "bounce"];
    for (n, domain) in (0_i64..).zip(domains) {
        let people = 5 - n;
        for person in 0..people {
            let id = format!("{person}@{domain}");
            world.leads([lead(&id).email(&id).title("CTO")]).await;
            let rows = (0..=person + people).map(|m| {
                let row = activity("web", &format!("{id}/{m}")).lead(&id);
                let row = row.kind(kinds[(m + person) as usize % 4]);
                row.after(-(m * 31 + n * 5 + person * 3) * HOUR - m * 977)
            });
            world.record(rows).await;
        }
    }
    world.record([activity("web", "visit").account("suse").after(-5)]).await;
}

/// What an account's timeline tells since [`START`], without when it was found.
async fn told(world: &World, id: &str) -> Vec<(i64, u8, u8, Option<Tier>, bool, u32)> {
    let lines = world.timeline(id).await.into_iter();
    let lines = lines.filter(|line| line.at > START.secs());
    lines.map(|l| (l.at, l.engagement, l.fit, l.tier, l.mqa, l.engaged_people)).collect()
}

const ACCOUNTS: [&str; 5] = ["ibm", "redhat", "suse", "rival", "unknown.com"];

async fn each_change_is_found_at_its_moment_however_late_the_timer_comes(world: World) {
    let steps = world.beside(2, LIVELY).await;
    let once = world.beside(3, LIVELY).await;
    fill(&steps).await;
    fill(&once).await;
    let mut touched = 0;
    for _ in 0..40 * 24 / 5 {
        steps.pass(5 * HOUR);
        touched += steps.apply_due().await;
    }
    assert!(touched > 100, "{touched}");
    once.clock.set(steps.now());
    assert_eq!(once.apply_due().await, 5);
    for id in ACCOUNTS {
        let found = told(&once, id).await;
        assert!(found.len() > 10, "{id}");
        assert_eq!(found, told(&steps, id).await, "{id}");
        let lines = once.timeline(id).await.into_iter().filter(|line| line.at > START.secs());
        assert!(lines.into_iter().all(|l| l.cause == Cause::Time && l.recorded_at == once.now()));
    }
    assert_eq!(once.digest().await, steps.digest().await);
}

async fn a_profile_that_comes_late_hides_no_change_that_time_brought_before(world: World) {
    let steps = world.beside(2, LIVELY).await;
    let once = world.beside(3, LIVELY).await;
    for world in [&steps, &once] {
        fill(world).await;
    }
    for _ in 0..20 {
        steps.pass(days(1));
        steps.apply_due().await;
    }
    once.clock.set(steps.now());
    for world in [&steps, &once] {
        world.accounts([account("ibm").domain("ibm.com").employees(10)]).await;
        world.leads([lead("new").email("new@redhat.com")]).await;
        world.record([activity("web", "new").lead("newer").email("newer@suse.com")]).await;
    }
    for id in ["ibm", "redhat", "suse"] {
        assert_eq!(told(&once, id).await, told(&steps, id).await, "{id}");
    }
    assert_eq!(once.digest().await, steps.digest().await);
}

async fn a_clock_that_jumps_leaves_the_same_state(world: World) {
    let steady = world.beside(2, LIVELY).await;
    let jumpy = world.beside(3, LIVELY).await;
    fill(&steady).await;
    fill(&jumpy).await;
    let rows = |n: i64| {
        (0..6).map(move |lead| {
            let lead = format!("{lead}@ibm.com");
            activity("crm", &format!("{n}/{lead}")).lead(&lead).after(n * 600 - 2 * HOUR)
        })
    };
    for (n, jump) in (0..).zip([-HOUR, days(40), 0, 299, -301, -HOUR]) {
        steady.record(rows(n)).await;
        // For a while: an hour back, 40 days ahead, and as far as replicas are apart.
        jumpy.pass(jump);
        jumpy.record(rows(n)).await;
        jumpy.apply_due().await;
        let found = jumpy.verify().await;
        assert_eq!((found.differences_total, found.due), (0, 0), "{:?}", found.differences);
        jumpy.pass(-jump);
        // What is asked of one account is right at once, lists when the timer has cleared up.
        for id in ACCOUNTS {
            assert_eq!(shown(&jumpy, id).await, shown(&steady, id).await, "{id} after {jump}");
        }
    }
    jumpy.app.sweep().await.unwrap();
    assert_eq!(jumpy.digest().await, steady.digest().await);
    for id in ACCOUNTS {
        let stored = jumpy.stored_state(id).await;
        assert_eq!(stored.engagement, steady.view(id).await.scores.engagement, "{id}");
    }
    for world in [&steady, &jumpy] {
        world.at(days(3));
        world.apply_due().await;
    }
    for id in ACCOUNTS {
        assert_eq!(shown(&jumpy, id).await, shown(&steady, id).await, "{id}");
    }
    assert_eq!(jumpy.digest().await, steady.digest().await);
}

async fn shown(world: &World, id: &str) -> (u8, Option<Tier>, Vec<TopPerson>) {
    let view = world.view(id).await;
    (view.scores.engagement, view.scores.tier, view.people)
}

/// An account as the core sees it, put together from nothing but profiles and activities.
struct Pure {
    rules: AccountRules,
    people: Vec<Person>,
    visitor: Ledger,
}

impl Pure {
    async fn of(world: &World, model: &Model, id: &str) -> Self {
        let id = AccountId::new(id).unwrap();
        let view = world.app.store().view(world.workspace);
        let profile = view.account(&id).await.unwrap().unwrap().profile;
        let facts = AccountFacts::new(&profile);
        let mut ledgers: BTreeMap<_, Vec<Entry>> = BTreeMap::new();
        let leads = view.leads_of([id.clone()]).await.unwrap();
        let of_people = view.activities_of_leads(leads.keys().cloned()).await.unwrap();
        let of_visitor = view.activities_of_visitors([id]).await.unwrap();
        for stored in of_people.into_iter().chain(of_visitor) {
            let activity = stored.activity;
            if let Match::Counts(signal) = model.signals.classify(&activity) {
                let entry = Entry { time: activity.occurred_at.secs(), signal };
                ledgers.entry(activity.lead).or_default().push(entry);
            }
        }
        let mut ledger = |lead| ledgers.remove(&lead).unwrap_or_default().into_iter().collect();
        let people = leads.into_values().map(|lead| Person {
            rules: LeadRules::new(model, &lead.profile, &facts),
            ledger: ledger(Some(lead.id.clone())),
            lead: lead.id,
            known: None,
        });
        let people = people.collect();
        Self { rules: AccountRules::new(model, &profile), people, visitor: ledger(None) }
    }

    fn tier(&self, model: &Model, at: i64) -> Option<Tier> {
        assess(model, &self.rules, &self.people, &self.visitor, at).tier
    }

    /// The seconds in which the tier becomes another one, found by looking and halving.
    fn tier_changes(&self, model: &Model, from: i64, until: i64) -> Vec<(i64, Option<Tier>)> {
        let mut changes = Vec::new();
        for start in (from..until).step_by(HOUR as usize) {
            let (mut same, mut other) = (start, (start + HOUR).min(until));
            let before = self.tier(model, same);
            if self.tier(model, other) == before {
                continue;
            }
            while other - same > 1 {
                let middle = same + (other - same) / 2;
                if self.tier(model, middle) == before { same = middle } else { other = middle }
            }
            changes.push((other, self.tier(model, other)));
        }
        changes
    }
}

async fn a_year_of_silence_changes_tiers_when_the_model_says(world: World) {
    let world = world.beside(2, LIVELY).await;
    let model = model::parse(LIVELY).unwrap();
    fill(&world).await;
    let mut expected = BTreeMap::new();
    for id in ACCOUNTS {
        let pure = Pure::of(&world, &model, id).await;
        let (from, until) = (START.secs(), START.secs() + days(100));
        let changes = pure.tier_changes(&model, from, until);
        let now = assess(&model, &pure.rules, &pure.people, &pure.visitor, from);
        let next = forecast(&model, &pure.rules, &pure.people, &pure.visitor, &now, from);
        assert_eq!(next.map(|next| (next.at, next.tier)), changes.first().copied(), "{id}");
        assert_eq!(pure.tier(&model, until), None, "{id} is quiet at the end");
        expected.insert(id, changes);
    }
    assert!(expected.values().map(Vec::len).sum::<usize>() >= 8, "{expected:?}");
    for week in 1..=53 {
        world.at(days(7 * week));
        world.apply_due().await;
        if week % 9 == 0 {
            world.digest().await;
        }
    }
    world.digest().await;
    for (id, expected) in expected {
        let lines = world.timeline(id).await;
        let steps = lines.windows(2).filter(|pair| pair[0].tier != pair[1].tier);
        let steps = steps.map(|pair| (pair[1].at, pair[1].tier));
        let steps: Vec<_> = steps.filter(|(at, _)| *at > START.secs()).collect();
        assert_eq!(steps, expected, "{id}");
        let view = world.view(id).await;
        assert_eq!((view.scores.engagement, view.scores.tier), (0, None), "{id}");
    }
}

async fn what_is_shown_is_never_behind_the_clock(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    for _ in 0..12 {
        world.pass(days(1) + 777);
        let mut before = Vec::new();
        for id in ACCOUNTS {
            before.push(world.view(id).await);
        }
        let leads = world.person("0@ibm.com").await.1;
        world.apply_due().await;
        for (id, before) in ACCOUNTS.into_iter().zip(before) {
            let after = world.view(id).await;
            let figures = |view: &abm_app::AccountView| {
                (view.scores.engagement, view.scores.tier, view.scores.priority, view.scores.mqa)
            };
            assert_eq!(figures(&before), figures(&after), "{id}");
            assert_eq!(before.people, after.people);
        }
        assert_eq!(world.person("0@ibm.com").await.1, leads);
    }
}

async fn an_account_at_rest_is_never_due_again(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    world.at(days(200));
    assert_eq!(world.apply_due().await, 5);
    let due = world.app.store().view(world.workspace).due(i64::MAX, 1).await;
    assert_eq!(due.unwrap(), []);
    world.clock.set(Timestamp::from_secs(START.secs() + days(5_000)));
    assert_eq!(world.apply_due().await, 0);
    world.digest().await;
}

async fn what_is_wrong_with_one_account_holds_up_no_other(world: World) {
    let worlds = [world.beside(2, LIVELY).await, world.beside(3, LIVELY).await];
    for world in &worlds {
        fill(world).await;
    }
    let [broken, whole] = &worlds;
    let sql = world.sql().await;
    let fit = async |change: &str| {
        let of = "workspace_id = 2 AND account_id = 'ibm'";
        sql.execute(&format!("UPDATE account_state SET fit = fit {change} WHERE {of}")).await;
    };
    fit("+ 101").await;
    broken.at(days(200));
    let due = broken.now().secs();
    let due = format!("SELECT workspace_id FROM account_state WHERE changes_secs <= {due}");
    broken.app.tick().await.unwrap();
    assert_eq!(sql.numbers(&due).await, [[2]]);
    fit("- 101").await;
    broken.app.tick().await.unwrap();
    assert!(sql.numbers::<1>(&due).await.is_empty());
    for id in ACCOUNTS {
        assert_eq!(told(broken, id).await, told(whole, id).await, "{id}");
    }
}

async fn an_account_that_nothing_names_any_more_begins_anew(world: World) {
    world.accounts([account("child").parent("top")]).await;
    // Something of it is due, and that nothing names it any more has not been looked at.
    let sql = world.sql().await;
    sql.execute("UPDATE account SET parent_account_id = NULL WHERE account_id = 'child'").await;
    let due = "UPDATE account_state SET changes_secs = assessed_secs + 1 WHERE account_id = 'top'";
    sql.execute(due).await;
    world.pass(60);
    world.leads([lead("ada").account("top").title("CTO")]).await;
    assert_eq!(world.employer("ada").await, "top");
    assert_eq!(world.view("top").await.scores.people, 1);
    world.digest().await;
}
