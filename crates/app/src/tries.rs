//! Readings of the whole base: few at a time, and only as long as somebody waits.

use std::sync::{Arc, Weak};

use tokio::sync::OwnedSemaphorePermit;

use crate::{App, AppError};

/// Readings of the whole base that a process makes at a time: each holds a connection and thinks
/// on all cores.
pub(crate) const TRIES: usize = 2;

/// Somebody who waits for an answer. When it is dropped, the work for them ends early.
#[derive(Debug, Default)]
pub struct Waiting(Arc<()>);

impl Waiting {
    /// What the work looks at.
    #[must_use]
    pub fn awaited(&self) -> Awaited {
        Awaited(Arc::downgrade(&self.0))
    }
}

/// Tells whether an answer is waited for still.
#[derive(Clone, Debug)]
pub struct Awaited(Weak<()>);

/// A place among those who read the whole base, for somebody who waits. Free again when the last
/// clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    awaited: Awaited,
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Turn {
    /// Ends the work when nobody waits for it any more.
    pub(crate) fn check(&self) -> Result<(), AppError> {
        match self.awaited.0.strong_count() {
            0 => Err(AppError::Abandoned),
            _ => Ok(()),
        }
    }
}

impl App {
    /// A place for work that ends when nobody waits for it.
    pub(crate) fn turn(&self, awaited: Awaited) -> Result<Turn, AppError> {
        Ok(Turn { awaited, _permit: Arc::new(self.permit()?) })
    }

    /// A place, if one is free.
    pub(crate) fn permit(&self) -> Result<OwnedSemaphorePermit, AppError> {
        Arc::clone(&self.tries).try_acquire_owned().map_err(|_| AppError::Overloaded)
    }
}
