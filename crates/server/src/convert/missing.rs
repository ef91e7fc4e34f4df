//! What is missing, in words.

use abm_core::missing::{Goal, Lack, Missing, Step};
use abm_proto::v1;

/// One message for each thing that is lacking.
pub(crate) fn to_proto(missing: &[Missing]) -> Vec<v1::MissingStep> {
    missing
        .iter()
        .flat_map(|missing| {
            let bar = match missing.bar {
                Goal::Tier(tier) => format!("tier {}", tier.number()),
                Goal::Mqa => "mqa".to_owned(),
                Goal::Mql => "mql".to_owned(),
            };
            missing.lacks.iter().map(move |lack| step(bar.clone(), lack))
        })
        .collect()
}

fn step(bar: String, lack: &Lack) -> v1::MissingStep {
    let mut message = v1::MissingStep { bar, ..v1::MissingStep::default() };
    match lack {
        Lack::Fit { points } => message.lacking = format!("{} of fit", in_points(*points)),
        Lack::Engagement { points, step } => {
            message.lacking = format!("{} of engagement", in_points(*points));
            message.raw_points_needed = step.as_ref().map(|step| step.raw_points);
            message.cheapest_step = step.as_ref().map(in_words).unwrap_or_default();
        }
        Lack::EngagedPeople { people, step } => {
            message.lacking = match people {
                1 => "one more engaged person".to_owned(),
                people => format!("{people} more engaged people"),
            };
            message.people_needed = i32::try_from(*people).ok();
            message.cheapest_step = step.as_ref().map(in_words).unwrap_or_default();
        }
        Lack::Role { role } => {
            let role = role.name().replace('_', " ");
            message.lacking = format!("an engaged {role}");
            message.cheapest_step = format!("find the {role} and get them engaged");
        }
    }
    message
}

fn in_points(points: u8) -> String {
    if points == 1 { "one point".to_owned() } else { format!("{points} points") }
}

fn in_words(step: &Step) -> String {
    let who = match &step.lead {
        Some(lead) => format!("from {lead}"),
        None => "from somebody new".to_owned(),
    };
    let signal = &step.signal;
    let such = if step.count == 1 {
        format!("one {signal}")
    } else {
        format!("{} x {signal}", step.count)
    };
    format!("{:.1} raw points {who}, such as {such}", step.raw_points)
}
