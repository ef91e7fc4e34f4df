//! The stages of leads, and what sales found out about them.

use abm_client::{Client, v1};
use clap::{Args, ValueEnum};

use crate::moment;

/// Where a person can move a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Known, not qualified; also from disqualified and other.
    Lead,
    /// Marketing qualified.
    Mql,
    /// A customer who recommends us.
    Evangelist,
    /// None of marketing's or sales' business.
    Other,
    /// Given up for good.
    Disqualified,
    /// An SQL that is given back to marketing for now.
    Recycled,
}

/// Where to move a lead.
#[derive(Debug, Args)]
pub(crate) struct SetStageArgs {
    /// The lead.
    lead: String,

    /// Where it is to stand. An SQL is made by accepting a handoff, opportunities and customers by
    /// opportunities.
    #[arg(value_enum)]
    stage: Target,

    /// Why; required to disqualify, to recycle, to reinstate and to set aside.
    #[arg(long, default_value = "")]
    reason: String,

    /// With `recycled`: up to when it is nurtured; as long as the policy says without.
    #[arg(long, value_parser = moment::parse)]
    nurture_until: Option<jiff::Timestamp>,
}

/// What sales found out.
#[derive(Debug, Args)]
pub(crate) struct QualifyArgs {
    /// The lead.
    lead: String,

    /// What is known of the money.
    #[arg(long)]
    budget: Option<String>,

    /// What is known of who decides.
    #[arg(long)]
    authority: Option<String>,

    /// What is known of what they need.
    #[arg(long)]
    need: Option<String>,

    /// What is known of when they want it.
    #[arg(long)]
    timing: Option<String>,

    /// Where it is known from.
    #[arg(long, default_value = "")]
    source: String,
}

/// Whose moves to list.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The lead.
    lead: String,
}

pub(super) async fn set_stage(client: &Client, args: &SetStageArgs) -> anyhow::Result<()> {
    let stage = match args.stage {
        Target::Lead => v1::Stage::Lead,
        Target::Mql => v1::Stage::Mql,
        Target::Evangelist => v1::Stage::Evangelist,
        Target::Other => v1::Stage::Other,
        Target::Disqualified | Target::Recycled => v1::Stage::Unspecified,
    };
    let request = v1::SetStageRequest {
        lead_id: args.lead.clone(),
        stage: stage.into(),
        disqualify: args.stage == Target::Disqualified,
        recycle: args.stage == Target::Recycled,
        nurture_until: args.nurture_until.map(moment::to_proto),
        reason: args.reason.clone(),
        ..Default::default()
    };
    let lead = client.set_stage(request).await?.lead.unwrap_or_default();
    let stands = lead.lifecycle.unwrap_or_default();
    println!("{} is {}", lead.lead_id, shown(stands.stage(), stands.mark()));
    Ok(())
}

pub(super) async fn qualify(client: &Client, args: &QualifyArgs) -> anyhow::Result<()> {
    use v1::QualificationCriterion as Criterion;
    let found = [
        (Criterion::Budget, &args.budget),
        (Criterion::Authority, &args.authority),
        (Criterion::Need, &args.need),
        (Criterion::Timing, &args.timing),
    ];
    let qualifications = found.into_iter().filter_map(|(criterion, value)| {
        Some(v1::Qualification {
            criterion: criterion.into(),
            value: value.clone()?,
            source: args.source.clone(),
            ..Default::default()
        })
    });
    let request = v1::RecordQualificationRequest {
        lead_id: args.lead.clone(),
        qualifications: qualifications.collect(),
        ..Default::default()
    };
    for known in client.record_qualification(request).await?.qualifications {
        let name = known.criterion().as_str_name().trim_start_matches("QUALIFICATION_CRITERION_");
        let at = moment::show(known.recorded_at.as_ref());
        println!("{:<9} {} ({at}, {})", name.to_ascii_lowercase(), known.value, known.caller);
    }
    Ok(())
}

pub(super) async fn history(client: &Client, args: &HistoryArgs) -> anyhow::Result<()> {
    let request = v1::ListStageTransitionsRequest {
        lead_id: args.lead.clone(),
        page_size: 1_000,
        ..Default::default()
    };
    let mut pages = client.pages(request);
    while let Some(page) = pages.next_page().await? {
        for found in page.transitions {
            let at = moment::show(found.transition_time.as_ref());
            let actor = found.actor().as_str_name().trim_start_matches("STAGE_ACTOR_");
            let evidence: Vec<String> =
                found.evidence.iter().map(|(name, value)| format!("{name} {value}")).collect();
            println!(
                "{at} {:<22} -> {:<22} by {} {} {} {}",
                shown(found.stage_before(), found.mark_before()),
                shown(found.stage(), found.mark()),
                actor.to_ascii_lowercase(),
                found.caller,
                found.reason,
                evidence.join(", ")
            );
        }
    }
    Ok(())
}

/// A stage and mark in words.
pub(crate) fn shown(stage: v1::Stage, mark: v1::StageMark) -> String {
    let stage = stage.as_str_name().trim_start_matches("STAGE_").to_ascii_lowercase();
    match mark {
        v1::StageMark::Unspecified => stage,
        mark => {
            let mark = mark.as_str_name().trim_start_matches("STAGE_MARK_").to_ascii_lowercase();
            format!("{stage}, {mark}")
        }
    }
}
