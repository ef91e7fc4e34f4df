//! Explanations add up to the score that is shown, down to single activities with their ids.

use std::collections::{BTreeMap, BTreeSet};

use abm_app::{Depth, Opened, Question, ScoreKind};
use abm_core::explain::{Explanation, Line, What};
use abm_core::missing::{Goal, Lack, Missing};
use abm_core::{AccountId, LeadId, Seniority, Timestamp};
use abm_tests::{HOUR, LIVELY, World, account, activity, both_engines, days, lead, lively};

both_engines!(
    the_lines_of_an_account_add_up_to_its_score_at_any_moment,
    what_a_view_says_that_people_give_is_what_the_explanation_says,
    every_activity_that_counts_is_named_once,
    an_explanation_opens_no_further_than_asked,
    what_is_missing_and_when_the_tier_ends_is_told,
    what_a_lead_lacks_and_when_it_is_qualified_no_more_is_told,
);

async fn fill(world: &World) {
    world.accounts([account("ibm").domain("ibm.com").employees(5_000).industry("it")]).await;
    let kinds = ["page_view", "demo_request", "meeting_held", "bounce", "unsubscribe"];
    for (person, seniority) in (0_i64..).zip(Seniority::ALL) {
        let id = format!("p{person}");
        world.leads([lead(&id).email(&format!("{id}@ibm.com")).seniority(*seniority)]).await;
        let rows = (0..40).map(|n| {
            let row = activity("web", &format!("{id}-{n}")).lead(&id);
            let row = row.kind(kinds[(n * n + person) as usize % kinds.len()]);
            let url = if n % 2 == 0 { "/pricing" } else { "/about" };
            // Many on one day, some in one second, some long ago.
            row.attribute("url", url).after(-(n / 8) * 53 * HOUR - n % 3)
        });
        world.record(rows).await;
    }
    let visits = (0..9).map(|n| activity("net", &format!("{n}")).account("ibm").after(-n * HOUR));
    world.record(visits).await;
}

async fn what_a_view_says_that_people_give_is_what_the_explanation_says(world: World) {
    fill(&world).await;
    let operators = ["saturating_sum", "max", "mean", "median", "top_k_mean", "champion"];
    for operator in operators {
        if operator != operators[0] {
            let named = format!("operator: {operator}");
            world.publish(&lively("operator: saturating_sum", &named)).await;
        }
        // As stored, and assessed anew, of however many people.
        for as_of in [None, Some(world.now())] {
            let opened = world.explain("ibm", ScoreKind::Engagement, as_of).await;
            let told = &opened.opened.explanation.lines;
            let told = told.iter().filter_map(|line| match &line.what {
                What::Person { lead, share, .. } => Some((lead.clone(), *share)),
                _ => None,
            });
            let told: BTreeMap<LeadId, f64> = told.collect();
            for people in [1, 3, 50] {
                let id = AccountId::new("ibm").unwrap();
                let view = world.app.account_view(world.workspace, &id, as_of, None, people).await;
                let view = view.unwrap();
                assert_eq!(view.people.len(), view.shares.len());
                for (person, share) in view.people.iter().zip(&view.shares) {
                    let told = told.get(&person.lead).copied().unwrap_or(0.0);
                    assert!((share - told).abs() < 1e-9, "{operator}: {share} for {told}");
                }
                let any = view.shares.iter().any(|share| *share > 0.0);
                // Those who add most need not be the one in the middle.
                assert!(any || people < 50, "{operator}");
            }
        }
    }
}

fn question(kind: ScoreKind, depth: Depth, as_of: Option<Timestamp>) -> Question {
    Question { kind, as_of, version: None, depth, people: 100 }
}

/// Expects that lines add up, at every depth.
fn add_up(explanation: &Explanation) {
    let sum = |lines: &[Line]| lines.iter().map(|line| line.micropoints).sum::<i64>();
    assert_eq!(sum(&explanation.lines), i64::from(explanation.score) * 1_000_000);
    for line in explanation.lines.iter().filter(|line| !line.lines.is_empty()) {
        assert_eq!(sum(&line.lines), line.micropoints, "{:?}", line.what);
        assert!(line.lines.iter().all(|line| line.lines.is_empty()));
    }
}

