//! What a process remembers of the publications it works on.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use abm_core::WorkspaceId;

/// How often in a row the database may fail in the middle of a step before the work is given up.
pub(super) const FAILURES: u32 = 5;

/// Longest stretch, as a power of two: more lots than there can be accounts.
const LONGEST: u32 = 40;

/// The publications of a process, one in a workspace.
#[derive(Debug, Default)]
pub(crate) struct Courses {
    by_workspace: Mutex<HashMap<WorkspaceId, Course>>,
}

/// How a publication went here.
#[derive(Debug, Default)]
pub(super) struct Course {
    operation: String,
    /// Stretches under the exclusive lock that did not come to the end.
    unfinished: u32,
    /// Steps that failed since one went well.
    failures: u32,
}

impl Courses {
    /// Asks or changes how an operation went, which is the one of its workspace.
    pub(super) fn with<T>(
        &self,
        workspace: WorkspaceId,
        operation: &str,
        ask: impl FnOnce(&mut Course) -> T,
    ) -> T {
        let mut courses = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let course = courses.entry(workspace).or_default();
        if course.operation != operation {
            *course = Course { operation: operation.to_owned(), ..Course::default() };
        }
        ask(course)
    }
}

impl Course {
    /// Lots of the next stretch under the exclusive lock: each is twice as long as the one
    /// before, so that one is long enough at last, whatever is recorded between them.
    pub(super) fn lots(&self) -> u64 {
        1 << self.unfinished.min(LONGEST)
    }

    /// Notes that a stretch did not come to the end.
    pub(super) fn did_not_finish(&mut self) {
        self.unfinished += 1;
    }

    /// Notes that a step went well.
    pub(super) fn went_on(&mut self) {
        self.failures = 0;
    }

    /// Notes that a step failed, and tells whether that has happened too often.
    pub(super) fn failed_too_often(&mut self) -> bool {
        self.failures += 1;
        self.failures >= FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_double_until_another_operation_begins() {
        let (courses, workspace) = (Courses::default(), WorkspaceId(1));
        let next = |operation: &str| {
            courses.with(workspace, operation, |course| {
                let lots = course.lots();
                course.did_not_finish();
                lots
            })
        };
        assert_eq!([next("a"), next("a"), next("a"), next("b"), next("b")], [1, 2, 4, 1, 2]);
    }
}
