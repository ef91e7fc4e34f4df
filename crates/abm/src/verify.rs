//! `abm verify`.

use abm_client::{Client, v1};
use clap::Args;

use crate::moment;

/// What to verify.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Print the digest only: one number for all scores, tiers and ledgers.
    #[arg(long)]
    digest: bool,

    /// The moment of the digest; that of the latest stored activity when left out.
    #[arg(long, value_parser = moment::parse)]
    as_of: Option<jiff::Timestamp>,
}

/// Verifies; `false` when something differs.
pub(crate) async fn run(client: &Client, args: &VerifyArgs) -> anyhow::Result<bool> {
    let request =
        v1::VerifyRequest { as_of: args.as_of.map(moment::to_proto), ..Default::default() };
    let found = client.verify(request).await?;
    if args.digest {
        println!("{}", found.digest);
        return Ok(found.differences_total == 0);
    }
    println!(
        "{} accounts, {} people, {} ledger entries computed again under model version {}",
        found.accounts, found.leads, found.activities, found.model_version
    );
    println!("digest {} as of {}", found.digest, moment::show(found.as_of.as_ref()));
    if found.due > 0 {
        println!("{} accounts wait for a change that is due and were not compared", found.due);
    }
    for difference in &found.differences {
        println!(
            "{} {} {}: stored {}, computed {}",
            difference.account_id,
            difference.lead_id,
            difference.value,
            difference.stored,
            difference.recomputed
        );
    }
    println!("{} differences", found.differences_total);
    Ok(found.differences_total == 0)
}
