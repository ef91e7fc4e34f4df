//! Which domains accounts claim: those of their own profile, and of the accounts merged into them.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::domain::Domain;
use abm_core::{AccountId, LeadId};
use abm_store::{AccountRecord, Claim, LeadRecord, StoreError, WorkspaceRecord, WriteTx};

/// Stores what accounts claim from now on, and gives the people whose match that can change.
/// `known` are profiles of some of them as they are stored by now.
pub(crate) async fn renew_claims(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    owners: &BTreeSet<AccountId>,
    known: &[AccountRecord],
) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
    let claims = claims_now(tx, workspace, owners, known).await?;
    let before = tx.claims_of(owners.iter().cloned()).await?;
    tx.remove_claims(before.difference(&claims)).await?;
    tx.add_claims(claims.difference(&before)).await?;
    let touched = before.symmetric_difference(&claims);
    let registrable = |claim: &Claim| Domain::parse(&claim.domain).ok()?.registrable();
    let domains: BTreeSet<String> =
        touched.filter_map(registrable).map(|domain| domain.to_string()).collect();
    if domains.is_empty() {
        return Ok(BTreeMap::new());
    }
    tx.leads_at_domains(domains.into_iter().collect()).await
}

async fn claims_now(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    owners: &BTreeSet<AccountId>,
    known: &[AccountRecord],
) -> Result<BTreeSet<Claim>, StoreError> {
    let mut claims = BTreeSet::new();
    let mut claim = |owner: &AccountId, account: &AccountRecord| {
        claims.extend(Claim::of(owner, &account.profile.claimed_domains()));
    };
    let own = known.iter().filter(|account| owners.contains(&account.id));
    own.for_each(|account| claim(&account.id, account));
    let named: BTreeSet<&AccountId> = known.iter().map(|account| &account.id).collect();
    let others = owners.iter().filter(|id| !named.contains(id)).cloned();
    tx.accounts(others).await?.values().for_each(|account| claim(&account.id, account));
    if workspace.merged_accounts > 0 {
        let merged: Vec<AccountId> =
            tx.merged_into(owners.iter().cloned()).await?.into_keys().collect();
        let survivors = tx.survivors(merged.iter().cloned()).await?;
        for (id, account) in tx.merged_accounts(merged).await? {
            if let Some(owner) = survivors.get(&id) {
                claim(owner, &account);
            }
        }
    }
    Ok(claims)
}
