//! Acting on handoffs. Each reads the handoff first, and acts on it as it was then.

use abm_client::{Client, v1};
use clap::Args;

use super::{state_of, word};
use crate::moment;

/// What to hand over.
#[derive(Debug, Args)]
pub(crate) struct MakeArgs {
    #[command(flatten)]
    subject: Subject,

    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
}

/// Where something would go.
#[derive(Debug, Args)]
pub(crate) struct TryArgs {
    #[command(flatten)]
    subject: Subject,

    /// As if they had asked to be contacted.
    #[arg(long)]
    hand_raiser: bool,
}

/// A lead or an account.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Subject {
    /// The lead; its account goes with it.
    #[arg(long, default_value = "")]
    lead: String,

    /// The account.
    #[arg(long, default_value = "")]
    account: String,
}

/// Who takes what.
#[derive(Debug, Args)]
pub(crate) struct ClaimArgs {
    /// The handoff.
    id: String,

    /// For whom.
    #[arg(long)]
    owner: String,
}

/// How somebody tried.
#[derive(Debug, Args)]
pub(crate) struct AttemptArgs {
    /// The handoff.
    id: String,

    /// How: call, mail or meeting.
    #[arg(long, value_parser = kind)]
    kind: v1::AttemptKind,

    /// What came of it: no_answer, answered or unreachable.
    #[arg(long, value_parser = outcome)]
    outcome: v1::AttemptOutcome,

    /// When; now when not given.
    #[arg(long, value_parser = moment::parse)]
    at: Option<jiff::Timestamp>,

    /// Whom they tried; the lead that the handoff began with when not given.
    #[arg(long, default_value = "")]
    lead: String,

    /// More of it.
    #[arg(long, default_value = "")]
    comment: String,
}

/// What is accepted.
#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    /// The handoff.
    id: String,

    /// More of it.
    #[arg(long, default_value = "")]
    comment: String,
}

/// What is turned down.
#[derive(Debug, Args)]
pub(crate) struct RejectArgs {
    /// The handoff.
    id: String,

    /// One of the policy's reasons.
    #[arg(long)]
    reason: String,

    /// More of it.
    #[arg(long, default_value = "")]
    comment: String,

    /// Until when its leads are nurtured; what the policy says when not given.
    #[arg(long, value_parser = moment::parse)]
    nurture_until: Option<jiff::Timestamp>,
}

/// Who gets it instead.
#[derive(Debug, Args)]
#[group(id = "whom", required = true, multiple = false, args = ["owner", "queue"])]
pub(crate) struct ReassignArgs {
    /// The handoff.
    id: String,

    /// To whom.
    #[arg(long, default_value = "")]
    owner: String,

    /// Into which queue.
    #[arg(long, default_value = "")]
    queue: String,

    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) fn state(text: &str) -> anyhow::Result<v1::HandoffState> {
    let name = format!("HANDOFF_STATE_{}", text.to_ascii_uppercase());
    let found = v1::HandoffState::from_str_name(&name);
    found.ok_or_else(|| anyhow::anyhow!("`{text}` is no state of a handoff"))
}

fn kind(text: &str) -> anyhow::Result<v1::AttemptKind> {
    let name = format!("ATTEMPT_KIND_{}", text.to_ascii_uppercase());
    let found = v1::AttemptKind::from_str_name(&name);
    found.ok_or_else(|| anyhow::anyhow!("`{text}` is none of call, mail, meeting"))
}

fn outcome(text: &str) -> anyhow::Result<v1::AttemptOutcome> {
    let name = format!("ATTEMPT_OUTCOME_{}", text.to_ascii_uppercase());
    let found = v1::AttemptOutcome::from_str_name(&name);
    found.ok_or_else(|| anyhow::anyhow!("`{text}` is none of no_answer, answered, unreachable"))
}

/// The etag of a handoff as it is now.
async fn etag(client: &Client, id: &str) -> anyhow::Result<String> {
    let request = v1::GetHandoffRequest { handoff_id: id.to_owned(), ..Default::default() };
    Ok(client.get_handoff(request).await?.handoff.unwrap_or_default().etag)
}

