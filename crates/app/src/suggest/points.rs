//! A draft of the points of signals, learned from what became of accounts.

use std::sync::Arc;

use abm_core::model::{self, SignalPoints};
use abm_core::{Violation, WorkspaceId};
use abm_learn::suggest::TooFew;
use abm_learn::suggest::points::PointsOptions;
use abm_learn::{SuggestedPoints, suggest_points};

use super::history::History;
use super::{SEED, check_names};
use crate::backtest::windows::Windows;
use crate::backtest::{Backtest, BacktestScore, Measured, check_count, look_back, walk};
use crate::models::Compiled;
use crate::tries::Awaited;
use crate::{App, AppError, OutcomeWindows};

/// Of so many dates the last one is held out.
const HELD_OUT_OF: usize = 3;

/// What is asked of a draft.
#[derive(Clone, Debug)]
pub struct PointsQuestion {
    /// The dates, at least two, and what is looked for after each. The last third is held out;
    /// learned from are those whose window is over when it begins.
    pub windows: OutcomeWindows,
    /// Signals that keep their points, by name.
    pub leave_out: Vec<String>,
    /// Signals to learn although they nearly are the outcome, by name.
    pub allow: Vec<String>,
    /// The version whose other parts the draft has; the one in force when unset.
    pub base: Option<u64>,
    /// How many accounts can be worked after a date; what the draft says when unset.
    pub capacity: Option<u64>,
}

/// A draft, and how it does at dates it was not learned from.
#[derive(Clone, Debug)]
pub struct PointsSuggested {
    /// The whole model file.
    pub file: String,
    /// The version it was made from.
    pub base: u64,
    /// What was learned.
    pub learned: SuggestedPoints,
    /// The engagement of accounts under the draft at the dates held out, beside that under the
    /// version it was made from.
    pub backtest: Backtest,
}

impl App {
    /// Learns the points of signals from what became of accounts after past dates, and measures
    /// them at later ones. Stores nothing, and ends early when nobody waits for it any more. What
    /// is held out decides nothing in the draft.
    ///
    /// # Errors
    /// When the question is wrong, a window is not over, there is no such version, there are more
    /// than 100,000 accounts, or too few outcomes; while others read the whole base here already
    /// ([`AppError::Overloaded`]).
    pub async fn suggest_points(
        &self,
        workspace: WorkspaceId,
        question: PointsQuestion,
        awaited: Awaited,
    ) -> Result<PointsSuggested, AppError> {
        let PointsQuestion { windows, leave_out, allow, base, capacity } = question;
        let windows = Windows::new(&windows, self.clock().now()).and_then(Windows::split);
        let (learned_at, held_out) = windows.map_err(of_history)?;
        let turn = self.turn(awaited)?;
        let view = self.inner.snapshot(workspace).await?;
        check_count(&view).await?;
        let base = match base {
            Some(version) => version,
            None => self.inner.workspace(&view).await?.model_version,
        };
        let compiled = self.inner.models.get(&view, base).await?;
        let record = self.inner.model_record(&view, base).await?;
        let is_known = |name: &str| is_called(&compiled, name);
        check_names("signal or pattern", &leave_out, &allow, is_known)?;
        let tried = [Arc::clone(&compiled)];
        let history =
            walk(&view, &learned_at, &tried, &turn, History::default(), History::add).await?;
        let options = PointsOptions { leave_out, allow, seed: SEED };
        let (learning, awaits) = (Arc::clone(&compiled), turn.clone());
        // Takes seconds of computing: not on the threads that answer other calls.
        let learned = tokio::task::spawn_blocking(move || {
            awaits.check()?;
            learn(history, &learning, &record.file, &options)
        });
        let (learned, file) = learned.await.map_err(|_| AppError::Broken)??;
        let draft = Arc::new(Compiled::of_file(&file)?);
        let measured = Measured { score: BacktestScore::Engagement, segment: None };
        let tried = vec![draft, compiled];
        let backtest = look_back(view, &held_out, tried, measured, capacity, &turn).await?;
        Ok(PointsSuggested { file, base, learned, backtest })
    }
}

/// Whether a signal or pattern of a model has a name.
fn is_called(compiled: &Compiled, name: &str) -> bool {
    let signals = compiled.model.signals.all().iter().map(|signal| &signal.name);
    let patterns = compiled.model.patterns.all().iter().map(|pattern| &pattern.name);
    signals.chain(patterns).any(|known| known == name)
}

/// What is wrong with the dates or outcomes, told of the field they are in.
fn of_history(error: AppError) -> AppError {
    let inside = |violation: Violation| violation.inside("history");
    match error {
        AppError::Invalid(found) => AppError::Invalid(found.into_iter().map(inside).collect()),
        other => other,
    }
}

impl Windows {
    /// The dates to learn from and, after the windows of all of them, those held out.
    fn split(self) -> Result<(Arc<Self>, Arc<Self>), AppError> {
        let held_out = self.dates.len().div_ceil(HELD_OUT_OF);
        let held_out = self.dates.get(self.dates.len() - held_out..).unwrap_or_default().to_vec();
        let begins = held_out.first().copied().unwrap_or(i64::MIN);
        let is_over = |date: &i64| date.saturating_add(self.window_secs) <= begins;
        let learned: Vec<i64> = self.dates.iter().copied().filter(is_over).collect();
        if learned.is_empty() {
            let message = "the last third of the dates is held out, and no window of an earlier \
                           date is over when it begins; give more dates, dates further apart or \
                           a shorter window";
            return Err(AppError::invalid(self.dates_field, message));
        }
        let at = |dates| Arc::new(Self { dates, ..self.clone() });
        Ok((at(learned), at(held_out)))
    }
}

/// Learns, and puts what was learned into a model file.
fn learn(
    history: History,
    compiled: &Compiled,
    file: &str,
    options: &PointsOptions,
) -> Result<(SuggestedPoints, String), AppError> {
    let learned = suggest_points(&history.into_examples(&compiled.model), options)
        .map_err(|few: TooFew| AppError::invalid("history.outcome", few.to_string()))?;
    let points = learned.signals.iter().map(|signal| SignalPoints {
        name: signal.name.clone(),
        points: signal.points,
        note: format!(
            "was {}; {} of {}: {:.0} %, lift {:.2}",
            signal.base_points,
            signal.positives,
            signal.rows,
            100.0 * signal.rate,
            signal.lift
        ),
    });
    let points: Vec<_> = points.collect();
    let file = model::with_points(file, &points).map_err(AppError::Model)?;
    Ok((learned, file))
}
