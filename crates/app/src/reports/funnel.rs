//! From marketing qualified to sold.

use std::collections::BTreeMap;

use abm_core::{Timestamp, WorkspaceId};
use abm_learn::feedback::funnel::{Cohort, Passage, Tally};
use abm_store::{HandoffRecord, PassedLead, View};

use super::{CHUNK, Grouped};
use crate::{App, AppError};

impl App {
    /// What became of leads that were marketing qualified in a period, by group, and the position
    /// it was read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn funnel(
        &self,
        workspace: WorkspaceId,
        question: &Grouped,
    ) -> Result<(Vec<Cohort>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut tally = Tally::new(question.by);
        let from = question.period.from.unwrap_or(Timestamp::MIN);
        let until = question.period.until.unwrap_or(Timestamp::MAX);
        let mut after = None;
        loop {
            let page = view.passed_leads(from, until, after.as_ref(), CHUNK).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.mql_at, last.lead.clone()));
            for passage in passages(&view, &page, question).await? {
                tally.add(&passage);
            }
        }
        Ok((tally.finish(), revision))
    }
}

async fn passages(
    view: &View,
    page: &[PassedLead],
    question: &Grouped,
) -> Result<Vec<Passage>, AppError> {
    let ids = || page.iter().map(|passed| passed.lead.clone());
    let leads = view.leads(ids()).await?;
    let sales = view.first_sales(ids()).await?;
    let first = view.first_handoffs(ids()).await?;
    let handoffs = view.handoffs_by_id(first.values().cloned()).await?;
    let handoffs: BTreeMap<&str, &HandoffRecord> =
        handoffs.iter().map(|handoff| (handoff.id.as_str(), handoff)).collect();
    let passage = |passed: &PassedLead| {
        let sale = sales.get(&passed.lead).copied().unwrap_or_default();
        let handoff = first.get(&passed.lead).and_then(|id| handoffs.get(id.as_str()));
        Passage {
            mql_at: passed.mql_at.secs(),
            sql_at: passed.sql_at.map(Timestamp::secs),
            opportunity_at: sale.opened_at.map(Timestamp::secs),
            won_at: sale.won_at.map(Timestamp::secs),
            keys: question.keys(leads.get(&passed.lead), handoff.copied()),
        }
    };
    Ok(page.iter().map(passage).collect())
}
