//! Opening a score: into people, signals and single activities.

mod open;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use abm_core::assess::{
    AccountRules, Forecast, LeadRules, Person, assess, assess_lead, forecast, forecast_mql,
};
use abm_core::explain::{
    Explanation, What, explain_account_engagement, explain_account_fit, explain_lead_fit,
};
use abm_core::missing::{Missing, missing, missing_for_lead};
use abm_core::rule::AccountFacts;
use abm_core::{AccountId, ActivityKey, LeadId, Ledger, Timestamp, WorkspaceId};
use abm_store::{LeadRecord, StoreError, View};

use crate::gather::ledgers_of_leads;
use crate::models::Compiled;
use crate::subject::{self, Subject};
use crate::{App, AppError};
use open::Opening;

/// Which score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreKind {
    /// What they do.
    Engagement,
    /// How well they suit.
    Fit,
}

/// How far an account's engagement is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Its people.
    People,
    /// The signals of each person.
    Signals,
    /// The single activities.
    Activities,
}

/// What to explain.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Which score.
    pub kind: ScoreKind,
    /// The moment; now when unset.
    pub as_of: Option<Timestamp>,
    /// The model version; the one in force when unset.
    pub version: Option<u64>,
    /// How far.
    pub depth: Depth,
    /// How many people are opened.
    pub people: usize,
}

/// The activity behind a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedActivity {
    /// Source and id.
    pub key: ActivityKey,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A score opened, with the activities behind its lines.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The lines.
    pub explanation: Explanation,
    /// The activities, by the second and signal of their lines; equal ones in the order of
    /// their lines.
    pub activities: BTreeMap<(i64, u16), VecDeque<ExplainedActivity>>,
}

/// An account's score opened.
#[derive(Clone, Debug)]
pub struct AccountExplained {
    /// The account's own lines.
    pub opened: Opened,
    /// The people's engagement, opened; for fit empty.
    pub people: BTreeMap<LeadId, Opened>,
    /// The unknown visitor's engagement, opened.
    pub visitor: Option<Opened>,
    /// What is lacking for the bars not met.
    pub missing: Vec<Missing>,
    /// When it leaves its tier if it stays silent.
    pub forecast: Option<Forecast>,
    /// The tier it is in.
    pub tier: Option<abm_core::tier::Tier>,
    /// The moment.
    pub as_of: Timestamp,
    /// The model version.
    pub model_version: u64,
    /// The position this was read at.
    pub revision: u64,
}

/// A person's score opened.
#[derive(Clone, Debug)]
pub struct LeadExplained {
    /// The lines.
    pub opened: Opened,
    /// Whether they are a marketing qualified lead by the model's rule.
    pub mql: bool,
    /// What is lacking for that.
    pub missing: Option<Missing>,
    /// When that changes if they stay silent.
    pub mql_changes_at: Option<i64>,
    /// The moment.
    pub as_of: Timestamp,
    /// The model version.
    pub model_version: u64,
    /// The position this was read at.
    pub revision: u64,
}

