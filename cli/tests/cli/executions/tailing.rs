//! Following what happens.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;
use crate::process::BOATHOOK;

/// A command that goes on, and the lines that it prints.
struct Following {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Following {
    fn start(desk: &Desk, words: &[&str]) -> Self {
        let admin = format!("http://{}", desk.run.admin);
        let mut command = Command::new(BOATHOOK);
        command.arg("executions").args(words).args(["--admin", &admin]).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn next(&mut self) -> String {
        normal(&self.lines.next().unwrap().unwrap())
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_line_is_printed_whenever_an_execution_comes_or_moves() {
    let mut desk = Desk::new();
    desk.send("shop/patient", "{}");
    let id = &desk.ids(&["-A", "--phase", "Waiting"], 1)[0];
    let mut all = Following::start(&desk, &["tail", "-A", "--since", "1h"]);
    assert_eq!(all.next(), "TIME  aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa  Waiting    shop/patient");
    let mut names = Following::start(&desk, &["tail", "-n", "shop", "--since", "1h", "-o", "name"]);
    assert_eq!(names.next(), "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa");
    let mut lines = Following::start(&desk, &["tail", "-n", "shop", "--since", "1h", "-o", "json"]);
    let line: serde_json::Value = serde_json::from_str(&lines.next()).unwrap();
    assert_eq!(line["status"]["phase"], "Waiting");
    let mut listed = Following::start(&desk, &["list", "-n", "shop", "-w"]);
    assert!(listed.next().starts_with("ID  "));
    assert!(listed.next().contains("Waiting"));

    desk.told(&["cancel", id]);
    assert_eq!(all.next(), "TIME  aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa  Cancelled  shop/patient  Cancelled");
    assert_eq!(listed.next(), "TIME  aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa  Cancelled  patient  Cancelled");
    desk.run.signal("TERM");
    assert_eq!(all.child.wait().unwrap().code(), Some(0), "the gateway stops");
    desk.run.end();
}

#[test]
fn one_is_followed_to_its_end() {
    let desk = Desk::new();
    desk.send("shop/patient", "{}");
    let id = desk.ids(&["-A", "--phase", "Waiting"], 1).remove(0);
    let mut one = Following::start(&desk, &["tail", &id]);
    assert_eq!(one.next(), "TIME  Waiting");
    desk.told(&["cancel", &id]);
    let mut rest = Vec::new();
    while let Some(Ok(line)) = one.lines.next() {
        rest.push(normal(&line));
    }
    assert_eq!(rest.last().map(String::as_str), Some("TIME  Cancelled: Cancelled"), "{rest:?}");
    assert_eq!(one.child.wait().unwrap().code(), Some(1));
}

#[test]
fn one_that_has_ended_tells_its_steps_and_how_it_ended() {
    let desk = Desk::new();
    desk.send("default/hello", r#"{"name":"Ada"}"#);
    desk.send("shop/broken", "{}");
    let hello = desk.ids(&[], 1).remove(0);
    let broken = desk.ids(&["-n", "shop"], 1).remove(0);
    assert_eq!(normal(&desk.told(&["tail", &hello])), "TIME  step greet (set) Succeeded\nTIME  Succeeded\n");
    let ended = desk.ask(&["tail", &broken]);
    assert_eq!(ended.status.code(), Some(1));
    let told = normal(&out(&ended));
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(
        lines[..2],
        ["TIME  step note (set) Succeeded", "TIME  step ask (http) Failed: ConnectionFailed"],
        "{told}"
    );
    assert!(lines[2].starts_with("TIME  Failed: ConnectionFailed"), "{told}");
}
