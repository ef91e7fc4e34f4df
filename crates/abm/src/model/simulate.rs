//! `abm model simulate`: what another model would change.

use std::path::PathBuf;

use abm_client::{Client, v1};
use anyhow::Context;
use clap::Args;
use v1::MoveReasonKind as Kind;

use crate::moment;

/// What to try.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// A file, or the number of a version, a draft for example.
    what: String,

    /// The version it is held against; the one in force when left out.
    #[arg(long, default_value_t = 0)]
    base: u64,

    /// The moment, such as 2026-03-31T12:00Z; now when left out.
    #[arg(long, value_parser = moment::parse)]
    as_of: Option<jiff::Timestamp>,

    /// How many priority accounts the team can work; what the model says when left out.
    #[arg(long)]
    priority_accounts: Option<i64>,

    /// How many marketing qualified leads a week the team can work; what the model says when left
    /// out.
    #[arg(long)]
    leads_per_week: Option<i64>,

    /// Most accounts, and most people without one, to name; all are counted.
    #[arg(long, default_value_t = 20)]
    moves: usize,
}

/// Tries a model on the whole base and shows who would stand elsewhere.
pub(crate) async fn run(client: &Client, args: &SimulateArgs) -> anyhow::Result<bool> {
    let mut request = v1::SimulateModelRequest {
        base_version: args.base,
        as_of: args.as_of.map(moment::to_proto),
        priority_accounts: args.priority_accounts,
        leads_per_week: args.leads_per_week,
        ..Default::default()
    };
    match args.what.parse() {
        Ok(version) => request.version = version,
        Err(_) => request.model_file = super::read(&PathBuf::from(&args.what))?,
    }
    let mut parts = client.simulate_model(request).await?;
    let (mut accounts, mut leads, mut summary) = (Vec::new(), Vec::new(), None);
    while let Some(part) = parts.message().await? {
        accounts.extend(part.accounts.into_iter().take(args.moves.saturating_sub(accounts.len())));
        leads.extend(part.leads);
        summary = part.summary.or(summary);
    }
    show(args, &summary.context("the service broke off")?, &accounts, &leads);
    Ok(true)
}

fn show(
    args: &SimulateArgs,
    summary: &v1::SimulationSummary,
    accounts: &[v1::AccountMove],
    leads: &[v1::LeadMove],
) {
    let before = summary.before.clone().unwrap_or_default();
    let after = summary.after.clone().unwrap_or_default();
    let name = match summary.version {
        0 => args.what.clone(),
        version => format!("version {version}"),
    };
    let as_of = moment::show(summary.as_of.as_ref());
    println!("version {} against {name}, as of {as_of}", summary.base_version);
    println!("{:<28} {:>10} {:>10}", "", "before", "after");
    let row = |what: &str, get: fn(&v1::SimulatedSpread) -> i64| {
        println!("{what:<28} {:>10} {:>10}", get(&before), get(&after));
    };
    row("accounts", |spread| spread.accounts);
    row("tier 1", |spread| tier(spread, 0));
    row("tier 2", |spread| tier(spread, 1));
    row("tier 3", |spread| tier(spread, 2));
    row("no tier", |spread| tier(spread, 3));
    row("priority accounts", |spread| spread.priority_accounts);
    row("excluded accounts", |spread| spread.excluded_accounts);
    row("MQAs", |spread| spread.mqas);
    row("MQAs, new in 7 days", |spread| spread.new_mqas);
    row("MQLs", |spread| spread.mqls);
    row("MQLs, new in 7 days", |spread| spread.new_mqls);
    for quarter in [25_u8, 50, 75] {
        let of = |counts: &[i64]| percentile(counts, quarter);
        let figure = |what: &str, before: &[i64], after: &[i64]| {
            let what = format!("{what}, {quarter} % have at most");
            println!("{what:<28} {:>10} {:>10}", of(before), of(after));
        };
        figure("fit", &before.accounts_by_fit, &after.accounts_by_fit);
        figure("engagement", &before.accounts_by_engagement, &after.accounts_by_engagement);
    }
    proposal("priority accounts", "the lowest priority tier", summary.priority_bar.as_ref());
    proposal("MQLs a week", "an MQL", summary.mql_bar.as_ref());
    println!("\n{} accounts would stand elsewhere", summary.moved);
    for moved in accounts {
        show_move(moved);
    }
    let more = summary.moved - i64::try_from(accounts.len()).unwrap_or(0);
    if more > 0 {
        println!("... and {more} more (--moves)");
    }
    if !leads.is_empty() {
        let entering = leads.iter().filter(|lead| lead.mql).count();
        let leaving = leads.len() - entering;
        println!("people without an account: {entering} become MQLs, {leaving} are none any more");
    }
    for lead in leads.iter().take(args.moves) {
        println!("{}  {}", lead.lead_id, if lead.mql { "new MQL" } else { "lost MQL" });
        show_reasons(&lead.reasons);
    }
}

