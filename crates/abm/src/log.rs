//! Logs: structured, to standard error, without personal data.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// The level of a service when nothing is said: what an operator must know.
const SERVING: &str = "warn,abm=info,abm_server=info,abm_app=info";

/// What a shell tells of a program whose reader went away, as `head` does.
const OUTPUT_CLOSED: i32 = 141;

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
        if info.payload_as_str().is_some_and(is_of_closed_output) {
            std::process::exit(OUTPUT_CLOSED);
        }
        // Where it happened, not what was said: the text could hold a person's data.
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a defect: panic");
    }));
}

/// Whether a panic says that nobody reads standard output any more: no defect, and nothing is left
/// to do.
fn is_of_closed_output(message: &str) -> bool {
    message.starts_with("failed printing to stdout") && message.contains("Broken pipe")
}
