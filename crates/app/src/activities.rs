//! Activities as they are listed, and the rows that were refused.

use abm_core::{Timestamp, WorkspaceId};
use abm_store::{ActivityPlace, ActivitySubject, RejectedActivity, StoredActivity, View};

use crate::gather::entry_of;
use crate::models::Compiled;
use crate::{App, AppError};

/// A stored activity and what it means.
#[derive(Clone, Debug)]
pub struct SeenActivity {
    /// As stored.
    pub stored: StoredActivity,
    /// The signal it is; `None` when no signal matches.
    pub signal: Option<String>,
    /// Whether that signal counts nothing.
    pub ignored: bool,
}

impl SeenActivity {
    fn new(compiled: &Compiled, stored: StoredActivity) -> Self {
        use abm_core::model::Match;
        let found = compiled.model.signals.classify(&stored.activity);
        let (position, ignored) = match found {
            Match::Counts(position) => (Some(position), false),
            Match::Ignored(position) => (Some(position), true),
            Match::None => (None, false),
        };
        let signal = position.and_then(|position| compiled.model.signals.get(position));
        debug_assert_eq!(
            entry_of(compiled, &stored.activity).is_some(),
            signal.is_some() && !ignored
        );
        Self { signal: signal.map(|signal| signal.name.clone()), ignored, stored }
    }
}

impl App {
    /// Activities, the newest first, each with the signal it is and whether that is ignored.
    ///
    /// # Errors
    /// When there is no such subject.
    pub async fn activities(
        &self,
        workspace: WorkspaceId,
        subject: &ActivitySubject,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        after: Option<ActivityPlace>,
        limit: u64,
    ) -> Result<(Vec<SeenActivity>, u64), AppError> {
        let found = self.activities_of(workspace, subject, from, until, after.clone(), limit).await;
        let (inner, failure) = (&self.inner, found.as_ref().err());
        let instead = match subject {
            ActivitySubject::Account(id) => {
                inner.instead(workspace, id, failure).await?.map(ActivitySubject::Account)
            }
            ActivitySubject::Lead(id) => {
                inner.instead(workspace, id, failure).await?.map(ActivitySubject::Lead)
            }
        };
        match instead {
            Some(subject) => {
                self.activities_of(workspace, &subject, from, until, after, limit).await
            }
            None => found,
        }
    }

    async fn activities_of(
        &self,
        workspace: WorkspaceId,
        subject: &ActivitySubject,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        after: Option<ActivityPlace>,
        limit: u64,
    ) -> Result<(Vec<SeenActivity>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        check_subject(&view, subject).await?;
        let compiled = self.inner.model_for(&view, None).await?;
        let found = view.activities(subject, from, until, after, limit).await?;
        let seen = found.into_iter().map(|stored| SeenActivity::new(&compiled, stored));
        Ok((seen.collect(), revision))
    }

    /// Refused rows, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rejected_activities(
        &self,
        workspace: WorkspaceId,
        after: Option<(Timestamp, String, u32)>,
        limit: u64,
    ) -> Result<(Vec<RejectedActivity>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        Ok((view.rejected_activities(after, limit).await?, revision))
    }
}

async fn check_subject(view: &View, subject: &ActivitySubject) -> Result<(), AppError> {
    match subject {
        ActivitySubject::Account(id) if view.account(id).await?.is_none() => {
            Err(AppError::not_found("account", id))
        }
        ActivitySubject::Lead(id) if view.leads([id.clone()]).await?.is_empty() => {
            Err(AppError::not_found("lead", id))
        }
        _ => Ok(()),
    }
}
