//! `abm activity`.

use abm_client::{Client, v1};
use clap::{Args, Subcommand};

use crate::account::tier;
use crate::moment;

/// What to do with activities.
#[derive(Debug, Subcommand)]
pub(crate) enum ActivityCommand {
    /// Takes activities back, as if they had never come; without --apply only tells what would
    /// change.
    Retract(RetractArgs),
}

/// Which activities: those that meet everything given.
#[derive(Debug, Args)]
pub(crate) struct RetractArgs {
    /// The system that they came from.
    #[arg(long, default_value = "")]
    source: String,

    /// Their type.
    #[arg(long = "type", default_value = "", value_name = "TYPE")]
    kind: String,

    /// From this moment on, such as 2018-01-01T00:00Z.
    #[arg(long, value_parser = moment::parse)]
    from: Option<jiff::Timestamp>,

    /// Before this moment.
    #[arg(long, value_parser = moment::parse)]
    until: Option<jiff::Timestamp>,

    /// A rule in CEL, such as `activity.attributes.user_agent.contains("scanner")`.
    #[arg(long, default_value = "", value_name = "RULE")]
    when: String,

    /// Takes them back. Without it nothing is changed.
    #[arg(long)]
    apply: bool,
}

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &ActivityCommand) -> anyhow::Result<()> {
    let ActivityCommand::Retract(args) = command;
    let mut filter = v1::ActivityFilter {
        source: args.source.clone(),
        r#type: args.kind.clone(),
        start_time: args.from.map(moment::to_proto),
        end_time: args.until.map(moment::to_proto),
        rule: args.when.clone(),
    };
    loop {
        let request = v1::RetractActivitiesRequest {
            filter: Some(filter.clone()),
            dry_run: !args.apply,
            ..Default::default()
        };
        let done = client.retract_activities(request).await?;
        show(&done, args.apply);
        match done.next_start_time {
            Some(next) if args.apply => filter.start_time = Some(next),
            Some(_) => {
                println!("and there are more");
                return Ok(());
            }
            None => return Ok(()),
        }
    }
}

fn show(done: &v1::RetractActivitiesResponse, applied: bool) {
    println!(
        "{} activities of {} leads and {} accounts {}",
        done.retracted,
        done.leads_total,
        done.accounts_total,
        if applied { "were taken back" } else { "would be taken back; --apply does it" }
    );
    for account in &done.accounts {
        let before = (account.engagement_before, account.fit_before, tier(account.tier_before()));
        let after = (account.engagement_after, account.fit_after, tier(account.tier_after()));
        let mqa = designation("marketing qualified account", account.mqa_before, account.mqa_after);
        let mqa = mqa + &to_look_at(&account.handoff_id);
        if account.gone {
            println!("  account {:<28} is gone{mqa}", account.account_id);
        } else if before != after || !mqa.is_empty() {
            println!(
                "  account {:<28} engagement {} -> {}, fit {} -> {}, tier {} -> {}{mqa}",
                account.account_id, before.0, after.0, before.1, after.1, before.2, after.2
            );
        }
    }
    for lead in &done.leads {
        let (before, after) = (lead.engagement_before, lead.engagement_after);
        let mql = designation("marketing qualified lead", lead.mql_before, lead.mql_after);
        let mql = mql + &to_look_at(&lead.handoff_id);
        if lead.gone {
            println!("  lead {:<31} is gone{mql}", lead.lead_id);
        } else if before != after || !mql.is_empty() {
            println!("  lead {:<31} engagement {before} -> {after}{mql}", lead.lead_id);
        }
    }
}

/// Tells a handoff that rested on what was taken back.
fn to_look_at(handoff: &str) -> String {
    match handoff {
        "" => String::new(),
        id => format!(", handed over as {id}"),
    }
}

/// Tells a designation that rested on what was taken back, or comes with its going.
fn designation(what: &str, before: bool, after: bool) -> String {
    match (before, after) {
        (true, false) => format!(", no {what} any more"),
        (false, true) => format!(", now a {what}"),
        _ => String::new(),
    }
}
