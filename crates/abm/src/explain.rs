//! `abm explain`: a score opened on the screen.

use abm_client::v1::explain_score_request::Subject;
use abm_client::{Client, v1};
use clap::{Args, ValueEnum};

use crate::{account, moment};

/// What to explain.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The id of the account, or with --lead of the person.
    id: String,

    /// Explain a person, not an account.
    #[arg(long)]
    lead: bool,

    /// Which score.
    #[arg(long, value_enum, default_value_t = Score::Engagement)]
    score: Score,

    /// The moment, such as 2018-01-01T00:00Z; now when left out.
    #[arg(long, value_parser = moment::parse)]
    as_of: Option<jiff::Timestamp>,

    /// The version of the scoring model; the one in force when left out.
    #[arg(long, default_value_t = 0)]
    model_version: u64,

    /// How far to open it.
    #[arg(long, value_enum, default_value_t = Depth::Activities)]
    depth: Depth,

    /// How many people have lines of their own.
    #[arg(long, default_value_t = 5)]
    people: i32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Score {
    /// What they do.
    Engagement,
    /// How well they suit.
    Fit,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Depth {
    /// The account alone.
    Account,
    /// Its people.
    People,
    /// Their signals.
    Signals,
    /// Single activities.
    Activities,
}

/// Explains a score, and checks on the way that its lines add up.
pub(crate) async fn run(client: &Client, args: &ExplainArgs) -> anyhow::Result<()> {
    let id = args.id.clone();
    let request = v1::ExplainScoreRequest {
        subject: Some(if args.lead { Subject::LeadId(id) } else { Subject::AccountId(id) }),
        kind: match args.score {
            Score::Engagement => v1::ScoreKind::Engagement.into(),
            Score::Fit => v1::ScoreKind::Fit.into(),
        },
        as_of: args.as_of.map(moment::to_proto),
        model_version: args.model_version,
        depth: match args.depth {
            Depth::Account => v1::ExplanationDepth::Account.into(),
            Depth::People => v1::ExplanationDepth::People.into(),
            Depth::Signals => v1::ExplanationDepth::Signals.into(),
            Depth::Activities => v1::ExplanationDepth::Activities.into(),
        },
        people_limit: Some(args.people),
        ..Default::default()
    };
    let explanation = client.explain_score(request).await?.explanation.unwrap_or_default();
    let score = match args.score {
        Score::Engagement => "engagement",
        Score::Fit => "fit",
    };
    let when = moment::show(explanation.as_of.as_ref());
    println!(
        "{score} of {} is {} at {when}, model version {}",
        args.id, explanation.score, explanation.model_version
    );
    show(&explanation, 1);
    anyhow::ensure!(adds_up(&explanation), "the lines do not add up to the score: a defect");
    println!("  = {} exactly", explanation.score);
    for missing in &explanation.missing {
        println!("for {}: {}  {}", missing.bar, missing.lacking, missing.cheapest_step);
    }
    if let Some(forecast) = &explanation.forecast {
        let (tier, next) = (account::tier(forecast.tier()), account::tier(forecast.next_tier()));
        let when = moment::show(forecast.leaves_at.as_ref());
        println!("if it stays silent, its tier goes from {tier} to {next} at {when}");
    }
    if let Some(forecast) = &explanation.mql_forecast {
        let is = if forecast.mql { "is" } else { "is not" };
        println!("it {is} a marketing qualified lead by the model's rule");
        if forecast.changes_at.is_some() {
            let when = moment::show(forecast.changes_at.as_ref());
            println!("if it stays silent, that changes at {when}");
        }
    }
    Ok(())
}

fn show(explanation: &v1::Explanation, depth: usize) {
    for line in &explanation.lines {
        show_line(line, depth);
    }
}

fn show_line(line: &v1::ExplanationLine, depth: usize) {
    let mut text = line.label.clone();
    if !line.lead_id.is_empty() {
        text = format!(
            "{} ({text}, weight {} %, share {:.0} %)",
            line.lead_id,
            line.weight_percent,
            line.share * 100.0
        );
    }
    if !line.activity_id.is_empty() {
        let when = moment::show(line.occurred_at.as_ref());
        text = format!(
            "{}/{} at {when}: {} points, {:.1} % left",
            line.source,
            line.activity_id,
            line.points,
            line.decay_factor * 100.0
        );
    }
    if line.input_unknown {
        text.push_str(" (not known)");
    }
    println!("{:indent$}{:>14.6}  {text}", "", line.micropoints as f64 / 1e6, indent = depth * 2);
    for inner in &line.lines {
        show_line(inner, depth + 1);
    }
    if let Some(detail) = &line.detail {
        show(detail, depth + 2);
    }
}

/// Whether all lines add up to what they explain, to the last millionth of a point.
fn adds_up(explanation: &v1::Explanation) -> bool {
    fn inside(line: &v1::ExplanationLine) -> bool {
        let sum: i64 = line.lines.iter().map(|line| line.micropoints).sum();
        (line.lines.is_empty() || sum == line.micropoints)
            && line.lines.iter().all(inside)
            && line.detail.as_ref().is_none_or(adds_up)
    }
    let sum: i64 = explanation.lines.iter().map(|line| line.micropoints).sum();
    sum == i64::from(explanation.score) * 1_000_000 && explanation.lines.iter().all(inside)
}
