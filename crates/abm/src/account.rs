//! `abm account`.

mod adjust;
mod group;

use abm_client::{Client, v1};
use clap::{Args, Subcommand};

use crate::handoff::state_of;
use crate::lead::stage_shown;
use crate::moment;
use crate::opportunity::amounts;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Shows one account with its scores and people.
    Show(ShowArgs),
    /// Shows what an account showed, the latest change first, each with its cause.
    History(HistoryArgs),
    /// Shows the group that an account is in: its ultimate parent with everything below it.
    Group(group::GroupArgs),
    /// Lists the groups of accounts, each under its ultimate parent.
    Groups(group::GroupsArgs),
    /// Merges accounts that are the same company into one of them.
    Merge(adjust::MergeArgs),
    /// Splits an account off the one it is merged into.
    Split(adjust::SplitArgs),
    /// Sets the account that an account belongs to.
    SetParent(adjust::SetParentArgs),
}

/// Whose history, and how much of it.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The account's id.
    account: String,

    /// How many changes to show.
    #[arg(long, default_value_t = 20)]
    number: usize,
}

/// Which account, and when.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The account's id.
    account: String,

    /// The moment to show it at, such as 2018-01-01T00:00Z; now when left out.
    #[arg(long, value_parser = moment::parse)]
    as_of: Option<jiff::Timestamp>,

    /// The version of the scoring model; the one in force when left out.
    #[arg(long, default_value_t = 0)]
    model_version: u64,

    /// How many people to show.
    #[arg(long, default_value_t = 10)]
    people: i32,
}

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &AccountCommand) -> anyhow::Result<()> {
    match command {
        AccountCommand::Show(args) => show(client, args).await,
        AccountCommand::History(args) => history(client, args).await,
        AccountCommand::Group(args) => group::one(client, args).await,
        AccountCommand::Groups(args) => group::all(client, args).await,
        AccountCommand::Merge(args) => adjust::merge(client, args).await,
        AccountCommand::Split(args) => adjust::split(client, args).await,
        AccountCommand::SetParent(args) => adjust::set_parent(client, args).await,
    }
}

async fn history(client: &Client, args: &HistoryArgs) -> anyhow::Result<()> {
    let request = v1::GetScoreHistoryRequest {
        account_id: args.account.clone(),
        page_size: i32::try_from(args.number.clamp(1, 1_000))?,
        ..Default::default()
    };
    println!(
        "{:<25} {:>3} {:>4} {:>4} {:>6}  {:<4} {:<9} model",
        "from", "eng", "fit", "tier", "people", "mqa", "cause"
    );
    let (mut pages, mut left) = (client.pages(request), args.number);
    while left > 0
        && let Some(page) = pages.next_page().await?
    {
        for change in page.changes.iter().take(left) {
            let cause = change.cause().as_str_name().trim_start_matches("SCORE_CHANGE_CAUSE_");
            let tier = match change.tier() {
                v1::Tier::Tier1 => "1",
                v1::Tier::Tier2 => "2",
                v1::Tier::Tier3 => "3",
                v1::Tier::None | v1::Tier::Unspecified => "-",
            };
            println!(
                "{:<25} {:>3} {:>4} {:>4} {:>6}  {:<4} {:<9} {}",
                moment::show(change.at.as_ref()),
                change.engagement,
                change.fit,
                tier,
                change.engaged_people,
                if change.mqa { "yes" } else { "" },
                cause.to_lowercase(),
                change.model_version,
            );
        }
        left = left.saturating_sub(page.changes.len());
    }
    Ok(())
}

