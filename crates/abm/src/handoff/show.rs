//! Showing one handoff.

use abm_client::{Client, v1};

use super::{state_of, word};
use crate::moment;

pub(super) async fn show(client: &Client, id: &str) -> anyhow::Result<()> {
    let request = v1::GetHandoffRequest { handoff_id: id.to_owned(), ..Default::default() };
    let found = client.get_handoff(request).await?;
    let handoff = found.handoff.unwrap_or_default();
    let cause = word(handoff.cause().as_str_name(), "HANDOFF_CAUSE_");
    println!("{} ({cause}), {}", handoff.handoff_id, state_of(&handoff));
    let moment = |name: &str, at: &Option<prost_types::Timestamp>| {
        if at.is_some() {
            println!("  {name:<12} {}", moment::show(at.as_ref()));
        }
    };
    for (name, text) in [
        ("account", &handoff.account_id),
        ("lead", &handoff.lead_id),
        ("owner", &handoff.owner),
        ("queue", &handoff.queue),
        ("team", &handoff.team),
        ("route", &handoff.route),
        ("clock", &handoff.sla),
        ("reason", &handoff.rejection_reason),
        ("comment", &handoff.comment),
    ] {
        if !text.is_empty() {
            println!("  {name:<12} {text}");
        }
    }
    moment("handed over", &handoff.created_at);
    moment("due", &handoff.due_time);
    moment("claimed", &handoff.claimed_at);
    moment("tried", &handoff.attempted_at);
    moment("answered", &handoff.answered_at);
    moment("given up", &handoff.give_up_time);
    moment("ended", &handoff.ended_at);
    moment("nurtured to", &handoff.nurture_until);
    packet(&found.packet.unwrap_or_default());
    println!("What happened");
    for event in &found.events {
        let details: Vec<String> =
            event.details.iter().map(|(name, text)| format!("{name} {text}")).collect();
        let actor = word(event.actor().as_str_name(), "STAGE_ACTOR_");
        let at = moment::show(event.event_time.as_ref());
        println!("  {at} {:<11} by {actor} {} {}", event.what, event.caller, details.join(", "));
    }
    Ok(())
}

fn packet(packet: &v1::HandoffPacket) {
    println!("What to mention");
    for reason in &packet.reasons {
        println!("  {reason}");
    }
    if let Some(account) = &packet.account {
        println!(
            "Account {} {} ({}): engagement {}, fit {}, {} engaged people {}",
            account.account_id,
            account.name,
            account.label,
            account.engagement,
            account.fit,
            account.engaged_people,
            account.phase
        );
    }
    println!("People, under model version {}", packet.model_version);
    for person in &packet.people {
        let mark = if person.qualified { "*" } else { " " };
        println!(
            " {mark} {:<20} {:<4} engagement {:>3}, fit {:>3}  {}",
            person.lead_id, person.label, person.engagement, person.fit, person.title
        );
        for line in &person.engagement_lines {
            let micros = line.micropoints;
            let points = format!("{}.{}", micros / 1_000_000, (micros.abs() / 100_000) % 10);
            println!("     {points:>6} {} ({})", line.name, line.count);
        }
    }
    println!("Last activities");
    for touch in &packet.touches {
        let at = moment::show(touch.occurred_at.as_ref());
        println!("  {at} {:<20} {} {}", touch.r#type, touch.lead_id, touch.campaign);
    }
}
