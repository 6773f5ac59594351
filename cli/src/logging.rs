//! The log of a running command, on standard error: text for people, JSON for machines.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::failure::Failure;

/// The environment variable that says how much is logged, such as `debug` or `boathook_gateway=debug`.
const LEVEL: &str = "BOATHOOK_LOG";

/// How lines are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// Starts the log; without a wish, text on a terminal and JSON elsewhere. A second start in one process changes
/// nothing.
pub fn start(format: Option<LogFormat>, colours: bool) -> Result<(), Failure> {
    let is_terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if is_terminal { LogFormat::Text } else { LogFormat::Json });
    let level = std::env::var(LEVEL).unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::try_new(&level).map_err(|error| {
        Failure::usage(format!("read {LEVEL}={level}: {error}")).next(format!("{LEVEL}=debug, or leave it out"))
    })?;
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    let _started_already = match format {
        LogFormat::Text => log.with_ansi(colours).with_target(false).finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    };
    Ok(())
}
