//! `boathook-operator`: keeps gateways and workflows as their resources say.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;

use boathook_operator::{Args, OperatorError, run};
use clap::Parser as _;

/// "Cannot start or go on", as every binary of Boathook means it.
const CANNOT_GO_ON: u8 = 3;

fn main() -> ExitCode {
    // A worker is nothing else: whatever comes next is not of its life.
    if let Some(exit) = boathook_sandbox::worker::entered(std::env::args_os()) {
        return exit;
    }
    let args = Args::parse();
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when stderr is closed; the exit code still says it.
            let _ = writeln!(std::io::stderr(), "boathook-operator: {}", error.chain());
            ExitCode::from(CANNOT_GO_ON)
        }
    }
}

fn start(args: Args) -> Result<(), OperatorError> {
    // Another provider would do as well; there is none.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(OperatorError::Runtime)?;
    let done = runtime.block_on(run(args));
    runtime.shutdown_background();
    done
}
