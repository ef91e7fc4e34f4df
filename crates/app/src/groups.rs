//! Groups of accounts: an ultimate parent and everything that belongs to it.
//!
//! Who belongs to whom is what callers say, in any order, and they may say that two accounts
//! belong to each other. Such a ring is a group like any other: the smallest id in it stands for
//! its ultimate parent, whichever account was sent first.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::tier::Tier;
use abm_core::{AccountId, WorkspaceId};
use abm_store::{GroupMember, OpportunityTotals, StoreError, View};

use crate::{App, AppError};

/// How many levels are looked up, and down.
const DEPTH: usize = 32;

/// How many members of one group are looked at.
const MEMBERS: usize = 1_000;

/// Most groups of one page.
pub const GROUPS_MOST: u64 = 100;

/// How many accounts are looked at for each page of groups; where fewer of them than asked for
/// are an ultimate parent, the page is shorter.
const LOOKED_AT: u64 = 2_000;

/// An ultimate parent with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountGroup {
    /// The ultimate parent.
    pub id: AccountId,
    /// The ultimate parent first, then level by level; each with its level, 0 for the ultimate
    /// parent, and its opportunities.
    pub members: Vec<(GroupMember, usize, OpportunityTotals)>,
    /// There are more members, or deeper ones, than were looked at.
    pub truncated: bool,
}

impl AccountGroup {
    /// The name of the ultimate parent.
    #[must_use]
    pub fn name(&self) -> &str {
        self.members.first().map_or("", |(member, ..)| &member.name)
    }

    /// People of all members.
    #[must_use]
    pub fn people(&self) -> u32 {
        self.members.iter().fold(0, |sum, (member, ..)| sum.saturating_add(member.people))
    }

    /// Engaged people of all members.
    #[must_use]
    pub fn engaged_people(&self) -> u32 {
        self.members.iter().fold(0, |sum, (member, ..)| sum.saturating_add(member.engaged_people))
    }

    /// The best tier of a member.
    #[must_use]
    pub fn best_tier(&self) -> Option<Tier> {
        self.members.iter().filter_map(|(member, ..)| member.tier).min_by_key(|tier| tier.number())
    }

    /// The opportunities of all members.
    #[must_use]
    pub fn opportunities(&self) -> OpportunityTotals {
        let mut sum = OpportunityTotals::default();
        self.members.iter().for_each(|(.., totals)| sum.add(totals));
        sum
    }
}

impl App {
    /// The group that an account, or the one that it is merged into, is in, and the position it was read at.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn account_group(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
    ) -> Result<(AccountGroup, u64), AppError> {
        let found = self.one_account_group(workspace, id).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.one_account_group(workspace, &id).await,
            None => found,
        }
    }

    async fn one_account_group(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
    ) -> Result<(AccountGroup, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let known = view.parents([id.clone()]).await?;
        if known.is_empty() {
            return Err(AppError::not_found("account", id));
        }
        let family = Family::load(&view, known).await?;
        let group = groups_of(&view, vec![family.ultimate_parent(id)]).await?.pop();
        Ok((group.ok_or(AppError::Broken)?, revision))
    }

    /// Groups in the order of their ultimate parents' ids, after `after`; the account after which
    /// the next page begins, `None` when there is none; and the position they were read at. The
    /// page has at most `limit` groups and can be shorter, even empty, before the last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_groups(
        &self,
        workspace: WorkspaceId,
        after: Option<&AccountId>,
        limit: u64,
    ) -> Result<(Vec<AccountGroup>, Option<AccountId>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let found = view.parents_after(after, LOOKED_AT).await?;
        let mut more = found.len() as u64 == LOOKED_AT;
        let family = Family::load(&view, found.iter().cloned().collect()).await?;
        let limit = usize::try_from(limit.min(GROUPS_MOST)).unwrap_or(usize::MAX);
        let (mut ultimate, mut last) = (Vec::new(), None);
        for (id, _) in found {
            if ultimate.len() == limit {
                more = true;
                break;
            }
            if family.ultimate_parent(&id) == id {
                ultimate.push(id.clone());
            }
            last = Some(id);
        }
        let groups = groups_of(&view, ultimate).await?;
        Ok((groups, last.filter(|_| more), revision))
    }
}

