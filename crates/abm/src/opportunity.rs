//! `abm opportunity`.

use abm_client::{Client, v1};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::listing::{Format, Listing};
use crate::moment;

/// What to do with opportunities.
#[derive(Debug, Subcommand)]
pub(crate) enum OpportunityCommand {
    /// Lists opportunities in the order of their ids.
    List(ListArgs),
}

/// Which opportunities, and how.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those of this account.
    #[arg(long, default_value = "")]
    account: String,

    /// Only those in this state.
    #[arg(long, value_enum)]
    state: Option<State>,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How an opportunity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum State {
    Open,
    Won,
    Lost,
}

const COLUMNS: &[&str] = &[
    "opportunity_id",
    "account_id",
    "state",
    "stage",
    "amount",
    "currency",
    "opened_at",
    "closed_at",
    "product",
    "owner",
    "people",
];

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &OpportunityCommand) -> anyhow::Result<()> {
    let OpportunityCommand::List(args) = command;
    let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    let state = match args.state {
        None => v1::OpportunityState::Unspecified,
        Some(State::Open) => v1::OpportunityState::Open,
        Some(State::Won) => v1::OpportunityState::Won,
        Some(State::Lost) => v1::OpportunityState::Lost,
    };
    let request = v1::ListOpportunitiesRequest {
        account_id: args.account.clone(),
        state: state.into(),
        page_size: 1_000,
        ..Default::default()
    };
    let mut pages = client.pages(request);
    while let Some(page) = pages.next_page().await? {
        listing.write(&page.opportunities.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn row(opportunity: &v1::Opportunity) -> Vec<Value> {
    let state = opportunity.state().as_str_name().trim_start_matches("OPPORTUNITY_STATE_");
    let moment = |at: &Option<prost_types::Timestamp>| at.as_ref().map(|at| moment::show(Some(at)));
    let people = opportunity.people.iter().map(|person| person.lead_id.as_str());
    vec![
        json!(opportunity.opportunity_id),
        json!(opportunity.account_id),
        json!(state.to_lowercase()),
        json!(opportunity.stage),
        json!(opportunity.amount_micros.map(amount)),
        json!(opportunity.currency),
        json!(moment(&opportunity.opened_at)),
        json!(moment(&opportunity.closed_at)),
        json!(opportunity.product),
        json!(opportunity.owner),
        json!(people.collect::<Vec<_>>().join(" ")),
    ]
}

/// An amount in units, exact: `1054` or `0.5`.
pub(crate) fn amount(micros: i64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Won amounts in words: `10005534 USD`, or several.
pub(crate) fn amounts(amounts: &[v1::CurrencyAmount]) -> String {
    let each = amounts.iter().map(|sum| format!("{} {}", amount(sum.amount_micros), sum.currency));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_exactly() {
        let cases = [
            (0, "0"),
            (1, "0.000001"),
            (500_000, "0.5"),
            (1_054_000_000, "1054"),
            (i64::MAX, "9223372036854.775807"),
        ];
        for (micros, text) in cases {
            assert_eq!(amount(micros), text);
        }
    }
}