fn tell(handoff: Option<v1::Handoff>) {
    let handoff = handoff.unwrap_or_default();
    let whose = match (handoff.owner.as_str(), handoff.queue.as_str()) {
        ("", "") => String::new(),
        ("", queue) => format!(", in the queue {queue}"),
        (owner, _) => format!(", {owner}'s"),
    };
    println!("handoff {} is {}{whose}", handoff.handoff_id, state_of(&handoff));
}

pub(super) async fn make(client: &Client, args: &MakeArgs) -> anyhow::Result<()> {
    let request = v1::HandOverRequest {
        lead_id: args.subject.lead.clone(),
        account_id: args.subject.account.clone(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    let made = client.hand_over(request).await?;
    if made.joined {
        println!("it was handed over already:");
    }
    tell(made.handoff);
    Ok(())
}

pub(super) async fn try_route(client: &Client, args: &TryArgs) -> anyhow::Result<()> {
    let cause =
        if args.hand_raiser { v1::HandoffCause::HandRaiser } else { v1::HandoffCause::Person };
    let request = v1::TryRouteRequest {
        lead_id: args.subject.lead.clone(),
        account_id: args.subject.account.clone(),
        cause: cause.into(),
        ..Default::default()
    };
    let tried = client.try_route(request).await?;
    let whose = match tried.owner.as_str() {
        "" => format!("the queue {}", tried.queue),
        owner => owner.to_owned(),
    };
    let by = match tried.route.as_str() {
        "" => "as no route takes it".to_owned(),
        route => format!("by the route `{route}`"),
    };
    println!("would go to {whose} {by}");
    println!("due {} ({})", moment::show(tried.due_time.as_ref()), tried.sla);
    for passed_over in &tried.passed_over {
        println!("  passed over: {passed_over}");
    }
    Ok(())
}

pub(super) async fn claim(client: &Client, args: &ClaimArgs) -> anyhow::Result<()> {
    let request = v1::ClaimHandoffRequest {
        handoff_id: args.id.clone(),
        etag: etag(client, &args.id).await?,
        owner: args.owner.clone(),
        ..Default::default()
    };
    tell(client.claim_handoff(request).await?.handoff);
    Ok(())
}

pub(super) async fn attempt(client: &Client, args: &AttemptArgs) -> anyhow::Result<()> {
    let request = v1::RecordAttemptRequest {
        handoff_id: args.id.clone(),
        etag: etag(client, &args.id).await?,
        kind: args.kind.into(),
        outcome: args.outcome.into(),
        attempted_at: args.at.map(moment::to_proto),
        lead_id: args.lead.clone(),
        comment: args.comment.clone(),
        ..Default::default()
    };
    tell(client.record_attempt(request).await?.handoff);
    Ok(())
}

pub(super) async fn accept(client: &Client, args: &AcceptArgs) -> anyhow::Result<()> {
    let request = v1::AcceptHandoffRequest {
        handoff_id: args.id.clone(),
        etag: etag(client, &args.id).await?,
        comment: args.comment.clone(),
        ..Default::default()
    };
    tell(client.accept_handoff(request).await?.handoff);
    Ok(())
}

pub(super) async fn reject(client: &Client, args: &RejectArgs) -> anyhow::Result<()> {
    let request = v1::RejectHandoffRequest {
        handoff_id: args.id.clone(),
        etag: etag(client, &args.id).await?,
        reason: args.reason.clone(),
        comment: args.comment.clone(),
        nurture_until: args.nurture_until.map(moment::to_proto),
        ..Default::default()
    };
    let handoff = client.reject_handoff(request).await?.handoff;
    let kind = handoff.as_ref().map_or(v1::RejectionKind::Unspecified, v1::Handoff::rejection_kind);
    tell(handoff);
    println!("  {}", word(kind.as_str_name(), "REJECTION_KIND_"));
    Ok(())
}

pub(super) async fn reassign(client: &Client, args: &ReassignArgs) -> anyhow::Result<()> {
    let request = v1::ReassignHandoffRequest {
        handoff_id: args.id.clone(),
        etag: etag(client, &args.id).await?,
        owner: args.owner.clone(),
        queue: args.queue.clone(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    tell(client.reassign_handoff(request).await?.handoff);
    Ok(())
}