impl App {
    /// Opens the score of an account, or of the one that it is merged into.
    ///
    /// # Errors
    /// When there is no such account or version.
    pub async fn explain_account(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        question: Question,
    ) -> Result<AccountExplained, AppError> {
        let found = self.explain_one_account(workspace, id, question).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.explain_one_account(workspace, &id, question).await,
            None => found,
        }
    }

    async fn explain_one_account(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        question: Question,
    ) -> Result<AccountExplained, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let compiled = self.inner.model_for(&view, question.version).await?;
        let as_of = question.as_of.unwrap_or_else(|| self.clock().now());
        let subject = subject::load_one(&view, &compiled, id).await?;
        let shared = Arc::clone(&compiled);
        // Takes long where there are thousands of people: not on the threads that answer other
        // calls.
        let found = tokio::task::spawn_blocking(move || {
            let explained = explain(&shared, &subject, question.kind, as_of, revision);
            (subject, explained)
        });
        let (subject, mut explained) = found.await.map_err(|_| AppError::Broken)?;
        if question.kind == ScoreKind::Engagement && question.depth > Depth::People {
            let (depth, at) = (question.depth, as_of.secs());
            let opening = Opening { view: &view, compiled: &compiled, depth, at };
            let leads = first_people(&explained.opened.explanation, question.people);
            explained.people = opening.people(&leads, &subject.people).await?;
            if !subject.visitor.is_empty() {
                explained.visitor = Some(opening.visitor(id, &subject.visitor).await?);
            }
        }
        Ok(explained)
    }

    /// Opens the score of a person, or of the one that they are merged into.
    ///
    /// # Errors
    /// When there is no such person or version.
    pub async fn explain_lead(
        &self,
        workspace: WorkspaceId,
        id: &LeadId,
        question: Question,
    ) -> Result<LeadExplained, AppError> {
        let found = self.explain_one_lead(workspace, id, question).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.explain_one_lead(workspace, &id, question).await,
            None => found,
        }
    }

    async fn explain_one_lead(
        &self,
        workspace: WorkspaceId,
        id: &LeadId,
        question: Question,
    ) -> Result<LeadExplained, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let compiled = self.inner.model_for(&view, question.version).await?;
        let as_of = question.as_of.unwrap_or_else(|| self.clock().now());
        let lead = view.leads([id.clone()]).await?.remove(id);
        let lead = lead.ok_or_else(|| AppError::not_found("lead", id))?;
        let profile = match &lead.account {
            Some(account) => view.account(account).await?.map(|found| found.profile),
            None => None,
        };
        let facts = AccountFacts::new(&profile.unwrap_or_default());
        let (model, at) = (&compiled.model, as_of.secs());
        let ledger = ledger_of(&view, &compiled, &lead).await?;
        let opened = match question.kind {
            ScoreKind::Engagement => {
                let opening =
                    Opening { view: &view, compiled: &compiled, depth: question.depth, at };
                opening.lead(id, &ledger).await?
            }
            ScoreKind::Fit => {
                let explanation = explain_lead_fit(model, &lead.profile, &facts);
                Opened { explanation, activities: BTreeMap::new() }
            }
        };
        let account = AccountRules::of_facts(model, &facts);
        let rules = LeadRules::new(model, &lead.profile, &facts);
        let person = Person { lead: id.clone(), rules, ledger, known: None };
        Ok(LeadExplained {
            opened,
            mql: assess_lead(model, &person.rules, &account, &person.ledger, at).mql,
            missing: missing_for_lead(model, &account, &person, at),
            mql_changes_at: forecast_mql(model, &person.rules, &account, &person.ledger, at),
            as_of,
            model_version: compiled.version,
            revision,
        })
    }
}

/// An account's score opened into its people, and what it lacks.
fn explain(
    compiled: &Compiled,
    subject: &Subject,
    kind: ScoreKind,
    as_of: Timestamp,
    revision: u64,
) -> AccountExplained {
    let (model, at) = (&compiled.model, as_of.secs());
    let Subject { account, rules, people, visitor, .. } = subject;
    let now = assess(model, rules, people, visitor, at);
    let explanation = match kind {
        ScoreKind::Engagement => explain_account_engagement(model, people, visitor, at),
        ScoreKind::Fit => explain_account_fit(model, &account.profile, people),
    };
    AccountExplained {
        missing: missing(model, rules, people, visitor, &now, at),
        forecast: forecast(model, rules, people, visitor, &now, at),
        tier: now.tier,
        opened: Opened { explanation, activities: BTreeMap::new() },
        people: BTreeMap::new(),
        visitor: None,
        as_of,
        model_version: compiled.version,
        revision,
    }
}

/// The people of the first so many lines.
fn first_people(explanation: &Explanation, most: usize) -> Vec<LeadId> {
    let leads = explanation.lines.iter().filter_map(|line| match &line.what {
        What::Person { lead, .. } => Some(lead.clone()),
        _ => None,
    });
    leads.take(most).collect()
}

/// A person's ledger under a model.
async fn ledger_of(
    view: &View,
    compiled: &Compiled,
    lead: &LeadRecord,
) -> Result<Ledger, StoreError> {
    let key = (lead.account.clone(), lead.id.clone());
    match view.people([key]).await?.remove(&lead.id) {
        Some(state) if state.matching == compiled.matching => Ok(state.ledger),
        _ => {
            let made = ledgers_of_leads(view, compiled, vec![lead.id.clone()]).await?;
            Ok(made.into_values().next().unwrap_or_default())
        }
    }
}