async fn the_lines_of_an_account_add_up_to_its_score_at_any_moment(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let id = AccountId::new("ibm").unwrap();
    let (app, workspace) = (&world.app, world.workspace);
    for at in [days(-30), days(-9), -HOUR, -1, 0, 1, days(3), days(20), days(100)] {
        let as_of = Some(world.now() + at);
        let shown = world.view_at("ibm", as_of, None).await;
        let engagement = question(ScoreKind::Engagement, Depth::Activities, as_of);
        let opened = app.explain_account(workspace, &id, engagement).await.unwrap();
        assert_eq!(opened.opened.explanation.score, shown.scores.engagement);
        assert_eq!(opened.opened.explanation.raw_points, shown.raw_points);
        assert_eq!(opened.tier, shown.scores.tier);
        add_up(&opened.opened.explanation);
        let mut shares = 0.0;
        for line in &opened.opened.explanation.lines {
            let (opened, engagement, share) = match &line.what {
                What::Person { lead, engagement, share, .. } => {
                    let alone = app.explain_lead(
                        workspace,
                        lead,
                        question(ScoreKind::Engagement, Depth::Activities, as_of),
                    );
                    let alone = alone.await.unwrap().opened;
                    assert_eq!(alone.explanation, opened.people[lead].explanation);
                    (&opened.people[lead], engagement, share)
                }
                What::UnknownVisitor { engagement, share, .. } => {
                    (opened.visitor.as_ref().unwrap(), engagement, share)
                }
                What::Curve | What::Rounding => continue,
                other => panic!("{other:?}"),
            };
            assert_eq!(opened.explanation.score, *engagement);
            add_up(&opened.explanation);
            shares += share;
        }
        assert!(shown.scores.engagement == 0 || (shares - 1.0).abs() < 1e-9, "{shares}");
        let fit = question(ScoreKind::Fit, Depth::Activities, as_of);
        let opened = app.explain_account(workspace, &id, fit).await.unwrap();
        assert_eq!(opened.opened.explanation.score, shown.scores.fit);
        add_up(&opened.opened.explanation);
    }
    for n in 0..5 {
        let id = LeadId::new(format!("p{n}")).unwrap();
        let (_, score, _) = app.lead(workspace, &id).await.unwrap();
        let fit = question(ScoreKind::Fit, Depth::Activities, None);
        let opened = app.explain_lead(workspace, &id, fit).await.unwrap().opened;
        assert_eq!(opened.explanation.score, score.fit.score);
        add_up(&opened.explanation);
    }
}

/// The ids behind the lines of single activities, each line taking the next of its second and
/// signal.
fn ids_of(opened: &Opened) -> Vec<String> {
    let mut activities = opened.activities.clone();
    let mut ids = Vec::new();
    // A pattern occurs at several activities, and names none.
    let lines = opened.explanation.lines.iter();
    let lines = lines.filter(|line| !matches!(line.what, What::Pattern { .. }));
    for line in lines.flat_map(|line| &line.lines) {
        let What::Activity { time, signal, .. } = line.what else { panic!("{:?}", line.what) };
        let behind = activities.get_mut(&(time, signal)).and_then(|ids| ids.pop_front());
        let behind = behind.expect("an activity behind each line");
        assert_eq!(behind.occurred_at.secs(), time);
        ids.push(behind.key.activity_id);
    }
    ids
}

async fn every_activity_that_counts_is_named_once(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let id = AccountId::new("ibm").unwrap();
    let asked = question(ScoreKind::Engagement, Depth::Activities, None);
    let explained = world.app.explain_account(world.workspace, &id, asked).await.unwrap();
    for lead in (0..5).map(|n| LeadId::new(format!("p{n}")).unwrap()) {
        let opened = world.app.explain_lead(world.workspace, &lead, asked).await.unwrap().opened;
        let ids = ids_of(&opened);
        let different: BTreeSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
        assert!(ids.iter().all(|id| id.starts_with(&format!("{lead}-"))), "{ids:?}");
        let patterns = ["came_back", "serious"];
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for line in &opened.explanation.lines {
            if let What::Signal { name, count } = &line.what {
                assert_eq!(line.lines.len(), *count);
                counted.insert(name.clone(), *count);
            }
        }
        let cut: u64 = opened
            .explanation
            .lines
            .iter()
            .map(|line| match &line.what {
                What::DayCap { name, count } if !patterns.contains(&name.as_str()) => *count,
                _ => 0,
            })
            .sum();
        let bounces =
            (0..40).filter(|n| (n * n + lead.as_str()[1..].parse::<usize>().unwrap()) % 5 == 3);
        let total = counted.values().sum::<usize>() + cut as usize + bounces.count();
        assert_eq!(total, 40, "{counted:?}, {cut} beyond a daily cap");
    }
    let visits = ids_of(explained.visitor.as_ref().unwrap());
    assert_eq!(visits.len(), 4, "three on the day before, one on this");
}

