//! For whom new activities count.

use std::borrow::Cow;

use abm_core::Activity;
use abm_store::{WorkspaceRecord, WriteTx};

use crate::AppError;
use crate::survivors::Survivors;

/// Activities as they count: those of leads that are merged, and of the unknown visitors of
/// accounts that are, for their survivors.
pub(super) async fn counted<'a>(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    sent: impl Iterator<Item = &'a Activity> + Clone,
) -> Result<Vec<Cow<'a, Activity>>, AppError> {
    let leads = sent.clone().filter_map(|activity| activity.lead.clone());
    let leads = Survivors::load(tx, workspace.merged_leads, leads).await?;
    let visited = sent.clone().filter(|activity| activity.lead.is_none());
    let visited = visited.filter_map(|activity| activity.account.clone());
    let accounts = Survivors::load(tx, workspace.merged_accounts, visited).await?;
    let count = |activity: &'a Activity| {
        let lead = activity.lead.as_ref().map(|lead| leads.of(lead));
        let account = match lead {
            // Beside a lead it is a hint, and kept as it was sent.
            Some(_) => activity.account.as_ref(),
            None => activity.account.as_ref().map(|account| accounts.of(account)),
        };
        if lead == activity.lead.as_ref() && account == activity.account.as_ref() {
            return Cow::Borrowed(activity);
        }
        let (lead, account) = (lead.cloned(), account.cloned());
        Cow::Owned(Activity { lead, account, ..activity.clone() })
    };
    Ok(sent.map(count).collect())
}
