//! One account.

use abm_core::assess::{
    Assessment, Momentum, Person, Visits, assess, momentum, raw_points, visits,
};
use abm_core::engagement::Reading;
use abm_core::grade::Label;
use abm_core::lifecycle::{Lifecycle, account_stage};
use abm_core::rollup::Part;
use abm_core::{AccountId, LeadId, Ledger, Stage, Timestamp, WorkspaceId};
use abm_store::{
    AccountRecord, AccountScores, HandoffRecord, OpportunityTotals, ShownAccount, TopPerson, View,
};

use super::reasons::reasons;
use crate::clock::CLOCK_SECS;
use crate::models::Compiled;
use crate::subject::{self, Subject};
use crate::{App, AppError};

/// An account as it is shown.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Its profile.
    pub account: AccountRecord,
    /// What was found of it.
    pub scores: AccountScores,
    /// Letter and digit.
    pub label: Label,
    /// Weighted raw points of its people, where they were looked at.
    pub raw_points: Option<f64>,
    /// How its engagement has changed of late, where that was looked at.
    pub momentum: Option<Momentum>,
    /// How often its people came, where that was looked at.
    pub visits: Option<Visits>,
    /// Why it is where it is, a sentence each.
    pub reasons: Vec<String>,
    /// The people who add most to it.
    pub people: Vec<TopPerson>,
    /// Of each of these people the part of the account's engagement that they give, before the
    /// curve, 0 to 1. Those of everybody and of the unknown visitor add up to 1, or are 0.
    pub shares: Vec<f64>,
    /// Its opportunities as stored now, whatever the moment it is shown at.
    pub opportunities: OpportunityTotals,
    /// Where it stands between marketing and sales now; `None` where there is nobody.
    pub stage: Option<Stage>,
    /// The handoff of it that is open now.
    pub handoff: Option<HandoffRecord>,
    /// The position this was read at.
    pub revision: u64,
}

impl App {
    /// An account, or the one that it is merged into, as it is now, or as it was at a moment under
    /// a model version.
    ///
    /// # Errors
    /// When there is no such account or version.
    pub async fn account_view(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        as_of: Option<Timestamp>,
        version: Option<u64>,
        people: u32,
    ) -> Result<AccountView, AppError> {
        let found = self.one_account_view(workspace, id, as_of, version, people).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.one_account_view(workspace, &id, as_of, version, people).await,
            None => found,
        }
    }

    async fn one_account_view(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        as_of: Option<Timestamp>,
        version: Option<u64>,
        people: u32,
    ) -> Result<AccountView, AppError> {
        if as_of.is_none()
            && version.is_none()
            && let Some(shown) = self.account_as_stored(workspace, id, people).await?
        {
            return Ok(shown);
        }
        let view = self.inner.snapshot(workspace).await?;
        let compiled = self.inner.model_for(&view, version).await?;
        let at = as_of.unwrap_or_else(|| self.clock().now()).secs();
        account_as_found(&view, &compiled, id, at, people).await
    }

    /// An account as its scores are stored; `None` where they are not those of now: between the
    /// moment of a change and the timer's work on it, so that what is shown is never behind the
    /// clock.
    async fn account_as_stored(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        people: u32,
    ) -> Result<Option<AccountView>, AppError> {
        let view = self.inner.store.view(workspace);
        let found = view.account_as_shown(id, people).await?;
        let found = found.ok_or_else(|| AppError::not_found("account", id))?;
        let ShownAccount { account, scores, people, members, visitor, .. } = found;
        let (opportunities, lifecycles) = (found.opportunities, found.lifecycles);
        let now = self.clock().now().secs();
        let ahead = scores.assessed_at > now + CLOCK_SECS;
        if ahead || scores.changes_at.is_some_and(|change| change <= now) {
            return Ok(None);
        }
        let compiled = self.inner.models.get(&view, scores.model_version).await?;
        let handoff = match found.is_handed_over {
            true => open_handoff(&view, id).await?,
            false => None,
        };
        let shares = shares_of(&compiled, &people, members, &visitor, now);
        Ok(Some(AccountView {
            label: compiled.model.grades.label(scores.fit, scores.engagement),
            reasons: reasons(&compiled, &scores),
            account,
            scores,
            raw_points: None,
            momentum: None,
            visits: None,
            people,
            shares,
            stage: account_stage(lifecycles, opportunities.outcome()),
            opportunities,
            handoff,
            revision: found.revision,
        }))
    }
}

