//! The shape of the code, held by a test: file sizes, what opens a file, where files lie, what may depend on what.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::print_stdout,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Production lines that no file may exceed.
const MOST_LINES: usize = 500;

/// Production lines that half of the files stay below.
const MEDIAN_LINES: usize = 120;

/// Who may depend on whom inside the workspace; anything else is a mistake in the layering.
const MAY_DEPEND: [(&str, &[&str]); 8] = [
    ("crds", &[]),
    ("gateway/plan", &[]),
    ("gateway/sandbox", &[]),
    ("gateway", &["boathook-plan", "boathook-sandbox"]),
    ("operator/core", &["boathook-crds", "boathook-plan"]),
    ("operator", &["boathook-operator-core", "boathook-crds", "boathook-plan", "boathook-sandbox"]),
    ("cli", &["boathook-operator-core", "boathook-gateway", "boathook-crds", "boathook-plan", "boathook-sandbox"]),
    (
        "tests",
        &[
            "boathook-operator",
            "boathook-operator-core",
            "boathook-gateway",
            "boathook-crds",
            "boathook-plan",
            "boathook-sandbox",
            "boathook-cli",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace's root")
}

/// Files that git tracks or would track, by ending.
fn files(ending: &str) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists files");
    String::from_utf8(output.stdout)
        .expect("file names are UTF-8")
        .lines()
        .filter(|name| name.ends_with(ending))
        .map(PathBuf::from)
        .filter(|name| root().join(name).exists())
        .collect()
}

fn read(name: &Path) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{}: {error}", name.display()))
}

fn is_test(name: &Path) -> bool {
    name.starts_with("tests") || name.components().any(|part| part.as_os_str() == "tests") || name.ends_with("tests.rs")
}

/// Lines before the inline tests.
fn production_lines(text: &str) -> usize {
    text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count()
}

#[test]
fn no_file_is_longer_than_it_can_be_read() {
    let mut sizes = Vec::new();
    for name in files(".rs").into_iter().filter(|name| !is_test(name)) {
        let lines = production_lines(&read(&name));
        assert!(lines <= MOST_LINES, "{}: {lines} production lines, at most {MOST_LINES}", name.display());
        sizes.push(lines);
    }
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    assert!(median <= MEDIAN_LINES, "the median file has {median} production lines, at most {MEDIAN_LINES}");
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    for name in files(".rs") {
        assert!(read(&name).starts_with("//! "), "{}: must open with `//!`", name.display());
    }
}

#[test]
fn no_module_hides_in_a_mod_rs() {
    // Cargo's own convention for code that test binaries share is the one exception.
    let hidden: Vec<_> = files("mod.rs").into_iter().filter(|name| !name.starts_with("tests")).collect();
    assert!(hidden.is_empty(), "use foo.rs beside foo/: {hidden:?}");
}

#[test]
fn every_crate_forbids_unsafe_code() {
    for (krate, _) in MAY_DEPEND {
        for entry in ["src/lib.rs", "src/main.rs"].map(|entry| Path::new(krate).join(entry)) {
            if root().join(&entry).exists() {
                assert!(read(&entry).contains("#![forbid(unsafe_code)]"), "{}", entry.display());
            }
        }
    }
}

#[test]
fn crates_depend_only_on_what_the_layering_allows() {
    for (krate, allowed) in MAY_DEPEND {
        let manifest = read(&Path::new(krate).join("Cargo.toml"));
        let named: BTreeSet<&str> = manifest
            .lines()
            .filter(|line| line.starts_with("boathook-"))
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .collect();
        for name in named {
            assert!(allowed.contains(&name), "{krate} depends on {name}");
        }
    }
}

#[test]
fn nothing_is_left_to_do_in_the_code() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["todo", "!("].concat(), ["#[ign", "ore"].concat()];
    for name in files(".rs") {
        let text = read(&name);
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{}: contains {mark}", name.display());
        }
    }
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    let marks = [["/ro", "ot/"].concat(), ["/ho", "me/"].concat(), ["/wo", "rk/"].concat()];
    for ending in [".rs", ".toml", ".md", ".yaml", ".json", "/test", "/run", "/build"] {
        for name in files(ending).into_iter().filter(|name| !name.starts_with("tests/data")) {
            let text = read(&name);
            for mark in &marks {
                assert!(!text.contains(mark.as_str()), "{}: contains {mark}", name.display());
            }
        }
    }
}

#[test]
fn every_document_link_leads_somewhere() {
    for name in files(".md") {
        let text = read(&name);
        let folder = root().join(&name).parent().expect("a file is in a folder").to_path_buf();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(folder.join(file).exists(), "{}: link to {target}", name.display());
        }
    }
}

/// Where the guarantees are told.
const GUARANTEES: &str = "docs/GUARANTEES.md";

/// The rows of the tables: what is promised, and each place with the tests that it names.
fn guarantees() -> Vec<(String, Vec<(PathBuf, String)>)> {
    let page = read(Path::new(GUARANTEES));
    let definitions = page.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ../"));
    let places: BTreeMap<&str, &str> = definitions.collect();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.rsplit_once(" | "));
    let rows = rows.filter(|(_, held_by)| *held_by != "held by");
    rows.map(|(promise, held_by)| (promise.to_owned(), named(held_by, &places))).collect()
}

/// What the right column names: places in brackets, each followed by names between backticks.
fn named(held_by: &str, places: &BTreeMap<&str, &str>) -> Vec<(PathBuf, String)> {
    let parts = held_by.split('[').skip(1).map(|part| part.split_once(']').expect("a place is in brackets"));
    let pairs = parts.flat_map(|(place, names)| {
        let path = places.get(place).unwrap_or_else(|| panic!("{GUARANTEES}: [{place}] leads nowhere"));
        let names: Vec<_> = names.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert!(!names.is_empty(), "{GUARANTEES}: [{place}] names no test");
        names.into_iter().map(move |name| (PathBuf::from(path), name))
    });
    pairs.collect()
}

/// Whether a file has a test of this name: a function below an attribute that makes it one.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    let signature = format!("fn {name}(");
    let Some(at) = lines.iter().position(|line| line.trim_start_matches("async ").starts_with(&signature)) else {
        return false;
    };
    let attributes = lines[..at].iter().rev().take_while(|line| line.starts_with('#') || line.starts_with("//"));
    attributes.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

#[test]
fn every_guarantee_names_tests_that_exist() {
    let rows = guarantees();
    assert!(rows.len() >= 100, "only {} guarantees were found", rows.len());
    for (promise, tests) in rows {
        assert!(!tests.is_empty(), "{GUARANTEES}: nothing holds that {promise}");
        for (place, name) in tests {
            let there = if root().join(&place).is_dir() {
                root().join(&place).join(&name).join("in.yaml").exists()
            } else {
                fs::read_to_string(root().join(&place)).is_ok_and(|text| has_test(&text, &name))
            };
            assert!(there, "{GUARANTEES}: {} has no test {name}", place.display());
        }
    }
}

#[test]
fn a_function_is_a_test_only_below_the_attribute_of_one() {
    let file = "    #[test]\n    /// Why.\n    fn one() {}\n#[tokio::test(start_paused = true)]\nasync fn two() {}\n\nfn three() {}";
    for (name, is) in [("one", true), ("two", true), ("three", false), ("on", false), ("four", false)] {
        assert_eq!(has_test(file, name), is, "{name}");
    }
}
