//! `boathook-operator`: says what it is, and honestly that it is not built.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

/// "Cannot start or go on", as every binary of Boathook means it.
const CANNOT_START: u8 = 3;

/// Boathook's operator: keeps gateways and workflows as their resources say.
#[derive(Parser)]
#[command(name = "boathook-operator", version)]
struct Arguments {}

fn main() -> ExitCode {
    Arguments::parse();
    let refusal =
        "boathook-operator: the operator is not built yet; serve workflows without a cluster by `boathook run DIR`";
    // Nobody is left to tell when stderr is closed; the exit code still says it.
    let _ = writeln!(std::io::stderr(), "{refusal}");
    ExitCode::from(CANNOT_START)
}
