//! What is left to a process that a script has taken over: nothing but its two pipes.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};

use crate::workers::{children, until};
use crate::{WORKERS, alone, value};

/// The signal of a call that seccomp does not allow.
const BAD_CALL: i32 = 31;

fn attempt(word: &str, what: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_boathook-sandbox-worker"))
        .args([word, what])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // One that is killed reads nothing.
    let _ = child.stdin.take().expect("a pipe").write_all(b"x");
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_worker_that_was_taken_over_can_reach_nothing() {
    // Its processes are no workers of anybody who counts them.
    let _alone = WORKERS.blocking_write();
    for what in ["open", "create", "list", "connect", "listen", "send", "local", "start", "thread", "inherited"] {
        let free = attempt("free", what);
        assert_eq!(String::from_utf8_lossy(&free.stdout), "done", "{what} works where nothing is confined");
        let confined = attempt("attempt", what);
        assert_eq!((confined.status.signal(), confined.stdout.len()), (Some(BAD_CALL), 0), "{what}");
    }
    assert_eq!(attempt("attempt", "nothing").stdout, b"done");
}

#[tokio::test]
async fn a_worker_is_confined_before_it_is_told_a_script() {
    let sandbox = alone().await;
    value(&sandbox, "return 1").await;
    let status = |worker: u32| fs::read_to_string(format!("/proc/{worker}/status")).unwrap_or_default();
    let is_confined = |worker: u32| ["NoNewPrivs:\t1", "Seccomp:\t2"].iter().all(|line| status(worker).contains(line));
    // The one that ran is, and so will be those that have been started meanwhile.
    assert!(children().into_iter().any(is_confined));
    until(|| children().into_iter().all(is_confined)).await;
    for worker in children() {
        let limits = fs::read_to_string(format!("/proc/{worker}/limits")).expect("a worker");
        for limit in ["Max file size", "Max processes", "Max core file size"] {
            let line = limits.lines().find(|line| line.starts_with(limit)).expect("a limit");
            assert!(line.split_whitespace().any(|word| word == "0"), "{line}");
        }
    }
}
