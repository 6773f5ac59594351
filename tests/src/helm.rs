//! The chart, and the helm that `tests/helm/build` builds.

use std::path::Path;
use std::process::{Command, Output};

use crate::control_plane::tools;

/// The chart's folder.
pub fn chart() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/boathook").display().to_string()
}

/// Runs helm.
///
/// # Panics
///
/// When it is not there, with what builds it.
pub fn helm(arguments: &[&str]) -> Output {
    let program = tools().join("helm");
    let output = Command::new(&program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{}: {error}; tests/helm/build builds it", program.display()))
}

/// What a command prints.
///
/// # Panics
///
/// When it failed, with what it says.
pub fn printed(output: &Output, what: &str) -> String {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