async fn show(client: &Client, args: &ShowArgs) -> anyhow::Result<()> {
    let request = v1::GetAccountViewRequest {
        account_id: args.account.clone(),
        as_of: args.as_of.map(moment::to_proto),
        model_version: args.model_version,
        people_limit: Some(args.people),
        ..Default::default()
    };
    let view = client.get_account_view(request).await?.account_view.unwrap_or_default();
    let account = view.account.clone().unwrap_or_default();
    println!("{} ({})", account.name, account.account_id);
    let figure = |name: &str, value: &dyn std::fmt::Display| println!("  {name:<18} {value}");
    if !account.domains.is_empty() {
        figure("domains", &account.domains.join(", "));
    }
    figure("label", &view.label);
    figure("engagement", &view.engagement);
    if let Some(raw) = view.raw_points {
        figure("raw points", &format!("{raw:.6}"));
    }
    figure("fit", &format!("{} (coverage {} %)", view.fit, view.fit_coverage));
    figure("tier", &tier(view.tier()));
    figure("priority", &yes(view.priority));
    figure("mqa", &yes(view.mqa));
    let phase = view.phase().as_str_name().trim_start_matches("PHASE_").to_lowercase();
    figure("phase", &if view.phase() == v1::Phase::Unspecified { "none" } else { &phase });
    if !view.segment.is_empty() {
        figure("segment", &view.segment);
    }
    if let Some(momentum) = &view.momentum {
        let (week, four_weeks) = (momentum.week, momentum.four_weeks);
        figure("momentum", &format!("{week:+} in 7 days, {four_weeks:+} in 28"));
    }
    if let Some(visits) = &view.visits {
        figure("visits", &format!("{} first, {} returning", visits.first, visits.returning));
    }
    figure("engaged people", &format!("{} of {}", view.engaged_people, view.people));
    figure("opportunities", &opportunities(&view.opportunities.clone().unwrap_or_default()));
    if view.stage() != v1::Stage::Unspecified {
        figure("stage", &stage_shown(view.stage(), v1::StageMark::Unspecified));
    }
    if let Some(handoff) = &view.handoff {
        let due = moment::show(handoff.due_time.as_ref());
        figure("handoff", &format!("{}, {}, due {due}", handoff.handoff_id, state_of(handoff)));
    }
    figure("last activity", &moment::show(view.last_activity_at.as_ref()));
    figure("assessed at", &moment::show(view.assessed_at.as_ref()));
    figure("can change at", &moment::show(view.changes_at.as_ref()));
    if view.tier_held_until.is_some() {
        figure("tier held until", &moment::show(view.tier_held_until.as_ref()));
    }
    figure("model version", &view.model_version);
    for reason in &view.reasons {
        figure("because", reason);
    }
    if !view.top_people.is_empty() {
        println!(
            "\n  {:<24} {:>4} {:>4} {:>7} {:>6}  title",
            "person", "eng", "fit", "weight", "share"
        );
    }
    for person in &view.top_people {
        println!(
            "  {:<24} {:>4} {:>4} {:>5} % {:>4.0} %  {}",
            person.lead_id,
            person.engagement,
            person.fit,
            person.weight_percent,
            person.share * 100.0,
            title(person)
        );
    }
    Ok(())
}

/// A person's title, and what else is to be said of them.
fn title(person: &v1::PersonView) -> String {
    let mut text = person.title.clone();
    text.push_str(&format!(" [{}]", stage_shown(person.stage(), person.mark())));
    if let Some(until) = &person.nurture_until {
        text.push_str(&format!(" [nurtured until {}]", moment::show(Some(until))));
    }
    if !person.exclusion_reason.is_empty() {
        text.push_str(&format!(" [excluded: {}]", person.exclusion_reason));
    }
    text
}

/// Opportunities in short.
fn opportunities(totals: &v1::OpportunityTotals) -> String {
    let mut text = format!("{} open, {} won, {} lost", totals.open, totals.won, totals.lost);
    if !totals.won_amounts.is_empty() {
        text.push_str(&format!("; won {}", amounts(&totals.won_amounts)));
    }
    if totals.last_won_at.is_some() {
        text.push_str(&format!(", last at {}", moment::show(totals.last_won_at.as_ref())));
    }
    text
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// A tier for people.
pub(crate) fn tier(tier: v1::Tier) -> &'static str {
    match tier {
        v1::Tier::Tier1 => "1",
        v1::Tier::Tier2 => "2",
        v1::Tier::Tier3 => "3",
        v1::Tier::None | v1::Tier::Unspecified => "none",
    }
}
