//! What leads have in common that sales turned down for good.

use std::collections::BTreeSet;

use abm_core::model::file::FitRuleFile;
use abm_core::title::TitleRules;
use abm_core::{AccountId, AccountProfile, LeadId, WorkspaceId, model};
use abm_learn::feedback::persona::{self, Negative, TooFew};
use abm_learn::feedback::rules::Decision;
use abm_store::LeadRecord;

use super::{Handoffs, Period, decision};
use crate::columns::Columns;
use crate::{App, AppError, room};

/// Most handoffs that are looked at: the latest.
const MOST: usize = 60_000;

/// Fewest handoffs of which a field must be known to be looked at.
const LEAST_KNOWN: usize = 20;

/// The negative persona of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Persona {
    /// Attributes that are more frequent among what was turned down for good, the surest first; or
    /// why nothing can be said.
    pub found: Result<Vec<Negative>, TooFew>,
    /// The model in force with the drafts of all their rules; empty where there are none that it does
    /// not have already.
    pub draft: String,
    /// Handoffs that it was learned from.
    pub handoffs: u64,
    /// The position this was read at.
    pub revision: u64,
}

impl App {
    /// What the leads of handoffs of a period have in common that sales turned down for good, with
    /// drafts of rules against them. Looked at is what is known of the leads and their accounts now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn negative_persona(
        &self,
        workspace: WorkspaceId,
        period: Period,
        leave_out: Vec<String>,
    ) -> Result<Persona, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut rows: Vec<(LeadRecord, Option<AccountProfile>, bool)> = Vec::new();
        let mut seen: BTreeSet<LeadId> = BTreeSet::new();
        let mut handoffs = Handoffs::of(&view, period);
        while let Some(page) = handoffs.next().await? {
            let leads = view.leads(page.iter().filter_map(|found| found.lead.clone())).await?;
            let accounts: Vec<AccountId> =
                leads.values().filter_map(|lead| lead.account.clone()).collect();
            let accounts = view.accounts(accounts).await?;
            for handoff in &page {
                let permanent = match decision(handoff) {
                    Decision::Accepted => false,
                    Decision::Rejected { permanent, .. } => permanent,
                    Decision::Open | Decision::Expired | Decision::Recycled => continue,
                };
                let lead = handoff.lead.as_ref().and_then(|id| leads.get(id));
                // A lead counts once, as it was decided last.
                let Some(lead) = lead.filter(|lead| seen.insert(lead.id.clone())) else { continue };
                let account = lead.account.as_ref().and_then(|id| accounts.get(id));
                let account = account.map(|account| account.profile.clone());
                rows.push((lead.clone(), account, permanent));
            }
            if rows.len() >= MOST {
                break;
            }
        }
        let version = self.inner.workspace(&view).await?.model_version;
        let record = self.inner.model_record(&view, version).await?;
        let compiled = self.inner.models.get(&view, version).await?;
        drop(view);
        let handoffs = rows.len() as u64;
        let learned =
            tokio::task::spawn_blocking(move || learn(&rows, &compiled.model.titles, &leave_out));
        let found = learned.await.map_err(|_| AppError::Broken)?;
        let draft = match &found {
            Ok(traits) => draft(&record.file, traits)?,
            Err(_) => String::new(),
        };
        Ok(Persona { found, draft, handoffs, revision })
    }
}

fn learn(
    rows: &[(LeadRecord, Option<AccountProfile>, bool)],
    titles: &TitleRules,
    leave_out: &[String],
) -> Result<Vec<Negative>, TooFew> {
    let mut columns = Columns::default();
    for (lead, account, _) in rows {
        columns.add(lead, &titles.read(&lead.profile), account.as_ref());
    }
    let mut columns = columns.without_stage().known_of(LEAST_KNOWN);
    columns.retain(|column| !leave_out.iter().any(|name| column.field.is_called(name)));
    let permanent = rows.iter().map(|(.., permanent)| *permanent).collect();
    persona::persona(&persona::Handoffs { columns, permanent })
}

/// A model file with the rules of all traits behind its own.
fn draft(file: &str, traits: &[Negative]) -> Result<String, AppError> {
    let read = model::read_file(file).map_err(AppError::Model)?;
    let room = room::for_lead_fit(&read);
    let mut rules: Vec<(FitRuleFile, String)> =
        read.lead_fit.into_iter().map(|rule| (rule, String::new())).collect();
    let own = rules.len();
    for Negative { rule, permanent, others, .. } in traits {
        let Some(rule) = rule else { continue };
        if rules.len() < room && rules.iter().all(|(known, _)| known.name != rule.name) {
            let note = format!(
                "{} of {} turned down for good, {} of {} others",
                permanent.hits, permanent.of, others.hits, others.of
            );
            rules.push((rule.clone(), note));
        }
    }
    match rules.len() == own {
        true => Ok(String::new()),
        false => model::with_lead_fit(file, &rules).map_err(AppError::Model),
    }
}