fn tier(spread: &v1::SimulatedSpread, place: usize) -> i64 {
    spread.accounts_by_tier.get(place).copied().unwrap_or(0)
}

/// The score that so many percent do not exceed.
fn percentile(counts: &[i64], percent: u8) -> usize {
    let all: i64 = counts.iter().sum();
    let mut seen = 0;
    let reached = counts.iter().position(|count| {
        seen += count;
        seen * 100 >= all * i64::from(percent)
    });
    reached.unwrap_or(0)
}

fn proposal(what: &str, bar: &str, proposal: Option<&v1::BarProposal>) {
    let Some(found) = proposal else { return };
    match found.engagement {
        Some(engagement) => println!(
            "for {} {what}: {bar} from engagement {engagement} on lets through {}",
            found.capacity, found.passing
        ),
        None => println!(
            "for {} {what}: no engagement of {bar} keeps to that, {} pass even 100",
            found.capacity, found.passing
        ),
    }
}

fn show_move(moved: &v1::AccountMove) {
    let before = moved.before.unwrap_or_default();
    let after = moved.after.unwrap_or_default();
    let mut text = format!(
        "{}  {} -> {}  fit {} -> {}  engagement {} -> {}",
        moved.account_id,
        standing(&before),
        standing(&after),
        before.fit,
        after.fit,
        before.engagement,
        after.engagement
    );
    for (count, what) in [(moved.mqls_entering, "new"), (moved.mqls_leaving, "lost")] {
        if count > 0 {
            text.push_str(&format!("  {count} MQLs {what}"));
        }
    }
    println!("{text}");
    show_reasons(&moved.reasons);
}

fn show_reasons(reasons: &[v1::MoveReason]) {
    for reason in reasons {
        println!("    {}", told(reason));
    }
}

fn standing(stand: &v1::SimulatedStand) -> String {
    let mut text = match stand.tier() {
        v1::Tier::Tier1 => "tier 1".to_owned(),
        v1::Tier::Tier2 => "tier 2".to_owned(),
        v1::Tier::Tier3 => "tier 3".to_owned(),
        _ => "no tier".to_owned(),
    };
    if stand.mqa {
        text.push_str(" MQA");
    }
    text
}

fn told(reason: &v1::MoveReason) -> String {
    let v1::MoveReason { rule, before, after, .. } = reason;
    let unit = match reason.kind() {
        Kind::Exclusion => return whether("excluded", rule, *after),
        Kind::Segment => return whether("in the segment", rule, *after),
        Kind::Bar => "bar",
        Kind::Signal => "signal, weighted points",
        Kind::Group => "cap of group, weighted points",
        Kind::FitRule => "fit rule, points",
        Kind::PeopleFit => "fit of people, points",
        Kind::RollUp | Kind::Unspecified => "roll-up",
        Kind::RaisedHand => "raised hands",
        Kind::LeadFitRule => "fit rule of people, points",
        Kind::LeadExclusion => "people excluded",
        Kind::Title => "people of whom a title tells",
    };
    format!("{rule}: {} -> {} ({unit})", number(*before), number(*after))
}

fn whether(what: &str, rule: &str, after: f64) -> String {
    if after > 0.0 { format!("now {what}: {rule}") } else { format!("no longer {what}: {rule}") }
}

/// A figure with at most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
