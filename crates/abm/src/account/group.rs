//! `abm account group` and `abm account groups`.

use abm_client::{Client, v1};
use clap::Args;
use serde_json::{Value, json};

use super::tier;
use crate::listing::{Format, Listing};
use crate::opportunity::amounts;

/// Whose group.
#[derive(Debug, Args)]
pub(crate) struct GroupArgs {
    /// The id of any account of the group.
    account: String,

    /// How the members are written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How the groups are written.
#[derive(Debug, Args)]
pub(crate) struct GroupsArgs {
    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const MEMBER: &[&str] =
    &["account_id", "level", "tier", "engagement", "fit", "people", "engaged_people"];
const GROUP: &[&str] = &["account_id", "members", "best_tier", "people", "engaged_people"];
const TOTALS: &[&str] = &["open", "won", "lost", "won_amount"];

/// Shows a group and its members.
pub(super) async fn one(client: &Client, args: &GroupArgs) -> anyhow::Result<()> {
    let request =
        v1::GetAccountGroupRequest { account_id: args.account.clone(), ..Default::default() };
    let reply = client.get_account_group(request).await?;
    let group = reply.group.unwrap_or_default();
    if args.format == Format::Table {
        let sales = group.opportunities.clone().unwrap_or_default();
        println!("{} ({})", group.name, group.account_id);
        let figure = |name: &str, value: &dyn std::fmt::Display| println!("  {name:<18} {value}");
        let more = if group.truncated { ", and there are more" } else { "" };
        figure("members", &format!("{}{more}", group.members));
        figure("best tier", &tier(group.best_tier()));
        figure("engaged people", &format!("{} of {}", group.engaged_people, group.people));
        figure("opportunities", &super::opportunities(&sales));
        println!();
    }
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns(MEMBER));
    listing.write(&reply.members.iter().map(member).collect::<Vec<_>>())
}

/// Lists all groups.
pub(super) async fn all(client: &Client, args: &GroupsArgs) -> anyhow::Result<()> {
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns(GROUP));
    let mut pages =
        client.pages(v1::ListAccountGroupsRequest { page_size: 100, ..Default::default() });
    while let Some(page) = pages.next_page().await? {
        listing.write(&page.groups.iter().map(group).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn columns(first: &[&str]) -> Vec<String> {
    first.iter().chain(TOTALS).map(|&name| name.to_owned()).collect()
}

fn member(member: &v1::AccountGroupMember) -> Vec<Value> {
    let row = vec![
        json!(member.account_id),
        json!(member.level),
        json!(tier(member.tier())),
        json!(member.engagement),
        json!(member.fit),
        json!(member.people),
        json!(member.engaged_people),
    ];
    with_totals(row, member.opportunities.as_ref())
}

fn group(group: &v1::AccountGroup) -> Vec<Value> {
    let row = vec![
        json!(group.account_id),
        json!(group.members),
        json!(tier(group.best_tier())),
        json!(group.people),
        json!(group.engaged_people),
    ];
    with_totals(row, group.opportunities.as_ref())
}

fn with_totals(mut row: Vec<Value>, totals: Option<&v1::OpportunityTotals>) -> Vec<Value> {
    let totals = totals.cloned().unwrap_or_default();
    row.extend([json!(totals.open), json!(totals.won), json!(totals.lost)]);
    row.push(json!(amounts(&totals.won_amounts)));
    row
}
