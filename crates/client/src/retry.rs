//! When a failed call is tried again, and after how long.

use std::time::Duration;

use rand::Rng;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::Error;
use crate::transport::told_plainly;

/// The retry policy that the contract documents: UNAVAILABLE always, RESOURCE_EXHAUSTED only when
/// the service says after which delay (RetryInfo), nothing else. The waits between tries are drawn
/// from 0 to a bound that doubles, so that callers who failed together do not come back together.
/// A delay that the service asks for is waited in full, and that on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all; 1 never tries again.
    pub tries: u32,
    /// Bound of the first wait.
    pub first_wait: Duration,
    /// What the bound of the waits grows to.
    pub longest_wait: Duration,
    /// Longest delay that is waited for because the service asks for it; after a longer one the
    /// caller gets the error and can decide.
    pub longest_delay: Duration,
}

/// What to do after a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Give the error to the caller.
    GiveUp,
    /// Try again after `delay` and a random part of `jitter`.
    Again {
        /// What the service asked for.
        delay: Duration,
        /// Bound of the random wait.
        jitter: Duration,
    },
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(5),
            longest_delay: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Never tries again.
    #[must_use]
    pub fn none() -> Self {
        Self { tries: 1, ..Self::default() }
    }

    /// Decides after `tries` tries, the last of which gave `status`.
    #[must_use]
    pub fn decide(&self, tries: u32, status: &Status) -> Decision {
        let asked = status.get_details_retry_info().and_then(|info| info.retry_delay);
        let may_help = match status.code() {
            Code::Unavailable => true,
            Code::ResourceExhausted => asked.is_some(),
            _ => false,
        };
        let delay = asked.unwrap_or_default();
        if !may_help || tries >= self.tries || delay > self.longest_delay {
            return Decision::GiveUp;
        }
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        let jitter = self.first_wait.saturating_mul(doubled).min(self.longest_wait);
        Decision::Again { delay, jitter }
    }
}

/// Where waits and randomness come from, so that tests need neither.
pub(crate) struct Waiter<Random, Sleep> {
    pub(crate) random: Random,
    pub(crate) sleep: Sleep,
}

impl Waiter<(), ()> {
    /// Really random, and really waiting.
    pub(crate) fn real()
    -> Waiter<impl Fn(Duration) -> Duration, impl Fn(Duration) -> tokio::time::Sleep> {
        let random = |bound: Duration| bound.mul_f64(rand::rng().random());
        Waiter { random, sleep: tokio::time::sleep }
    }
}

/// Makes tries until one succeeds or the policy gives up.
pub(crate) async fn run<Reply, Answer, Slept>(
    policy: &RetryPolicy,
    waiter: &Waiter<impl Fn(Duration) -> Duration, impl Fn(Duration) -> Slept>,
    mut attempt: impl FnMut() -> Answer,
) -> Result<Reply, Error>
where
    Answer: Future<Output = Result<Reply, Status>>,
    Slept: Future<Output = ()>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        let status = match attempt().await {
            Ok(reply) => return Ok(reply),
            Err(status) => told_plainly(status),
        };
        match policy.decide(tries, &status) {
            Decision::GiveUp => return Err(Error::Call { status: Box::new(status), tries }),
            Decision::Again { delay, jitter } => {
                (waiter.sleep)(delay.saturating_add((waiter.random)(jitter))).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tonic_types::ErrorDetails;

    use super::*;

    fn with_delay(code: Code, delay: Duration) -> Status {
        Status::with_error_details(code, "busy", ErrorDetails::with_retry_info(Some(delay)))
    }

    /// Runs against a list of answers and tells the outcome, the waits and the number of tries.
    async fn against(
        policy: RetryPolicy,
        answers: Vec<Result<&'static str, Status>>,
    ) -> (Result<&'static str, Error>, Vec<Duration>, usize) {
        let waits = RefCell::new(Vec::new());
        let mut answers = answers.into_iter();
        let mut tries = 0;
        let waiter = Waiter {
            random: |bound: Duration| bound / 2,
            sleep: |wait| {
                waits.borrow_mut().push(wait);
                std::future::ready(())
            },
        };
        let outcome = run(&policy, &waiter, || {
            tries += 1;
            std::future::ready(answers.next().unwrap_or(Err(Status::unavailable("down"))))
        })
        .await;
        (outcome, waits.into_inner(), tries)
    }

    fn millis(list: &[u64]) -> Vec<Duration> {
        list.iter().map(|&ms| Duration::from_millis(ms)).collect()
    }

    #[tokio::test]
    async fn unavailable_is_tried_five_times_with_waits_that_double() {
        let (outcome, waits, tries) = against(RetryPolicy::default(), vec![]).await;
        assert_eq!(outcome.unwrap_err().code(), Code::Unavailable);
        assert_eq!((tries, waits), (5, millis(&[100, 200, 400, 800])));
    }

    #[tokio::test]
    async fn waits_stop_growing_at_their_bound() {
        let policy = RetryPolicy { tries: 9, ..RetryPolicy::default() };
        let (_, waits, _) = against(policy, vec![]).await;
        assert_eq!(waits, millis(&[100, 200, 400, 800, 1600, 2500, 2500, 2500]));
    }

    #[tokio::test]
    async fn an_answer_ends_the_tries() {
        let answers = vec![Err(Status::unavailable("down")), Ok("stored")];
        let (outcome, waits, tries) = against(RetryPolicy::default(), answers).await;
        assert_eq!(outcome.unwrap(), "stored");
        assert_eq!((tries, waits.len()), (2, 1));
    }

    #[tokio::test]
    async fn resource_exhausted_is_tried_again_only_after_the_delay_it_names() {
        let full = vec![Err(Status::resource_exhausted("too large")), Ok("never asked for")];
        let (outcome, waits, tries) = against(RetryPolicy::default(), full).await;
        assert_eq!(outcome.unwrap_err().code(), Code::ResourceExhausted);
        assert_eq!((tries, waits.len()), (1, 0));

        let limited =
            vec![Err(with_delay(Code::ResourceExhausted, Duration::from_secs(2))), Ok("in")];
        let (outcome, waits, tries) = against(RetryPolicy::default(), limited).await;
        assert_eq!((outcome.unwrap(), tries), ("in", 2));
        assert_eq!(waits, millis(&[2100]), "the delay in full, and jitter on top");
    }

    #[tokio::test]
    async fn a_delay_beyond_patience_is_the_callers_decision() {
        let far = vec![Err(with_delay(Code::Unavailable, Duration::from_secs(61))), Ok("late")];
        let (outcome, waits, tries) = against(RetryPolicy::default(), far).await;
        assert_eq!((outcome.is_err(), tries, waits.len()), (true, 1, 0));
    }

    #[tokio::test]
    async fn no_other_code_is_tried_again_even_with_a_delay() {
        for code in (1..=16).map(Code::from_i32) {
            if [Code::Unavailable, Code::ResourceExhausted].contains(&code) {
                continue;
            }
            let answers =
                vec![Err(with_delay(code, Duration::from_secs(1))), Ok("never asked for")];
            let (outcome, _, tries) = against(RetryPolicy::default(), answers).await;
            assert_eq!((outcome.unwrap_err().code(), tries), (code, 1));
        }
    }

    #[test]
    fn the_real_jitter_stays_below_its_bound() {
        let waiter = Waiter::real();
        for _ in 0..1000 {
            assert!((waiter.random)(Duration::from_millis(200)) <= Duration::from_millis(200));
        }
    }
}
