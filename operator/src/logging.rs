//! The operator's log, on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::args::LogFormat;
use crate::error::OperatorError;

/// The environment variable that says how much is logged, such as `debug` or `boathook_operator=debug`.
const LEVEL: &str = "BOATHOOK_LOG";

/// Starts the log. A second start in one process changes nothing.
pub fn start(format: LogFormat) -> Result<(), OperatorError> {
    let level = std::env::var(LEVEL).unwrap_or_else(|_| "info".to_owned());
    let filter =
        EnvFilter::try_new(&level).map_err(|error| OperatorError::Usage(format!("{LEVEL}={level}: {error}")))?;
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    let _started_already = match format {
        LogFormat::Text => log.with_ansi(false).with_target(false).finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    };
    Ok(())
}