async fn an_explanation_opens_no_further_than_asked(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let id = AccountId::new("ibm").unwrap();
    let ask = async |depth, people| {
        let asked = Question { people, ..question(ScoreKind::Engagement, depth, None) };
        world.app.explain_account(world.workspace, &id, asked).await.unwrap()
    };
    let people = ask(Depth::People, 9).await;
    assert!(people.people.is_empty() && people.visitor.is_none());
    let signals = ask(Depth::Signals, 2).await;
    assert_eq!(signals.people.len(), 2);
    let lines = |opened: &Opened| {
        opened.explanation.lines.iter().map(|line| line.lines.len()).sum::<usize>()
    };
    assert!(
        signals.people.values().all(|opened| lines(opened) == 0 && opened.activities.is_empty())
    );
    let activities = ask(Depth::Activities, 1).await;
    assert_eq!(activities.people.len(), 1);
    assert!(activities.people.values().all(|opened| lines(opened) > 0));
}

async fn what_is_missing_and_when_the_tier_ends_is_told(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.accounts([account("ibm").domain("ibm.com").employees(5_000).industry("it")]).await;
    world.record([activity("web", "1").lead("ada").email("ada@ibm.com")]).await;
    let id = AccountId::new("ibm").unwrap();
    let asked = question(ScoreKind::Engagement, Depth::People, None);
    let explained = world.app.explain_account(world.workspace, &id, asked).await.unwrap();
    let missing = world.app.missing(world.workspace, vec![id.clone()]).await.unwrap();
    assert_eq!(missing, std::slice::from_ref(&explained.missing));
    assert!(!explained.missing.is_empty());
    let ends = explained.forecast.expect("silence ends the tier");
    world.clock.set(Timestamp::from_secs(ends.at - 1));
    assert_eq!(world.view("ibm").await.scores.tier, explained.tier);
    world.clock.set(Timestamp::from_secs(ends.at));
    assert_eq!(world.view("ibm").await.scores.tier, ends.tier);
    world.apply_due().await;
    let lines = world.timeline("ibm").await;
    let left = lines.windows(2).rfind(|pair| pair[0].tier != pair[1].tier).unwrap();
    assert_eq!((left[1].at, left[1].tier), (ends.at, ends.tier));
}

async fn what_a_lead_lacks_and_when_it_is_qualified_no_more_is_told(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.accounts([account("ibm").domain("ibm.com").employees(5_000).industry("it")]).await;
    // A person in an account, and one in none: the rule asks of both the same.
    world.leads([lead("ada").email("ada@ibm.com"), lead("eve").title("Assistant")]).await;
    for id in ["ada", "eve"] {
        let lead = LeadId::new(id).unwrap();
        let asked = question(ScoreKind::Fit, Depth::People, None);
        let ask = async || world.app.explain_lead(world.workspace, &lead, asked).await.unwrap();
        let mql = async |second: i64| {
            let at = Some(Timestamp::from_secs(second));
            let past = Question { as_of: at, ..asked };
            world.app.explain_lead(world.workspace, &lead, past).await.unwrap().mql
        };
        let before = ask().await;
        let Some(Missing { bar: Goal::Mql, lacks }) = before.missing else {
            panic!("it lacks nothing")
        };
        assert!(!before.mql && before.mql_changes_at.is_none(), "nobody qualifies in silence");
        let [Lack::Engagement { step: Some(step), .. }] = lacks.as_slice() else {
            panic!("{lacks:?}")
        };
        assert_eq!(
            (step.lead.as_ref(), step.signal.as_str(), step.count),
            (Some(&lead), "meeting", 1)
        );
        let first = world.now();
        world.pass(HOUR);
        world.record([activity("crm", id).lead(id).kind("meeting_held").at(world.now())]).await;
        let now = ask().await;
        assert!(now.mql && now.missing.is_none());
        let end = now.mql_changes_at.expect("silence ends it");
        assert!(mql(end - 1).await && !mql(end).await);
        // At the moment before, nothing of this was known.
        let past = Question { as_of: Some(first), ..asked };
        let then = world.app.explain_lead(world.workspace, &lead, past).await.unwrap();
        assert_eq!((then.mql, then.mql_changes_at), (false, None));
    }
}
