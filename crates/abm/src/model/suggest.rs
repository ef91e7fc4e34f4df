//! `abm model suggest`.

use std::path::{Path, PathBuf};

use abm_client::{Client, v1};
use anyhow::Context;
use clap::Args;

/// What to learn from.
#[derive(Debug, Args)]
pub(crate) struct SuggestArgs {
    /// Whether the outcome came, as a rule: `lead.attributes.converted == "1"`.
    #[arg(long, value_name = "RULE")]
    outcome: String,

    /// Whom to learn from, as a rule; the draft is measured on the others. 70 % by the ids of their
    /// accounts when left out, or by their own without one.
    #[arg(long, value_name = "RULE", default_value = "")]
    train: String,

    /// A field that the draft must not ask; can be given several times.
    #[arg(long, value_name = "FIELD")]
    leave_out: Vec<String>,

    /// A field that it may ask although it bears marks of a leak or looks like names of records; can
    /// be given several times.
    #[arg(long, value_name = "FIELD")]
    allow: Vec<String>,

    /// The version whose other parts the draft takes over; the one in force when left out.
    #[arg(long, default_value_t = 0)]
    base: u64,

    /// How many people can be worked: tells what the best so many hold.
    #[arg(long, default_value_t = 0)]
    capacity: u32,

    /// Where to write the draft; a file that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Learns a draft, writes it and tells how good it is.
pub(super) async fn run(client: &Client, args: &SuggestArgs) -> anyhow::Result<bool> {
    let request = v1::SuggestModelRequest {
        outcome_rule: args.outcome.clone(),
        train_rule: args.train.clone(),
        leave_out_fields: args.leave_out.clone(),
        allow_fields: args.allow.clone(),
        base_version: args.base,
        capacity: args.capacity.into(),
        ..Default::default()
    };
    let reply = client.suggest_model(request).await?;
    write_draft(&args.out, &reply)?;
    let (people, positives) = (reply.learned_rows, reply.learned_positives);
    println!("learned from {people} people, of whom {positives} have the outcome");
    for rule in &reply.rules {
        let v1::SuggestedRule { name, points, rows, lift, .. } = rule;
        println!("{points:>5}  {name}  ({rows} people, lift {lift:.2})");
    }
    print_unused(&reply);
    let base = format!("version {}", reply.base_version);
    for (name, measured) in [("draft", reply.draft), (&base, reply.base)] {
        print_measures(name, &measured.unwrap_or_default());
    }
    println!("{} holds the draft; look at it, then publish it", args.out.display());
    Ok(true)
}

/// Writes the draft where it is wanted.
pub(super) fn write_draft(out: &Path, reply: &v1::SuggestModelResponse) -> anyhow::Result<()> {
    std::fs::write(out, &reply.model_file)
        .with_context(|| format!("{} cannot be written", out.display()))
}

/// What the draft leaves out, a line each.
pub(super) fn print_unused(reply: &v1::SuggestModelResponse) {
    for field in &reply.unused_fields {
        let class = match field.class() {
            v1::UnusedFieldClass::Refused => "refused",
            v1::UnusedFieldClass::Suspicious => "suspicious",
            _ => "not used",
        };
        println!("{class}: {}: {}", field.name, field.reason);
    }
}

/// Measures on two or three lines.
fn print_measures(name: &str, measured: &v1::ScoreMeasures) {
    let shown = |estimate: &Option<v1::Estimate>| match estimate {
        Some(v1::Estimate { value, low, high }) => format!("{value:.4} ({low:.4} to {high:.4})"),
        None => "not known".to_owned(),
    };
    println!("{name} on {} people held out: {}", measured.rows, measured.verdict_text);
    println!(
        "    AUC {}, lift of the top tenth {}, Brier {} (base rate {:.4})",
        shown(&measured.auc),
        shown(&measured.top_tenth_lift),
        shown(&measured.brier),
        measured.brier_of_base_rate
    );
    if let Some(best) = measured.at_capacity.as_ref().filter(|best| best.precision.is_some()) {
        let (rows, precision) = (best.rows, shown(&best.precision));
        println!("    best {rows}: precision {precision}, recall {:.4}", best.recall);
    }
}
