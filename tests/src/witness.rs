//! Programs that others wrote to find fault with servers, and what they say.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use crate::control_plane::tools;

/// What h2spec found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conformance {
    /// Cases that were tried.
    pub cases: usize,
    /// Those that failed, as `section: what was done`.
    pub failed: BTreeSet<String>,
    /// Those that h2spec itself skips.
    pub skipped: BTreeSet<String>,
}

/// Runs every case of h2spec, the strict ones included, against HTTP/2 with prior knowledge at `address`.
///
/// # Panics
///
/// When h2spec is not there (`tests/witnesses/build` builds it), or says nothing.
pub fn h2spec(address: SocketAddr, path: &str) -> Conformance {
    let report = tempfile::NamedTempFile::new().expect("a file for the report");
    let output = Command::new(h2spec_program())
        .args(["--strict", "--host", &address.ip().to_string(), "--port", &address.port().to_string()])
        .args(["--path", path, "--timeout", "5", "--junit-report"])
        .arg(report.path())
        .output()
        .expect("h2spec runs: tests/witnesses/build builds it");
    let text = std::fs::read_to_string(report.path()).expect("a report");
    assert!(text.contains("<testcase"), "{}", String::from_utf8_lossy(&output.stdout));
    conformance(&text)
}

fn h2spec_program() -> PathBuf {
    tools().join("h2spec")
}

/// Reads a report in the form of `JUnit`.
fn conformance(report: &str) -> Conformance {
    let mut found = Conformance::default();
    for case in report.split("<testcase ").skip(1) {
        let case = case.split("</testcase>").next().unwrap_or_default();
        let name = format!("{}: {}", attribute(case, "package"), attribute(case, "classname"));
        found.cases += 1;
        if case.contains("<failure") || case.contains("<error") {
            found.failed.insert(name);
        } else if case.contains("<skipped") {
            found.skipped.insert(name);
        }
    }
    found
}

fn attribute(element: &str, name: &str) -> String {
    let value = element.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
}
