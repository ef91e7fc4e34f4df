//! What is shown: accounts, ranked lists, people.

use abm_core::assess::{
    AccountRules, Assessment, LeadRules, Momentum, Person, Visits, assess, assess_lead, momentum,
    raw_points, visits,
};
use abm_core::engagement::Reading;
use abm_core::fit::Fit;
use abm_core::grade::Label;
use abm_core::lifecycle::{Lifecycle, account_stage};
use abm_core::missing::{Missing, missing};
use abm_core::rollup::Part;
use abm_core::rule::AccountFacts;
use abm_core::tier::Tier;
use abm_core::title::Position;
use abm_core::{AccountId, AccountProfile, LeadId, Ledger, Stage, Timestamp, WorkspaceId};
use abm_store::{
    AccountRecord, AccountScores, AccountState, HandoffRecord, LeadRecord, OpportunityTotals,
    PriorityFilter, PriorityRow, ShownAccount, TimelineLine, TopPerson, View,
};

use crate::clock::CLOCK_SECS;
use crate::gather::ledgers_of_leads;
use crate::models::Compiled;
use crate::subject::{self, Ledgers, Subject};
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

/// A person's scores at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadScore {
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100, with coverage.
    pub fit: Fit,
    /// Letter and digit.
    pub label: Label,
    /// Whether they are a marketing qualified lead by the model's rule.
    pub mql: bool,
    /// How senior they are and which part they play, and from where that is known.
    pub position: Position,
    /// Why they are no part of their account's scores; `None` when they are.
    pub exclusion: Option<String>,
    /// The second of the latest activity that counts or could count.
    pub last_activity: Option<i64>,
    /// The second it was assessed at.
    pub assessed_at: i64,
    /// The model version.
    pub model_version: u64,
}

