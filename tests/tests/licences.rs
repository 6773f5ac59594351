//! What is linked: every locked package has a licence that goes with Apache-2.0 and comes from crates.io, and none is on
//! the list of packages that we decided against.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::print_stdout,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

use std::process::Command;

use serde_json::Value;
use spdx::{Expression, LicenseReq};

/// Licences that ask for nothing but notice.
const ALLOWED: [&str; 12] = [
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages that may not come in, and why.
const BANNED: [(&str, &str); 3] = [
    ("ring", "one crypto provider for all: aws-lc-rs"),
    ("openssl-sys", "TLS is rustls"),
    ("serde_yaml", "archived; YAML is serde-saphyr"),
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform=x86_64-unknown-linux-gnu"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn allowed(requirement: &LicenseReq) -> bool {
    let name = requirement.license.id().map_or("", |id| id.name);
    ALLOWED.contains(&name)
}

#[test]
fn every_package_has_a_licence_that_goes_with_apache_2() {
    let packages = packages();
    assert!(packages.len() > 100, "cargo metadata names only {} packages", packages.len());
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let text = package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence"));
        let expression = Expression::parse_mode(text, spdx::ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{name}: licence `{text}`: {error}"));
        assert!(expression.evaluate(allowed), "{name}: licence `{text}` is not on the list");
    }
}

#[test]
fn every_package_comes_from_crates_io_or_from_here() {
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        match package["source"].as_str() {
            None => assert!(name.starts_with("boathook-"), "{name} is a path outside the workspace"),
            Some(source) => {
                assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{name}");
            }
        }
    }
}

#[test]
fn no_banned_package_is_linked() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked", "--edges=normal,build", "--prefix=none", "--format={p}"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo tree runs");
    let linked = String::from_utf8(output.stdout).expect("cargo tree prints UTF-8");
    assert!(linked.lines().any(|line| line.starts_with("aws-lc-rs ")), "cargo tree names no known package");
    for name in linked.lines().filter_map(|line| line.split(' ').next()) {
        if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            panic!("{name} is linked: {reason}");
        }
    }
}
