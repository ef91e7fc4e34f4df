//! `abm account merge`, `split` and `set-parent`.

use abm_client::{Client, v1};
use clap::Args;

/// Which accounts.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The id of the account that remains.
    survivor: String,

    /// The ids of those to merge into it.
    #[arg(required = true)]
    accounts: Vec<String>,

    /// Why.
    #[arg(long)]
    reason: String,
}

/// Which account.
#[derive(Debug, Args)]
pub(crate) struct SplitArgs {
    /// The id of the merged account.
    account: String,

    /// Why.
    #[arg(long)]
    reason: String,
}

/// Which account, and where it belongs.
#[derive(Debug, Args)]
pub(crate) struct SetParentArgs {
    /// The account's id.
    account: String,

    /// The id of the account that it belongs to; left out, it belongs to none.
    parent: Option<String>,

    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) async fn merge(client: &Client, args: &MergeArgs) -> anyhow::Result<()> {
    let request = v1::MergeAccountsRequest {
        survivor_account_id: args.survivor.clone(),
        account_ids: args.accounts.clone(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.merge_accounts(request).await?.account);
    Ok(())
}

pub(super) async fn split(client: &Client, args: &SplitArgs) -> anyhow::Result<()> {
    let request = v1::SplitAccountRequest {
        account_id: args.account.clone(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.split_account(request).await?.account);
    Ok(())
}

pub(super) async fn set_parent(client: &Client, args: &SetParentArgs) -> anyhow::Result<()> {
    let request = v1::SetParentRequest {
        account_id: args.account.clone(),
        parent_account_id: args.parent.clone().unwrap_or_default(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.set_parent(request).await?.account);
    Ok(())
}

/// An account as it is now.
fn show(account: Option<v1::Account>) {
    match account {
        Some(account) if account.parent_account_id.is_empty() => {
            println!("{} ({})", account.name, account.account_id);
        }
        Some(account) => {
            let (name, id) = (account.name, account.account_id);
            println!("{name} ({id}), part of {}", account.parent_account_id);
        }
        None => println!("nothing is left of the account"),
    }
}
