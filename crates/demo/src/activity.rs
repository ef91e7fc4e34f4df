//! What people do.

use abm_proto::v1;
use rand::Rng;
use rand::rngs::StdRng;

use crate::company::{Company, Heat};
use crate::person::Person;
use crate::weights::Weights;

const DAY: i64 = 86_400;

/// What can happen: its type, its address or mark, and how often, of a thousand.
const KINDS: [(&str, &str, u32); 16] = [
    ("page_view", "/", 330),
    ("page_view", "/product/overview", 140),
    ("page_view", "/pricing", 45),
    ("page_view", "/careers", 20),
    ("returning_visit", "", 60),
    ("email_open", "", 180),
    ("email_click", "", 90),
    ("email_click", "scanner", 40),
    ("content_download", "", 35),
    ("webinar_attended", "", 15),
    ("event_attended", "", 8),
    ("form_submit", "", 12),
    ("demo_request", "", 3),
    ("meeting_held", "", 3),
    ("unsubscribe", "", 5),
    ("email_bounce", "", 14),
];

/// `count` activities of the year before `now`; one in fifty is of a company's unknown visitor.
pub(crate) fn activities(
    companies: &[Company],
    people: &[Person],
    count: usize,
    now: i64,
    random: &mut StdRng,
) -> Vec<v1::Activity> {
    let mut activities = Vec::with_capacity(count);
    // People of companies that take more interest do more.
    let weight = |person: &Person| companies.get(person.company).map_or(1.0, Company::weight);
    let weights = Weights::new(people.iter().map(weight));
    while activities.len() < count
        && let Some(at) = weights.draw(random)
    {
        let Some(person) = people.get(at) else { continue };
        let Some(company) = companies.get(person.company) else { continue };
        let age = age(company.heat, random);
        let mut activity = v1::Activity {
            source: "demo".into(),
            activity_id: format!("a{:06}", activities.len()),
            occurred_at: Some(prost_types::Timestamp { seconds: now - age, nanos: 0 }),
            ..v1::Activity::default()
        };
        if random.random_range(0..50) == 0 {
            activity.r#type = "intent_surge".into();
            activity.account_id.clone_from(&company.id);
        } else {
            activity.lead_id.clone_from(&person.id);
            describe(&mut activity, random);
        }
        activities.push(activity);
    }
    activities
}

/// How long ago something happened, in seconds: the hotter a company the more lately.
fn age(heat: Heat, random: &mut StdRng) -> i64 {
    let draw: f64 = random.random_range(0.0..1.0);
    let days = match heat {
        Heat::Hot => 365.0 * draw.powi(4),
        Heat::Warm => 365.0 * draw.powi(2),
        Heat::Cold => 365.0 * draw,
        Heat::Gone => 150.0 + 215.0 * draw,
    };
    (days * DAY as f64) as i64
}

fn describe(activity: &mut v1::Activity, random: &mut StdRng) {
    let mut draw = random.random_range(0..1_000);
    let kind = KINDS.iter().find(|(_, _, often)| {
        let found = draw < *often;
        draw = draw.saturating_sub(*often);
        found
    });
    let (kind, mark, _) = kind.copied().unwrap_or(("page_view", "/", 0));
    activity.r#type = kind.into();
    match (kind, mark) {
        ("page_view", path) => {
            activity.attributes.insert("url".into(), format!("https://www.example.com{path}"));
        }
        (_, "scanner") => {
            activity.attributes.insert("scanner".into(), "true".into());
        }
        _ => {}
    }
}
