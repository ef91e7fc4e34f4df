//! What became of what marketing passed on.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::handoff::{HandoffState, Packet, RejectionKind};
use abm_core::{Timestamp, WorkspaceId};
use abm_learn::feedback::funnel::{Cohort, Passage, Tally};
use abm_learn::feedback::rules::{self, Decided, Decision, Findings};
use abm_learn::feedback::{Dimension, GroupBy, Keys};
use abm_store::{HandoffFilter, HandoffRecord, PassedLead, View};

use crate::{App, AppError};

/// Leads, or handoffs, that are read together.
const CHUNK: u64 = 2_000;

/// A period: from the first moment to before the second.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// From then on; from the beginning when unset.
    pub from: Option<Timestamp>,
    /// Before then; to the end when unset.
    pub until: Option<Timestamp>,
}

/// What to ask of the funnel.
#[derive(Clone, Debug)]
pub struct FunnelQuestion {
    /// How leads are grouped.
    pub by: GroupBy,
    /// When they were first marketing qualified.
    pub period: Period,
    /// The attribute of leads that tells where they come from.
    pub origin: String,
}

impl App {
    /// What became of leads that were marketing qualified in a period, by group, and the position
    /// it was read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn funnel(
        &self,
        workspace: WorkspaceId,
        question: &FunnelQuestion,
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
            for passage in passages(&view, &page, &question.origin).await? {
                tally.add(&passage);
            }
        }
        Ok((tally.finish(), revision))
    }

    /// How the rules and signals that stood behind handoffs of a period did, those that bring
    /// what sales turns down first, and the position it was read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rule_report(
        &self,
        workspace: WorkspaceId,
        period: Period,
    ) -> Result<(Findings, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut tally = rules::Tally::default();
        let mut before = period.until.map(|until| (until, String::new()));
        loop {
            let filter = HandoffFilter::default();
            let page = view.handoffs_before(&filter, before.as_ref(), CHUNK).await?;
            let Some(last) = page.last() else { break };
            before = Some((last.created_at, last.id.clone()));
            let accounts = page.iter().filter_map(|handoff| handoff.account.clone());
            let bought = view.accounts_that_bought(accounts).await?;
            let early =
                |handoff: &HandoffRecord| period.from.is_some_and(|from| handoff.created_at < from);
            for handoff in page.iter().filter(|handoff| !early(handoff)) {
                let won = handoff.account.as_ref().is_some_and(|id| bought.contains(id));
                tally.add(&decided(handoff, won));
            }
            if page.iter().any(early) {
                break;
            }
        }
        Ok((tally.finish(), revision))
    }
}

/// A handoff with the rules that stood behind it: those that gave the scores of who qualified.
fn decided(handoff: &HandoffRecord, won: bool) -> Decided {
    let packet: Packet = serde_json::from_str(&handoff.packet).unwrap_or_default();
    let people = packet.people.iter().filter(|person| person.qualified);
    let lines = people.flat_map(|person| person.engagement_lines.iter().chain(&person.fit_lines));
    let rules: BTreeSet<String> =
        lines.filter(|line| line.micropoints > 0).map(|line| line.name.clone()).collect();
    let end = handoff.end.clone().unwrap_or_default();
    let outcome = match handoff.state {
        HandoffState::Pending | HandoffState::Claimed | HandoffState::Working => Decision::Open,
        HandoffState::Accepted => Decision::Accepted,
        HandoffState::Rejected => Decision::Rejected {
            reason: end.reason,
            permanent: end.rejection == Some(RejectionKind::Permanent),
        },
        HandoffState::Expired => Decision::Expired,
        HandoffState::Recycled => Decision::Recycled,
    };
    Decided { rules: rules.into_iter().collect(), outcome, won }
}

async fn passages(
    view: &View,
    page: &[PassedLead],
    origin: &str,
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
        let lead = leads.get(&passed.lead);
        let source = lead.and_then(|lead| lead.profile.attributes.get(origin)).cloned();
        let handoff = first.get(&passed.lead).and_then(|id| handoffs.get(id.as_str()));
        Passage {
            mql_at: passed.mql_at.secs(),
            sql_at: passed.sql_at.map(Timestamp::secs),
            opportunity_at: sale.opened_at.map(Timestamp::secs),
            won_at: sale.won_at.map(Timestamp::secs),
            keys: keys(source, handoff.copied()),
        }
    };
    Ok(page.iter().map(passage).collect())
}

/// What a lead can be grouped by: what it came from, and what it was handed over as.
fn keys(origin: Option<String>, handoff: Option<&HandoffRecord>) -> Keys {
    let mut keys: Keys = vec![(Dimension::Origin, origin.unwrap_or_default())];
    if let Some(handoff) = handoff {
        let (engagement, _, tier) = handoff.shown;
        let tier = tier.map_or(String::new(), |tier| tier.number().to_string());
        keys.extend([
            (Dimension::Owner, handoff.owner.clone()),
            (Dimension::Tier, tier),
            (Dimension::Engagement, engagement.to_string()),
            (Dimension::ModelVersion, handoff.model_version.to_string()),
        ]);
    }
    keys
}