/// An account assessed anew, at a moment under a model.
async fn account_as_found(
    view: &View,
    compiled: &Compiled,
    id: &AccountId,
    at: i64,
    people: u32,
) -> Result<AccountView, AppError> {
    let revision = view.revision().await?;
    let subject = subject::load_one(view, compiled, id).await?;
    let leads = view.leads_of([id.clone()]).await?;
    let opportunities = view.opportunity_totals([id.clone()]).await?.remove(id);
    let opportunities = opportunities.unwrap_or_default();
    let lifecycles = view.lifecycles(leads.keys().cloned()).await?;
    let stands = |lead: &LeadId| lifecycles.get(lead).map(|found| found.lifecycle);
    let everybody = leads.keys().map(|lead| stands(lead).unwrap_or_default());
    let stage = account_stage(everybody, opportunities.outcome());
    let handoff = open_handoff(view, id).await?;
    let model = &compiled.model;
    let found = assess(model, &subject.rules, &subject.people, &subject.visitor, at);
    let mut top = top_people(&subject, &found, at);
    top.truncate(usize::try_from(people).unwrap_or(usize::MAX));
    for person in &mut top {
        person.lifecycle = stands(&person.lead).unwrap_or_default();
        if let Some(lead) = leads.get(&person.lead) {
            person.title.clone_from(&lead.profile.title);
        }
    }
    let scores = AccountScores::from(subject.state_of(compiled, &found, at));
    let Subject { people, visitor, .. } = &subject;
    let members = people.iter().zip(&found.people);
    let members = members.filter(|(person, _)| person.rules.exclusion.is_none());
    let part = |person: &Person, engagement| Part { engagement, percent: person.rules.percent };
    let members = members.map(|(person, now)| (person.lead.clone(), part(person, now.score)));
    let shares = shares_of(compiled, &top, members.collect(), visitor, at);
    Ok(AccountView {
        label: found.label,
        reasons: reasons(compiled, &scores),
        raw_points: Some(raw_points(model, people, visitor, at)),
        momentum: Some(momentum(model, people, visitor, at)),
        visits: Some(visits(model, people, visitor, at)),
        account: subject.account,
        scores,
        people: top,
        shares,
        opportunities,
        stage,
        handoff,
        revision,
    })
}

/// The people of a subject, those who add most first.
fn top_people(subject: &Subject, found: &Assessment, at: i64) -> Vec<TopPerson> {
    let people = subject.people.iter().zip(&found.people).zip(&found.mqls);
    let mut top: Vec<TopPerson> = people
        .map(|((person, engagement), &mql)| TopPerson {
            lead: person.lead.clone(),
            title: String::new(),
            position: person.rules.position,
            exclusion: person.rules.exclusion.clone(),
            mql,
            engagement: engagement.score,
            fit: person.rules.fit.score,
            percent: person.rules.percent,
            last_activity: person.ledger.last_at(at),
            lifecycle: Lifecycle::default(),
        })
        .collect();
    top.sort_unstable_by(TopPerson::compare);
    top
}

/// The part that each of some people gives to an account's engagement, as explanations tell it.
/// `members` are those who are part of it, in the order of their ids.
fn shares_of(
    compiled: &Compiled,
    of: &[TopPerson],
    members: Vec<(LeadId, Part)>,
    visitor: &Ledger,
    at: i64,
) -> Vec<f64> {
    let model = &compiled.model;
    let (leads, mut parts): (Vec<LeadId>, Vec<Part>) = members.into_iter().unzip();
    if visitor.last_at(at).is_some() {
        let engagement = Reading::new(model, visitor).engagement(at);
        parts.push(Part { engagement, percent: model.rollup.unknown_visitor_percent });
    }
    let shares = model.rollup.shares(&parts);
    let share = |person: &TopPerson| {
        let place = leads.binary_search(&person.lead).ok()?;
        shares.get(place).copied()
    };
    of.iter().map(|person| share(person).unwrap_or(0.0)).collect()
}

async fn open_handoff(view: &View, id: &AccountId) -> Result<Option<HandoffRecord>, AppError> {
    Ok(view.open_handoffs_of_accounts([id.clone()]).await?.remove(id))
}
