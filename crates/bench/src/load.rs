//! Callers that always have a call in flight.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::cpu::Cpu;
use crate::stats::Latencies;

/// What some work took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    elapsed: Duration,
    cpu: Duration,
}

impl Cost {
    /// Begins to count.
    pub(crate) fn start() -> impl FnOnce() -> Self {
        let (started, cpu) = (Instant::now(), Cpu::start());
        move || Self { elapsed: started.elapsed(), cpu: cpu.end() }
    }

    /// Pieces a second.
    pub(crate) fn rate(&self, pieces: usize) -> f64 {
        pieces as f64 / self.elapsed.as_secs_f64()
    }

    /// Microseconds of processor time for each piece.
    pub(crate) fn cpu_micros(&self, pieces: usize) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / pieces as f64
    }
}

/// What callers saw.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// From the first call to the last answer.
    pub(crate) cost: Cost,
    /// Of each call.
    pub(crate) latencies: Latencies,
}

/// Works off `jobs` by `callers` at once, and gives what each answered.
pub(crate) async fn work_off<T, R, F>(
    jobs: Vec<T>,
    callers: usize,
    call: impl Fn(usize, T) -> F + Clone + Send + 'static,
) -> Result<(Load, Vec<R>)>
where
    T: Send + 'static,
    R: Send + 'static,
    F: Future<Output = Result<R>> + Send,
{
    let jobs = Arc::new(Mutex::new(jobs.into_iter()));
    let cost = Cost::start();
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let (jobs, call) = (Arc::clone(&jobs), call.clone());
        tasks.spawn(async move {
            let (mut latencies, mut answers) = (Vec::new(), Vec::new());
            loop {
                let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(job) = job else { return Ok::<_, anyhow::Error>((latencies, answers)) };
                let sent = Instant::now();
                answers.push(call(caller, job).await?);
                latencies.push(sent.elapsed());
            }
        });
    }
    gather(tasks, cost).await
}

/// Calls for a time with `callers` in flight. Each call gets the caller's number and a number
/// of its own.
pub(crate) async fn keep_calling<F>(
    length: Duration,
    callers: usize,
    call: impl Fn(usize, usize) -> F + Clone + Send + 'static,
) -> Result<Load>
where
    F: Future<Output = Result<()>> + Send,
{
    let (started, cost) = (Instant::now(), Cost::start());
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let call = call.clone();
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            let mut number = caller;
            while started.elapsed() < length {
                let sent = Instant::now();
                call(caller, number).await?;
                latencies.push(sent.elapsed());
                number += callers;
            }
            Ok::<_, anyhow::Error>((latencies, Vec::<()>::new()))
        });
    }
    Ok(gather(tasks, cost).await?.0)
}

type Seen<R> = (Vec<Duration>, Vec<R>);

async fn gather<R: 'static>(
    mut tasks: JoinSet<Result<Seen<R>>>,
    cost: impl FnOnce() -> Cost,
) -> Result<(Load, Vec<R>)> {
    let (mut latencies, mut answers) = (Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (more_latencies, more_answers) = done??;
        latencies.extend(more_latencies);
        answers.extend(more_answers);
    }
    let cost = cost();
    Ok((Load { cost, latencies: Latencies::new(latencies) }, answers))
}
