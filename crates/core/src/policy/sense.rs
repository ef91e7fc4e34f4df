//! What is well formed and makes no sense: rules that can never decide.

use super::file::{PolicyFile, TargetFile};
use crate::problem::Problem;

/// Everything in a policy that can never come to pass, as warnings.
pub(super) fn check(file: &PolicyFile) -> Vec<Problem> {
    let mut found = Vec::new();
    routes(file, &mut found);
    slas(file, &mut found);
    if file.reasons.is_empty() {
        found.push(Problem::new("reasons", "there are none: sales can turn nothing down"));
    }
    found.into_iter().map(Problem::into_warning).collect()
}

/// What two rules say alike.
fn condition(when: Option<&str>) -> &str {
    when.map_or("true", str::trim)
}

/// Routes that nothing comes to, or that have somebody only where one before them has.
fn routes(file: &PolicyFile, found: &mut Vec<Problem>) {
    for (position, route) in file.routes.iter().enumerate() {
        // A queue takes whatever comes; a team or owner may have nobody free.
        let taken = file.routes.iter().take(position).find(|before| {
            let same = condition(before.when.as_deref()) == condition(route.when.as_deref());
            let always_takes = matches!(before.to, TargetFile::Queue(_));
            (always_takes && (same || before.is_of_all()))
                || (before.to == route.to && (same || before.is_of_all()))
        });
        if let Some(before) = taken {
            let message = format!("never decides: `{}` before it takes all of it", before.name);
            found.push(Problem::new(format!("routes[{position}]"), message));
        }
    }
}

/// SLAs that nothing comes to.
fn slas(file: &PolicyFile, found: &mut Vec<Problem>) {
    for (position, sla) in file.sla.iter().enumerate() {
        let taken = file.sla.iter().take(position).find(|before| {
            let same = condition(before.when.as_deref()) == condition(sla.when.as_deref());
            same || before.is_of_all()
        });
        if let Some(before) = taken {
            let message = format!("never applies: `{}` before it takes all of it", before.name);
            found.push(Problem::new(format!("sla[{position}]"), message));
        }
    }
}
