//! `abm top`: the ranked accounts.

use abm_client::{Client, v1};
use clap::Args;

/// Most accounts read at a time.
const PAGE: u32 = 100;

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    /// How many accounts.
    #[arg(long, short = 'n', default_value_t = 20)]
    number: u32,

    /// Also accounts without priority.
    #[arg(long)]
    all: bool,

    /// Only marketing qualified accounts.
    #[arg(long)]
    mqa: bool,

    /// Only these tiers, 1 to 3.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(i32).range(1..=3))]
    tier: Vec<i32>,

    /// How many of the next accounts to show with what they lack.
    #[arg(long, default_value_t = 0)]
    next: u32,
}

impl TopArgs {
    /// What the demo shows.
    pub(crate) fn for_demo() -> Self {
        Self { number: 12, all: false, mqa: false, tier: Vec::new(), next: 5 }
    }
}

/// Lists accounts.
pub(crate) async fn run(client: &Client, args: &TopArgs) -> anyhow::Result<()> {
    let request = v1::ListPriorityAccountsRequest {
        page_size: i32::try_from(args.number.clamp(1, PAGE))?,
        tiers: args.tier.clone(),
        mqa_only: args.mqa,
        include_all: args.all,
        ..Default::default()
    };
    let accounts = first(client, request, args.number, |_| true).await?;
    println!("Priority accounts, the best first");
    println!(
        "{:>4}  {:<28} {:>5} {:>4} {:>4} {:>5} {:>6}  mqa",
        "rank", "account", "label", "eng", "fit", "tier", "people"
    );
    for (rank, account) in (1..).zip(&accounts) {
        line(rank, account);
        for why in &account.why {
            println!("      because {why}");
        }
    }
    if accounts.is_empty() {
        println!("none");
    }
    if args.next > 0 {
        show_next(client, args.next).await?;
    }
    Ok(())
}

/// Shows the best accounts that are outside priority, and what they lack.
async fn show_next(client: &Client, number: u32) -> anyhow::Result<()> {
    println!("\nWhat the next ones lack");
    for account in first(client, request_for_next()?, number, is_next).await? {
        println!(
            "      {:<28} {:>5} {:>4} {:>4}",
            account.account_id, account.label, account.engagement, account.fit
        );
        for missing in &account.missing {
            let step = match missing.cheapest_step.as_str() {
                "" => String::new(),
                step => format!(": {step}"),
            };
            println!("        for {}: {}{step}", missing.bar, missing.lacking);
        }
    }
    Ok(())
}

/// All accounts by rank, each with what it lacks: which tiers have priority is for the model to say.
fn request_for_next() -> anyhow::Result<v1::ListPriorityAccountsRequest> {
    Ok(v1::ListPriorityAccountsRequest {
        page_size: i32::try_from(PAGE)?,
        include_all: true,
        with_missing: true,
        ..Default::default()
    })
}

/// Whether an account could come into priority.
fn is_next(account: &v1::PriorityAccount) -> bool {
    !account.priority && !account.excluded
}

/// The first accounts of a list that are wanted, from as many pages as it takes.
async fn first(
    client: &Client,
    request: v1::ListPriorityAccountsRequest,
    number: u32,
    wanted: impl Fn(&v1::PriorityAccount) -> bool,
) -> anyhow::Result<Vec<v1::PriorityAccount>> {
    let number = usize::try_from(number)?;
    let mut pages = client.pages(request);
    let mut accounts = Vec::new();
    while accounts.len() < number
        && let Some(page) = pages.next_page().await?
    {
        accounts.extend(page.accounts.into_iter().filter(|account| wanted(account)));
    }
    accounts.truncate(number);
    Ok(accounts)
}

fn line(rank: usize, account: &v1::PriorityAccount) {
    let tier = match account.tier() {
        v1::Tier::Tier1 => "1",
        v1::Tier::Tier2 => "2",
        v1::Tier::Tier3 => "3",
        v1::Tier::None | v1::Tier::Unspecified => "-",
    };
    println!(
        "{rank:>4}  {:<28} {:>5} {:>4} {:>4} {tier:>5} {:>6}  {}",
        account.account_id,
        account.label,
        account.engagement,
        account.fit,
        account.people,
        if account.mqa { "yes" } else { "" }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_ones_are_those_without_priority_whatever_their_tier() {
        assert!(request_for_next().unwrap().tiers.is_empty());
        let account = |tier: v1::Tier, priority, excluded| v1::PriorityAccount {
            tier: tier.into(),
            priority,
            excluded,
            ..Default::default()
        };
        // Under `priority_tiers: [1]`.
        assert!(is_next(&account(v1::Tier::Tier2, false, false)));
        assert!(is_next(&account(v1::Tier::None, false, false)));
        assert!(!is_next(&account(v1::Tier::Tier1, true, false)));
        assert!(!is_next(&account(v1::Tier::Tier1, false, true)));
    }
}
