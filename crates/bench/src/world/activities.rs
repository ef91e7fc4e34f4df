//! What people and unknown visitors did, as it arrives.

use std::collections::BTreeMap;

use abm_core::{Activity, ActivityKey, DAY, Timestamp};
use rand::Rng;
use rand::rngs::StdRng;

use super::draw::{chance, exponential, pick, weighted};
use super::profiles::{Company, Person};
use super::{DAYS, START};

/// The share that unknown visitors of companies have.
const VISITORS: f64 = 0.05;

/// The share that arrives days late.
const LATE: f64 = 0.10;

/// The share that is sent again.
const REPEATED: f64 = 0.03;

/// What is sent.
pub(super) struct Sent {
    pub(super) stream: Vec<Activity>,
    pub(super) late: usize,
    pub(super) repeated: usize,
}

/// What is seen, and how often in a thousand.
#[derive(Clone, Copy)]
enum Seen {
    PageView,
    EmailOpen,
    EmailClick,
    Other(&'static str),
    /// A form that the person fills in with the e-mail address.
    Form(&'static str),
}

const OF_PEOPLE: [(u32, Seen); 15] = [
    (520, Seen::PageView),
    (150, Seen::EmailOpen),
    (120, Seen::EmailClick),
    (60, Seen::Other("returning_visit")),
    (50, Seen::Form("content_download")),
    (30, Seen::Form("form_submit")),
    (15, Seen::Other("webinar_attended")),
    (10, Seen::Other("event_attended")),
    (10, Seen::Other("email_bounce")),
    (10, Seen::Other("support_ticket")),
    (8, Seen::Other("meeting_held")),
    (6, Seen::Form("demo_request")),
    (5, Seen::Other("unsubscribe")),
    (4, Seen::Other("trial_start")),
    (2, Seen::Form("contact_request")),
];

const OF_VISITORS: [(u32, Seen); 3] =
    [(75, Seen::PageView), (15, Seen::Other("returning_visit")), (10, Seen::Other("intent_surge"))];

const PAGES: [(u32, &str); 5] = [
    (55, "https://www.example.com/blog/post-"),
    (25, "https://www.example.com/product/feature-"),
    (11, "https://www.example.com/pricing?plan="),
    (3, "https://www.example.com/careers/job-"),
    (6, "https://www.example.com/docs/page-"),
];

pub(super) fn stream(
    random: &mut StdRng,
    companies: &[Company],
    people: &[Person],
    count: usize,
) -> Sent {
    let diligence = cumulative(random, people.len());
    let mut arrivals: Vec<(i64, usize, Activity)> = Vec::with_capacity(count + count / 25);
    let (mut late, mut repeated) = (0, 0);
    for number in 0..count {
        let Some(activity) = activity(random, companies, people, &diligence) else { continue };
        let mut arrives = activity.occurred_at.secs() + random.random_range(0..120);
        if chance(random, LATE) {
            late += 1;
            arrives += DAY + exponential(random, 4.0 * DAY as f64) as i64;
        }
        if chance(random, REPEATED) {
            repeated += 1;
            let again = arrives + random.random_range(60..2 * DAY);
            arrivals.push((again, count + number, activity.clone()));
        }
        arrivals.push((arrives, number, activity));
    }
    arrivals.sort_by_key(|(arrives, number, _)| (*arrives, *number));
    Sent { stream: arrivals.into_iter().map(|(_, _, activity)| activity).collect(), late, repeated }
}

/// How diligent each person is, added up, to draw people by.
fn cumulative(random: &mut StdRng, count: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let add = |_| {
        sum += exponential(random, 1.0);
        sum
    };
    (0..count).map(add).collect()
}

fn activity(
    random: &mut StdRng,
    companies: &[Company],
    people: &[Person],
    diligence: &[f64],
) -> Option<Activity> {
    let drawn = random.random::<f64>() * diligence.last()?;
    let person = people.get(diligence.partition_point(|&sum| sum <= drawn))?;
    let visitor = chance(random, VISITORS);
    let mix: &[(u32, Seen)] = if visitor { &OF_VISITORS } else { &OF_PEOPLE };
    let seen = weighted(random, mix).copied()?;
    let at = (START + random.random_range(0..DAYS * DAY)) * 1_000_000
        + random.random_range(0..1_000_000);
    let (source, kind, attributes) = details(random, seen);
    let names_email = matches!(seen, Seen::Form(_));
    let by_campaign = matches!(seen, Seen::EmailOpen | Seen::EmailClick);
    let id = format!("{:032x}", random.random::<u128>());
    Some(Activity {
        key: ActivityKey::new(source, id).ok()?,
        kind: kind.to_owned(),
        occurred_at: Timestamp::from_micros(at),
        lead: (!visitor).then(|| person.id.clone()),
        account: if visitor { Some(companies.get(person.company)?.id.clone()) } else { None },
        email: if names_email { person.profile.email.clone() } else { String::new() },
        campaign: if by_campaign {
            format!("nurture-{:02}", random.random_range(0..30))
        } else {
            String::new()
        },
        attributes,
    })
}

/// The source, the type and the attributes of what is seen.
fn details(
    random: &mut StdRng,
    seen: Seen,
) -> (&'static str, &'static str, BTreeMap<String, String>) {
    let mut attributes = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        attributes.insert(name.to_owned(), value);
    };
    let named = match seen {
        Seen::PageView => {
            let page = weighted(random, &PAGES).copied().unwrap_or_default();
            set("url", format!("{page}{}", random.random_range(0..500)));
            if chance(random, 0.5) {
                set("referrer", "https://www.google.com/".to_owned());
            }
            set("session", format!("{:016x}", random.random::<u64>()));
            ("web", "page_view")
        }
        Seen::EmailOpen => {
            set("mailing", format!("mailing-{:04}", random.random_range(0..2_000)));
            ("mail", "email_open")
        }
        Seen::EmailClick => {
            set("mailing", format!("mailing-{:04}", random.random_range(0..2_000)));
            set("link", format!("https://go.example.com/l/{:08x}", random.random::<u32>()));
            if chance(random, 0.05) {
                set("scanner", "true".to_owned());
            }
            ("mail", "email_click")
        }
        Seen::Form(kind) => {
            set("asset", format!("asset-{:03}", random.random_range(0..200)));
            ("forms", kind)
        }
        Seen::Other(kind) => {
            set("channel", pick(random, &["web", "phone", "event", "partner"]).to_owned());
            ("crm", kind)
        }
    };
    (named.0, named.1, attributes)
}
