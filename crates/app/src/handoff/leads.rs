//! The leads of a handoff, as they move with it.

use std::collections::BTreeSet;

use abm_core::lifecycle::{Actor, Asked, Grounds, Move, Refused};
use abm_core::{LeadId, Stage, Timestamp};
use abm_store::{HandoffRecord, View, WriteTx};

use crate::AppError;
use crate::lifecycle::{Moving, Record};

/// The leads of a handoff, each as the one that it is merged into by now.
pub(super) async fn counted(
    tx: &WriteTx,
    handoff: &HandoffRecord,
) -> Result<BTreeSet<LeadId>, AppError> {
    let leads = tx.handoff_leads(&handoff.id).await?;
    let leads = leads.into_iter().map(|lead| lead.lead).collect();
    Ok(as_counted(tx, leads).await?.into_iter().collect())
}

/// Leads, each as the one that it is merged into by now.
pub(super) async fn as_counted(view: &View, leads: Vec<LeadId>) -> Result<Vec<LeadId>, AppError> {
    let survivors = view.survivors(leads.iter().cloned()).await?;
    Ok(leads.into_iter().map(|lead| survivors.get(&lead).cloned().unwrap_or(lead)).collect())
}

/// The leads of a handoff that move with it.
pub(super) struct Leads<'a> {
    pub(super) handoff: &'a HandoffRecord,
    pub(super) step: Move,
    pub(super) grounds: &'a Grounds,
    pub(super) actor: Actor,
    pub(super) caller: &'a str,
    pub(super) reason: &'a str,
}

impl Leads<'_> {
    /// Moves those who are MQLs still, at a moment; the others have moved on by themselves and stay
    /// where they are. Gives why nobody is where the move leads, of those there are.
    pub(super) async fn go(
        &self,
        tx: &WriteTx,
        model_version: u64,
        at: Timestamp,
    ) -> Result<Option<Refused>, AppError> {
        let leads = counted(tx, self.handoff).await?;
        let mut moving = Moving::begin(tx, leads.clone(), at).await?;
        let (mut refused, mut moved) = (None, leads.is_empty());
        for lead in &leads {
            let asked = Asked { actor: self.actor, at, grounds: self.grounds.clone() };
            let Some(stands) = moving.get(lead).map(|stands| stands.lifecycle) else { continue };
            if !stands.is_mql() {
                // One that is merged into an SQL meanwhile is accepted with it.
                moved |= self.step == Move::Accept && stands.decided == Stage::Sql;
                refused = refused.or(stands.after(self.step, &asked).err());
                continue;
            }
            let record = Record {
                caller: self.caller.to_owned(),
                reason: self.reason.to_owned(),
                model_version,
                handoff: self.handoff.id.clone(),
                evidence: String::new(),
            };
            match moving.step(lead, self.step, &asked, record) {
                Ok(()) => moved = true,
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        moving.store(tx).await?;
        Ok(refused.filter(|_| !moved))
    }
}
