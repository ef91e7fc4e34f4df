//! What became of what marketing passed on.

mod funnel;
mod persona;
mod review;
mod rules;
mod service;
mod sold;

use abm_core::Timestamp;
use abm_core::handoff::{HandoffState, Packet, RejectionKind};
use abm_learn::feedback::rules::Decision;
use abm_learn::feedback::{Dimension, GroupBy, Keys};
use abm_store::{HandoffFilter, HandoffRecord, LeadRecord, View};

use crate::AppError;

pub use persona::Persona;
pub use review::{ReviewPack, ReviewedHandoff};

/// Leads, or handoffs, that are read together.
const CHUNK: u64 = 2_000;

/// A period: from the first moment to before the second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Period {
    /// From then on; from the beginning when unset.
    pub from: Option<Timestamp>,
    /// Before then; to the end when unset.
    pub until: Option<Timestamp>,
}

/// What is asked of a report by groups.
#[derive(Clone, Debug)]
pub struct Grouped {
    /// How leads or handoffs are grouped.
    pub by: GroupBy,
    /// When leads were first marketing qualified, or handed over.
    pub period: Period,
    /// The attribute of leads that tells where they come from.
    pub origin: String,
}

impl Grouped {
    /// What a lead, or the handoff that it began, can be grouped by: what it came from, and what it
    /// was handed over as.
    fn keys(&self, lead: Option<&LeadRecord>, handoff: Option<&HandoffRecord>) -> Keys {
        let origin = lead.and_then(|lead| lead.profile.attributes.get(&self.origin));
        let mut keys: Keys = vec![(Dimension::Origin, origin.cloned().unwrap_or_default())];
        let Some(handoff) = handoff else { return keys };
        let (engagement, _, tier) = handoff.shown;
        let tier = tier.map_or(String::new(), |tier| tier.number().to_string());
        keys.extend([
            (Dimension::Owner, first_owner(handoff).to_owned()),
            (Dimension::Tier, tier),
            (Dimension::Engagement, engagement.to_string()),
            (Dimension::ModelVersion, handoff.model_version.to_string()),
        ]);
        if self.by == GroupBy::Key(Dimension::Campaign) {
            // The latest first: what brought them to be handed over.
            let campaigns = packet(handoff).touches.into_iter().map(|touch| touch.campaign);
            keys.extend(campaigns.map(|campaign| (Dimension::Campaign, campaign)));
        }
        keys
    }
}

/// Handoffs that were made in a period, the latest first, some at a time.
struct Handoffs<'a> {
    view: &'a View,
    from: Option<Timestamp>,
    before: Option<(Timestamp, String)>,
    over: bool,
}

impl<'a> Handoffs<'a> {
    fn of(view: &'a View, period: Period) -> Self {
        let before = period.until.map(|until| (until, String::new()));
        Self { view, from: period.from, before, over: false }
    }

    async fn next(&mut self) -> Result<Option<Vec<HandoffRecord>>, AppError> {
        if self.over {
            return Ok(None);
        }
        let filter = HandoffFilter::default();
        let mut page = self.view.handoffs_before(&filter, self.before.as_ref(), CHUNK).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.before = Some((last.created_at, last.id.clone()));
        let read = page.len();
        page.retain(|handoff| self.from.is_none_or(|from| handoff.created_at >= from));
        self.over = page.len() < read;
        Ok(Some(page))
    }
}

/// What sales got to read.
fn packet(handoff: &HandoffRecord) -> Packet {
    // It was written by this service; one that cannot be read tells nothing.
    serde_json::from_str(&handoff.packet).unwrap_or_default()
}

/// Who answers for a handoff: who was given it first, whoever has it now. Where it began in a queue,
/// who has it.
fn first_owner(handoff: &HandoffRecord) -> &str {
    match handoff.first_owner.as_str() {
        "" => &handoff.owner,
        first => first,
    }
}

/// What became of a handoff.
fn decision(handoff: &HandoffRecord) -> Decision {
    match handoff.state {
        HandoffState::Pending | HandoffState::Claimed | HandoffState::Working => Decision::Open,
        HandoffState::Accepted => Decision::Accepted,
        HandoffState::Rejected => {
            let end = handoff.end.clone().unwrap_or_default();
            let permanent = end.rejection == Some(RejectionKind::Permanent);
            Decision::Rejected { reason: end.reason, permanent }
        }
        HandoffState::Expired => Decision::Expired,
        HandoffState::Recycled => Decision::Recycled,
    }
}