impl App {
    /// The position of the records now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn position(&self, workspace: WorkspaceId) -> Result<u64, AppError> {
        Ok(self.inner.store.view(workspace).revision().await?)
    }

    /// Refuses to read before a position that the database has not reached.
    ///
    /// # Errors
    /// [`AppError::RevisionUnknown`].
    pub async fn check_revision(&self, workspace: WorkspaceId, least: u64) -> Result<(), AppError> {
        let now = self.inner.store.view(workspace).revision().await?;
        if least > now { Err(AppError::RevisionUnknown) } else { Ok(()) }
    }

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
        let view = self.inner.store.view(workspace);
        if as_of.is_none() && version.is_none() {
            let found = view.account_as_shown(id, people).await?;
            let found = found.ok_or_else(|| AppError::not_found("account", id))?;
            let ShownAccount { account, scores, people, members, visitor, .. } = found;
            let (opportunities, lifecycles) = (found.opportunities, found.lifecycles);
            let now = self.clock().now().secs();
            // Between the moment of a change and the timer's work on it, the answer is found
            // here: what is shown is never behind the clock.
            let ahead = scores.assessed_at > now + CLOCK_SECS;
            if !ahead && scores.changes_at.is_none_or(|change| change > now) {
                let compiled = self.inner.models.get(&view, scores.model_version).await?;
                let handoff = match found.is_handed_over {
                    true => open_handoff(&view, id).await?,
                    false => None,
                };
                let shares = shares_of(&compiled, &people, members, &visitor, now);
                return Ok(AccountView {
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
                });
            }
        }
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let compiled = self.inner.model_for(&view, version).await?;
        let at = as_of.unwrap_or_else(|| self.clock().now()).secs();
        let subject = one_subject(&view, &compiled, id).await?;
        let leads = view.leads_of([id.clone()]).await?;
        let opportunities = view.opportunity_totals([id.clone()]).await?.remove(id);
        let opportunities = opportunities.unwrap_or_default();
        let lifecycles = view.lifecycles(leads.keys().cloned()).await?;
        let stands = |lead: &LeadId| lifecycles.get(lead).map(|found| found.lifecycle);
        let everybody = leads.keys().map(|lead| stands(lead).unwrap_or_default());
        let stage = account_stage(everybody, opportunities.outcome());
        let handoff = open_handoff(&view, id).await?;
        let found = assess(&compiled.model, &subject.rules, &subject.people, &subject.visitor, at);
        let mut top = top_people(&subject, &found, at);
        top.truncate(usize::try_from(people).unwrap_or(usize::MAX));
        for person in &mut top {
            person.lifecycle = stands(&person.lead).unwrap_or_default();
            if let Some(lead) = leads.get(&person.lead) {
                person.title.clone_from(&lead.profile.title);
            }
        }
        let scores = AccountScores::from(state_of(&compiled, &subject, &found, at));
        let (model, Subject { people, visitor, .. }) = (&compiled.model, &subject);
        let members = people.iter().zip(&found.people);
        let members = members.filter(|(person, _)| person.rules.exclusion.is_none());
        let part = |person: &Person, engagement| Part { engagement, percent: person.rules.percent };
        let members = members.map(|(person, now)| (person.lead.clone(), part(person, now.score)));
        let shares = shares_of(&compiled, &top, members.collect(), visitor, at);
        let raw = raw_points(model, people, visitor, at);
        let (momentum, visits) =
            (momentum(model, people, visitor, at), visits(model, people, visitor, at));
        Ok(AccountView {
            label: found.label,
            reasons: reasons(&compiled, &scores),
            account: subject.account,
            scores,
            raw_points: Some(raw),
            momentum: Some(momentum),
            visits: Some(visits),
            people: top,
            shares,
            opportunities,
            stage,
            handoff,
            revision,
        })
    }

    /// Accounts by rank, and the position they were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn priority_accounts(
        &self,
        workspace: WorkspaceId,
        filter: &PriorityFilter,
        after: Option<(i64, AccountId)>,
        limit: u64,
    ) -> Result<(Vec<RankedAccount>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let mut ranked = Vec::new();
        for row in view.by_rank(filter, after, limit).await? {
            let compiled = self.inner.models.get(&view, row.scores.model_version.max(1)).await?;
            ranked.push(RankedAccount {
                label: compiled.model.grades.label(row.scores.fit, row.scores.engagement),
                why: reasons(&compiled, &row.scores),
                row,
            });
        }
        Ok((ranked, revision))
    }

    /// What was shown of an account, the latest first, before the line `before`, and the position
    /// it was read at.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn score_history(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<(Vec<TimelineLine>, u64), AppError> {
        let found = self.one_score_history(workspace, id, before, limit).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.one_score_history(workspace, &id, before, limit).await,
            None => found,
        }
    }

    async fn one_score_history(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<(Vec<TimelineLine>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        view.account(id).await?.ok_or_else(|| AppError::not_found("account", id))?;
        Ok((view.timeline_before(id, before, limit).await?, revision))
    }

    /// What accounts lack for the bars they do not meet now, in the order asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn missing(
        &self,
        workspace: WorkspaceId,
        ids: Vec<AccountId>,
    ) -> Result<Vec<Vec<Missing>>, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let compiled = self.inner.model_for(&view, None).await?;
        let at = self.clock().now().secs();
        let subjects = subject::load(&view, &compiled, ids.clone(), Ledgers::Stored).await?;
        // Takes long where there are thousands of people: not on the threads that answer other
        // calls.
        let found = tokio::task::spawn_blocking(move || {
            let find = |id: &AccountId| {
                let subject = subjects.iter().find(|subject| subject.account.id == *id)?;
                let Subject { rules, people, visitor, .. } = subject;
                let now = assess(&compiled.model, rules, people, visitor, at);
                Some(missing(&compiled.model, rules, people, visitor, &now, at))
            };
            ids.iter().map(|id| find(id).unwrap_or_default()).collect()
        });
        found.await.map_err(|_| AppError::Broken)
    }

    /// One lead, or the one that it is merged into, with its scores, and the position it was read at.
    ///
    /// # Errors
    /// When there is no such lead.
    pub async fn lead(
        &self,
        workspace: WorkspaceId,
        id: &LeadId,
    ) -> Result<(LeadRecord, LeadScore, u64), AppError> {
        let found = self.one_lead(workspace, id).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.one_lead(workspace, &id).await,
            None => found,
        }
    }

    async fn one_lead(
        &self,
        workspace: WorkspaceId,
        id: &LeadId,
    ) -> Result<(LeadRecord, LeadScore, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let lead = view.leads([id.clone()]).await?.remove(id);
        let lead = lead.ok_or_else(|| AppError::not_found("lead", id))?;
        let scores = self.lead_scores(&view, std::slice::from_ref(&lead)).await?;
        let score = scores.into_iter().next().ok_or(AppError::Broken)?;
        Ok((lead, score, revision))
    }

    /// Leads with their scores in the order of their ids, of one account or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leads(
        &self,
        workspace: WorkspaceId,
        account: Option<&AccountId>,
        after: Option<&LeadId>,
        limit: u64,
    ) -> Result<(Vec<(LeadRecord, LeadScore)>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let survivor = view.survivors(account.cloned()).await?.into_values().next();
        let leads = view.leads_after(survivor.as_ref().or(account), after, limit).await?;
        let scores = self.lead_scores(&view, &leads).await?;
        Ok((leads.into_iter().zip(scores).collect(), revision))
    }

    /// Scores of people now. They are found anew at each reading: a person's numbers are
    /// never behind the clock.
    async fn lead_scores(
        &self,
        view: &View,
        leads: &[LeadRecord],
    ) -> Result<Vec<LeadScore>, AppError> {
        let at = self.clock().now().secs();
        let compiled = self.inner.model_for(view, None).await?;
        let keys = leads.iter().map(|lead| (lead.account.clone(), lead.id.clone()));
        let states = view.people(keys).await?;
        let stale = states.values().filter(|state| state.matching != compiled.matching);
        let stale = stale.map(|state| state.lead.clone()).collect();
        let rebuilt = ledgers_of_leads(view, &compiled, stale).await?;
        let accounts = view.accounts(leads.iter().filter_map(|lead| lead.account.clone())).await?;
        let nobody = AccountProfile::default();
        let scores = leads.iter().map(|lead| {
            let account = lead.account.as_ref().and_then(|id| accounts.get(id));
            let facts = AccountFacts::new(account.map_or(&nobody, |account| &account.profile));
            let model = &compiled.model;
            let rules = LeadRules::new(model, &lead.profile, &facts);
            let bars = account.map(|account| AccountRules::new(model, &account.profile));
            let bars = bars.unwrap_or_default();
            let stored = states.get(&lead.id).map(|state| &state.ledger);
            let ledger = rebuilt.get(&lead.id).or(stored);
            let nothing = Ledger::default();
            let found = assess_lead(model, &rules, &bars, ledger.unwrap_or(&nothing), at);
            let (engagement, fit) = (found.engagement, rules.fit);
            LeadScore {
                engagement,
                fit,
                mql: found.mql,
                position: rules.position,
                exclusion: rules.exclusion,
                label: compiled.model.grades.label(fit.score, engagement),
                last_activity: ledger.and_then(|ledger| ledger.last_at(at)),
                assessed_at: at,
                model_version: compiled.version,
            }
        });
        Ok(scores.collect())
    }
}

