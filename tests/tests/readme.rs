//! The README as a newcomer follows it: each command is run, and each answer that it shows is the answer that comes.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::print_stdout,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use boathook_tests::boathook::{Run, binary, free_address};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A fenced block: its language and its text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let fences: Vec<&str> = text.split("```").collect();
    fences
        .chunks(2)
        .filter_map(|pair| pair.get(1))
        .map(|block| {
            let (language, body) = block.split_once('\n').expect("a fence has a line of its own");
            (language.to_owned(), body.to_owned())
        })
        .collect()
}

/// The quickstart with another port, so that the test does not depend on a free 8080.
fn quickstart(folder: &Path, port: u16) {
    for entry in fs::read_dir(root().join("examples/quickstart")).expect("the quickstart is there") {
        let entry = entry.expect("a file");
        // Somebody who followed the README has a store there.
        if entry.path().is_dir() {
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("text");
        fs::write(folder.join(entry.file_name()), text.replace(":8080", &format!(":{port}"))).expect("a copy");
    }
}

/// A list, once it has the last record: that is written a moment after the answer.
fn until_listed(list: &str) -> String {
    let wait = format!("for i in $(seq 100); do {} | grep -q github-push && break; sleep 0.1; done", list.trim());
    format!("{wait}\n{list}\necho; echo ----\n")
}

#[test]
fn every_command_of_the_readme_does_what_it_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    let (listen, admin) = (free_address(), free_address());
    quickstart(folder.path(), listen.port());
    let _run = Run::start_at(folder.path(), listen, admin);

    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let blocks = blocks(&readme);
    assert_eq!(
        blocks.first().map(|(language, body)| (language.as_str(), body.trim())),
        Some(("sh", "cargo run --release --bin boathook -- run examples/quickstart")),
        "the README opens with the command that needs no set-up"
    );
    // The signed push sets `$body`, which the command after it uses: a newcomer stays in one shell.
    let mut script = String::from("set -e\n");
    let mut answers = Vec::new();
    for (language, body) in &blocks[1..] {
        match language.as_str() {
            "sh" if body.contains("./test") => {}
            "sh" if body.contains("executions list") => script.push_str(&until_listed(body)),
            "sh" => script.push_str(&format!("{body}\necho; echo ----\n")),
            "json" => answers.push(serde_json::from_str::<Value>(body).expect("the README's answers are JSON")),
            "" => {}
            other => panic!("a block in {other}: say here what is to be done with it"),
        }
    }
    let script = script
        .replace(":8080", &format!(":{}", listen.port()))
        .replace("cargo run --release --bin boathook --", &binary().display().to_string())
        .replace("examples/quickstart", &folder.path().display().to_string());
    let variables = [("BOATHOOK_URL", format!("http://{listen}")), ("BOATHOOK_ADMIN", format!("http://{admin}"))];
    let output = Command::new("bash").args(["-c", &script]).envs(variables).output().expect("bash runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));

    let sections: Vec<&str> = printed.split("----").map(str::trim).filter(|section| !section.is_empty()).collect();
    assert_eq!(sections.len(), 4, "greeting, push, send, list: {printed}");
    assert_eq!(answers.len(), 2, "greeting and push");
    for (section, answer) in sections.iter().zip(&answers) {
        assert_eq!(&serde_json::from_str::<Value>(section).expect("JSON"), answer);
    }
    assert!(sections[2].contains(r#""deployed":true"#), "{}", sections[2]);
    assert!(sections[3].contains("github-push  Succeeded"), "{}", sections[3]);
    assert!(sections[3].contains("hello        Succeeded"), "{}", sections[3]);
}

#[test]
fn every_example_is_valid() {
    for entry in fs::read_dir(root().join("examples")).expect("examples") {
        let folder = entry.expect("a folder").path();
        let output = Command::new(binary()).arg("validate").arg(&folder).output().expect("boathook runs");
        assert!(
            output.status.success(),
            "{}:\n{}{}",
            folder.display(),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
