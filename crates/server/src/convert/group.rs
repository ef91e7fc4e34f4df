//! Groups of accounts.

use abm_app::{AccountGroup, GroupMember, OpportunityTotals};
use abm_core::AccountId;
use abm_proto::v1;

use super::{opportunity, score, view};

/// A group, rolled up.
pub(crate) fn to_proto(group: &AccountGroup) -> v1::AccountGroup {
    v1::AccountGroup {
        account_id: group.id.to_string(),
        name: group.name().to_owned(),
        members: i32::try_from(group.members.len()).unwrap_or(i32::MAX),
        truncated: group.truncated,
        best_tier: score::tier(group.best_tier()).into(),
        people: view::count(group.people()),
        engaged_people: view::count(group.engaged_people()),
        opportunities: Some(opportunity::totals(&group.opportunities())),
    }
}

/// The members of a group.
pub(crate) fn members(group: &AccountGroup) -> Vec<v1::AccountGroupMember> {
    let members = group.members.iter();
    members.map(|(member, level, totals)| of(member, *level, totals)).collect()
}

fn of(member: &GroupMember, level: usize, totals: &OpportunityTotals) -> v1::AccountGroupMember {
    v1::AccountGroupMember {
        account_id: member.id.to_string(),
        name: member.name.clone(),
        parent_account_id: member.parent.clone().map(AccountId::into_string).unwrap_or_default(),
        level: i32::try_from(level).unwrap_or(i32::MAX),
        tier: score::tier(member.tier).into(),
        engagement: member.engagement.into(),
        fit: member.fit.into(),
        people: view::count(member.people),
        engaged_people: view::count(member.engaged_people),
        opportunities: Some(opportunity::totals(totals)),
    }
}
