//! Processor time of this process: what work costs, however busy the machine is with others.
//!
//! It holds the callers and, on SQLite, the database; a PostgreSQL server's is not in it.

use std::time::Duration;

/// Ticks of a second in `/proc`, a constant of the kernel's interface.
const TICKS: f64 = 100.0;

/// Counts from its making to [`Cpu::end`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cpu(Option<f64>);

impl Cpu {
    /// Begins to count.
    pub(crate) fn start() -> Self {
        Self(spent())
    }

    /// The time since the start; zero where the system does not tell.
    pub(crate) fn end(self) -> Duration {
        let since = self.0.zip(spent()).map_or(0.0, |(start, end)| end - start);
        Duration::from_secs_f64(since.max(0.0))
    }
}

/// Seconds of all threads, in user and in kernel mode.
fn spent() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program comes second, in parentheses, and may hold spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let kernel: f64 = fields.next()?.parse().ok()?;
    Some((user + kernel) / TICKS)
}
