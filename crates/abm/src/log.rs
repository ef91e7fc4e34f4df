//! Logs: structured, to standard error, without personal data.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// The level of a service when nothing is said: what an operator must know.
const SERVING: &str = "warn,abm=info,abm_server=info,abm_app=info";

/// Starts logging. `ABM_LOG` takes a filter such as `debug`; `ABM_LOG_FORMAT=json` gives a
/// JSON object a line. A command that does not serve tells what it has to say itself.
pub(crate) fn start(serves: bool) {
    let default = if serves { SERVING } else { "warn" };
    let filter = EnvFilter::try_from_env("ABM_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if std::env::var("ABM_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().init();
    } else {
        builder.init();
    }
    std::panic::set_hook(Box::new(|info| {
        // Where it happened, not what was said: the text could hold a person's data.
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a defect: panic");
    }));
}
