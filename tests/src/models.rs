//! Models to test with.

/// A model under which a handful of activities moves accounts through all tiers, and two weeks
/// of silence move them back. It has every kind of rule.
pub const LIVELY: &str = r#"
name: lively
engagement: {half_life_days: 7, daily_cap: 3, half_points: 20, look_back_days: 90, engaged_floor: 20}
groups:
  web: {cap: 12}
signals:
  - {name: bounce, when: 'activity.type == "bounce"', ignore: true}
  - {name: demo, when: 'activity.type == "demo_request"', points: 30, hand_raiser: true, shows: intent, phase: decision}
  - {name: pricing, when: 'activity.type == "page_view" && activity.attributes.url.contains("/pricing")', points: 8, group: web, phase: decision}
  - {name: view, when: 'activity.type == "page_view"', points: 3, group: web, phase: awareness}
  - {name: meeting, when: 'activity.type == "meeting_held"', points: 20, half_life_days: 14, daily_cap: 1}
  - {name: unsubscribe, when: 'activity.type == "unsubscribe"', points: -15, half_life_days: 20}
patterns:
  - {name: came_back, visits: {from: 2}, points: 1, group: web, phase: consideration}
  - {name: serious, all: [{of: [view, pricing], at_least: 2}, {of: [meeting, demo]}], within_days: 10, points: 4, hand_raiser: true}
visits: {of: [view, pricing], gap_minutes: 30}
titles:
  rules:
    - {name: chiefs, matches: '\bc[etf]o\b', seniority: c_level, buying_role: decision_maker, confidence: 90}
lead_fit:
  - {name: decides, when: 'lead.seniority in ["c_level", "vp"]', points: 60}
  - {name: has a title, when: 'lead.title != ""', points: 20}
  - {name: at a large company, when: account.employees >= 1000, points: 20}
account_fit:
  people_percent: 40
  top_people: 2
  roles_percent: 20
  required_roles: [champion]
  rules:
    - {name: large, when: account.employees >= 1000, points: 60}
    - {name: known industry, when: 'account.industry != ""', points: 20}
    - {name: reachable, when: 'size(account.domains) > 0', points: 20}
exclusions:
  - {name: competitor, when: account.attributes.relationship == "competitor"}
lead_exclusions:
  - {name: student, when: lead.title == "Student"}
rollup:
  operator: saturating_sum
  half_points: 60
  seniority_percent: {c_level: 200, vp: 150, director: 125, manager: 100, other: 50}
  unknown_visitor_percent: 50
tiers:
  - {tier: 1, fit: 30, engagement: 55, engaged_people: 2}
  - {tier: 2, engagement: 35, engaged_people: 1}
  - {tier: 3, engagement: 12}
priority_tiers: [1, 2]
hold_days: 5
mqa: {fit: 30, engagement: 50, engaged_people: 2}
mql: {fit: 20, engagement: 45}
segments:
  - {name: giants, when: account.employees >= 50000, tiers: [{tier: 1, engagement: 40}, {tier: 3, engagement: 8}]}
phases: {days: 10, activities: 2}
"#;

/// [`LIVELY`] with one text replaced by another, for a version that differs in just that.
#[must_use]
pub fn lively(old: &str, new: &str) -> String {
    let file = LIVELY.replace(old, new);
    assert_ne!(file, LIVELY, "`{old}` is in the model");
    file
}
