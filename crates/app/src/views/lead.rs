//! People, with their scores now.

use abm_core::assess::{AccountRules, LeadRules, assess_lead};
use abm_core::fit::Fit;
use abm_core::grade::Label;
use abm_core::rule::AccountFacts;
use abm_core::title::Position;
use abm_core::{AccountId, AccountProfile, LeadId, Ledger, WorkspaceId};
use abm_store::{LeadRecord, View};

use crate::gather::ledgers_of_leads;
use crate::{App, AppError};

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