/// An account in a ranked list.
#[derive(Clone, Debug)]
pub struct RankedAccount {
    /// What was found of it.
    pub row: PriorityRow,
    /// Letter and digit.
    pub label: Label,
    /// Why it is where it is, a sentence each.
    pub why: Vec<String>,
}

impl RankedAccount {
    /// Its place, for the page after it.
    #[must_use]
    pub fn place(&self) -> (i64, AccountId) {
        (self.row.scores.rank(), self.row.scores.id.clone())
    }
}

pub(crate) async fn one_subject(
    view: &View,
    compiled: &Compiled,
    id: &AccountId,
) -> Result<Subject, AppError> {
    let found = subject::load(view, compiled, vec![id.clone()], Ledgers::Stored).await?;
    found.into_iter().next().ok_or_else(|| AppError::not_found("account", id))
}

/// The state that an assessment would store.
pub(crate) fn state_of(
    compiled: &Compiled,
    subject: &Subject,
    found: &Assessment,
    at: i64,
) -> AccountState {
    AccountState {
        model_version: compiled.version,
        rules: subject.rules.clone(),
        visitor: subject.visitor.clone(),
        matching: compiled.matching,
        engagement: found.engagement,
        fit: found.fit.score,
        tier: found.tier,
        tier_met: found.tier_met,
        held_until: found.held_until,
        mqa: found.mqa,
        priority: found.priority,
        phase: found.phase,
        engaged_people: found.engaged_people,
        people: u32::try_from(subject.people.len()).unwrap_or(u32::MAX),
        last_activity: found.last_activity,
        assessed_at: at,
        changes_at: found.changes_at,
        ..subject.state.clone()
    }
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

/// Why an account is where it is: its tier and the figures that meet the bar, the hold, the
/// qualification, the exclusion.
fn reasons(compiled: &Compiled, scores: &AccountScores) -> Vec<String> {
    let tiers = compiled.model.tiers_of(scores.segment.as_deref());
    let mut reasons = Vec::new();
    if let Some(reason) = &scores.exclusion {
        reasons.push(format!("excluded from priority: {reason}"));
    }
    let figures = |bar: &abm_core::tier::Bar| {
        format!(
            "fit {} (bar {}), engagement {} (bar {}), {} engaged people (bar {})",
            scores.fit,
            bar.fit,
            scores.engagement,
            bar.engagement,
            scores.engaged_people,
            bar.engaged_people
        )
    };
    let bar_of = |tier: Tier| tiers.bars.iter().find(|bar| bar.tier == tier);
    match scores.tier.and_then(bar_of) {
        Some(bar) if scores.held_until.is_none() => {
            reasons.push(format!("tier {}: {}", bar.tier.number(), figures(&bar.bar)));
        }
        Some(bar) => {
            let days = tiers.hold_secs / abm_core::DAY;
            let number = bar.tier.number();
            reasons.push(format!(
                "tier {number} is held, its bar was met within the last {days} days: {}",
                figures(&bar.bar)
            ));
        }
        None => reasons.push(format!(
            "no tier: fit {}, engagement {}, {} engaged people",
            scores.fit, scores.engagement, scores.engaged_people
        )),
    }
    if scores.mqa {
        reasons.push("marketing qualified".into());
    }
    if let Some(segment) = &scores.segment {
        reasons.push(format!("the bars are those of segment `{segment}`"));
    }
    if let Some(phase) = scores.phase {
        reasons.push(format!("in the phase of {}", phase.name()));
    }
    reasons
}