/// Who belongs to whom, as far up as anybody of interest reaches.
struct Family(BTreeMap<AccountId, Option<AccountId>>);

impl Family {
    /// Loads what lies above some accounts, level by level.
    async fn load(
        view: &View,
        mut known: BTreeMap<AccountId, Option<AccountId>>,
    ) -> Result<Self, StoreError> {
        let unknown = |of: &BTreeMap<AccountId, Option<AccountId>>,
                       known: &BTreeMap<AccountId, Option<AccountId>>| {
            let parents = of.values().flatten().filter(|parent| !known.contains_key(*parent));
            parents.cloned().collect::<BTreeSet<AccountId>>()
        };
        let mut above = unknown(&known, &known);
        for _ in 0..DEPTH {
            if above.is_empty() {
                break;
            }
            let found = view.parents(above).await?;
            let next = unknown(&found, &known);
            known.extend(found);
            above = next.into_iter().filter(|id| !known.contains_key(id)).collect();
        }
        Ok(Self(known))
    }

    /// The account above all others above this one; in a ring the smallest id of it. One that
    /// is not known stands above nobody.
    fn ultimate_parent(&self, id: &AccountId) -> AccountId {
        let mut path = vec![id];
        for _ in 0..DEPTH {
            let last = path.last().copied().unwrap_or(id);
            let parent = self.0.get(last).and_then(Option::as_ref);
            let Some(parent) = parent.filter(|parent| self.0.contains_key(*parent)) else {
                return last.clone();
            };
            if let Some(start) = path.iter().position(|seen| *seen == parent) {
                let ring = path.iter().skip(start).min().copied();
                return ring.unwrap_or(parent).clone();
            }
            path.push(parent);
        }
        path.last().copied().unwrap_or(id).clone()
    }
}

/// The groups of ultimate parents, in the same order.
async fn groups_of(view: &View, ultimate: Vec<AccountId>) -> Result<Vec<AccountGroup>, StoreError> {
    let mut groups: Vec<Gathered> = ultimate.into_iter().map(Gathered::new).collect();
    for level in 1..=DEPTH + 1 {
        let parents: BTreeSet<AccountId> =
            groups.iter().flat_map(|group| group.lowest.iter().cloned()).collect();
        if parents.is_empty() {
            break;
        }
        // One more than is looked at, to see whether there are more.
        let children = view.children(parents, MEMBERS + 1).await?;
        for group in &mut groups {
            group.descend(&children, level);
        }
    }
    let ids = groups.iter().flat_map(|group| &group.levels);
    let ids: Vec<AccountId> = ids.map(|(id, _)| id.clone()).collect();
    let totals = view.opportunity_totals(ids.iter().cloned()).await?;
    let members = view.group_members(ids).await?;
    let groups = groups.into_iter().map(|group| {
        let shown = group.levels.into_iter().filter_map(|(id, level)| {
            let opportunities = totals.get(&id).cloned().unwrap_or_default();
            Some((members.get(&id)?.clone(), level, opportunities))
        });
        AccountGroup { id: group.id, members: shown.collect(), truncated: group.truncated }
    });
    Ok(groups.collect())
}

/// A group while its members are gathered.
struct Gathered {
    id: AccountId,
    levels: Vec<(AccountId, usize)>,
    seen: BTreeSet<AccountId>,
    /// The members of the lowest level so far.
    lowest: Vec<AccountId>,
    truncated: bool,
}

impl Gathered {
    fn new(id: AccountId) -> Self {
        Self {
            levels: vec![(id.clone(), 0)],
            seen: BTreeSet::from([id.clone()]),
            lowest: vec![id.clone()],
            truncated: false,
            id,
        }
    }

    /// Takes in who belongs to the lowest level; below the last level that is looked at, only
    /// notes that there is somebody.
    fn descend(&mut self, children: &BTreeMap<AccountId, Vec<AccountId>>, level: usize) {
        let parents = std::mem::take(&mut self.lowest);
        for child in parents.iter().filter_map(|parent| children.get(parent)).flatten() {
            if !self.seen.insert(child.clone()) {
                continue;
            }
            if level > DEPTH || self.levels.len() == MEMBERS {
                self.truncated = true;
                return;
            }
            self.levels.push((child.clone(), level));
            self.lowest.push(child.clone());
        }
    }
}
