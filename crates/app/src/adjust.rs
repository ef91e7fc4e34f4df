//! Single fields of a record, set by a person with a reason: where a lead or an account belongs,
//! and the part a lead plays. Whatever a caller sends later replaces them, as it does everything.

use abm_core::{AccountId, AccountOrigin, BuyingRole, LeadId, WorkspaceId};
use abm_store::{Adjusted, Adjustment, Cause, Lock, Mergeable};

use crate::idempotency::RequestKey;
use crate::merge::Note;
use crate::regroup::Change;
use crate::{App, AppError, Inner, accounts, leads};

/// Most adjustments that are told of a record.
const TOLD: u64 = 50;

/// What to set of a lead.
#[derive(Clone, Debug)]
pub enum LeadField {
    /// The account it belongs to; `None` leaves that to its address and activities.
    Account(Option<AccountId>),
    /// The part it plays in a purchase; `None` when it is not known.
    BuyingRole(Option<BuyingRole>),
}

/// What people did to a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The ids that are merged into it, in their order.
    pub merged: Vec<String>,
    /// What was corrected of it, the latest first.
    pub adjustments: Vec<Adjustment>,
}

impl App {
    /// Sets a field of a lead, or of the one that it is merged into.
    ///
    /// # Errors
    /// When there is no such lead.
    pub async fn set_lead_field(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        id: LeadId,
        field: LeadField,
        note: Note,
    ) -> Result<u64, AppError> {
        note.check()?;
        self.writer
            .run(move |inner| async move {
                set_lead_field(&inner, workspace, request, id, field, note).await
            })
            .await
    }

    /// Sets the account that an account, or the one that it is merged into, belongs to.
    ///
    /// # Errors
    /// When there is no such account; when both are the same, or count for the same.
    pub async fn set_parent(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        id: AccountId,
        parent: Option<AccountId>,
        note: Note,
    ) -> Result<u64, AppError> {
        note.check()?;
        self.writer
            .run(move |inner| async move {
                set_parent(&inner, workspace, request, id, parent, note).await
            })
            .await
    }

    /// What people did to a record.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn history_of<Id: Mergeable>(
        &self,
        workspace: WorkspaceId,
        id: &Id,
    ) -> Result<History, AppError> {
        let view = self.inner.store.view(workspace);
        let merged = view.merged_into([id.clone()]).await?;
        Ok(History {
            merged: merged.keys().map(ToString::to_string).collect(),
            adjustments: view.adjustments(id, TOLD).await?,
        })
    }
}

async fn set_lead_field(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    id: LeadId,
    field: LeadField,
    note: Note,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let id = tx.survivors([id.clone()]).await?.remove(&id).unwrap_or(id);
    let before = tx.leads([id.clone()]).await?;
    let mut lead = before.get(&id).cloned().ok_or_else(|| AppError::not_found("lead", &id))?;
    let (what, value) = match field {
        LeadField::Account(account) => {
            let value = account.as_ref().map_or("", AccountId::as_str).to_owned();
            lead.profile.account = account;
            (Adjusted::Account, value)
        }
        LeadField::BuyingRole(role) => {
            lead.profile.buying_role = role;
            (Adjusted::BuyingRole, role.map_or("", BuyingRole::name).to_owned())
        }
    };
    if before.get(&id) != Some(&lead) {
        // Somebody says something of it, as a caller does.
        lead.known = true;
        lead.updated_at = now;
        let compiled = inner.models.get(&tx, workspace.model_version).await?;
        let cause = Cause::Profile;
        let change = Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause, now };
        leads::store_changed(&change, before, [(id.clone(), lead)].into()).await?;
        tx.add_adjustments::<LeadId>(&[note.adjustment(&id, what, value, now)]).await?;
    }
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}

async fn set_parent(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    id: AccountId,
    parent: Option<AccountId>,
    note: Note,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let survivors = tx.survivors([id.clone()].into_iter().chain(parent.clone())).await?;
    let counted = |id: &AccountId| survivors.get(id).unwrap_or(id).clone();
    let id = counted(&id);
    if parent.as_ref().map(counted).as_ref() == Some(&id) {
        return Err(AppError::invalid("parent_account_id", "is the account itself"));
    }
    let before = accounts::stored(&tx, &workspace, [id.clone()].into()).await?;
    let account = before.all.get(&id).cloned();
    let mut account = account.ok_or_else(|| AppError::not_found("account", &id))?;
    if account.profile.parent != parent {
        let value = parent.as_ref().map_or("", AccountId::as_str).to_owned();
        account.profile.parent = parent;
        // Somebody says something of it, as a caller does.
        account.origin = AccountOrigin::Caller;
        account.updated_at = now;
        let compiled = inner.models.get(&tx, workspace.model_version).await?;
        let cause = Cause::Profile;
        let change = Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause, now };
        accounts::store_changed(&change, &before, [(id.clone(), account)].into()).await?;
        let adjustment = note.adjustment(&id, Adjusted::Parent, value, now);
        tx.add_adjustments::<AccountId>(&[adjustment]).await?;
    }
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}
