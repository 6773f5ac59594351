//! Workers as processes: they break down alone, keep nothing, and end with whoever started them.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use boathook_sandbox::{Job, Program, Sandbox, SandboxError, Settings};

use crate::{alone, job, settings, value, within};

/// The processes that this one has started and not yet waited for, but for those that have ended.
pub(crate) fn children() -> Vec<u32> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").expect("/proc").filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        let stat = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let (state, parent) = (fields.next()?, fields.next()?);
        (parent == own && state != "Z").then(|| name.parse().ok())?
    });
    processes.collect()
}

/// Waits until this holds.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never held");
        tokio::task::yield_now().await;
    }
}

/// Processor time of a process in ticks.
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit_once(')').map(|(_, after)| after).unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_breaks_down_harms_one_run() {
    let sandbox = alone().await;
    for signal in ["SEGV", "ABRT", "KILL", "SYS"] {
        let before = children();
        let running = tokio::spawn({
            let sandbox = Sandbox::clone(&sandbox);
            async move { within(&sandbox, "shop/broken", "while (true) {}", Duration::from_secs(30)).await }
        });
        // The one that works is the one that was told the loop.
        let busy = || children().into_iter().find(|child| ticks(*child) > 5);
        until(|| busy().is_some()).await;
        let broken = busy().expect("one is busy");
        // A first SIGSEGV is taken by the handler that every program of this language has, which gives way to the next.
        until(|| {
            drop(Command::new("kill").args([format!("-{signal}"), broken.to_string()]).output().expect("kill"));
            !children().contains(&broken)
        })
        .await;
        let began = Instant::now();
        let error = running.await.expect("no panic").expect_err("it broke down");
        assert!(matches!(error, SandboxError::Crashed(_)), "{error}");
        assert_eq!(value(&sandbox, "return 'next'").await, "next");
        println!(
            "{signal}: {error}; another run was done {:?} later; {} workers before",
            began.elapsed(),
            before.len()
        );
    }
}

#[tokio::test]
async fn nothing_of_a_run_is_there_for_the_next() {
    let sandbox = alone().await;
    let leave = "globalThis.left = 1; Array.prototype.map = null; Object.prototype.left = 2; JSON.parse = null;
        JSON.stringify = () => 'mine'; String.prototype.left = 3; context.data.left = 4; console.log = null;
        require = null; Error = null; Promise.prototype.then = () => {}; Object.defineProperty = null; return 1";
    assert_eq!(value(&sandbox, leave).await, 1);
    let workers = children();
    let look = "return [typeof left, typeof {}.left, typeof ''.left, typeof context.data.left, typeof require,
        [1].map((one) => one + 1), JSON.stringify({a: 1}), await Promise.resolve('then')]";
    let seen = value(&sandbox, look).await;
    assert_eq!(
        seen.to_string(),
        r#"["undefined","undefined","undefined","undefined","function",[2],"{\"a\":1}","then"]"#
    );
    assert!(children().iter().any(|child| workers.contains(child)), "one worker did both");
}

#[tokio::test]
async fn a_run_that_is_not_waited_for_is_killed() {
    let sandbox = alone().await;
    sandbox.probe().await.expect("a worker");
    let input = "{}".to_owned();
    let endless = sandbox.run("shop/gone", Job { time: Duration::from_secs(30), ..job("while (true) {}", &input) });
    let busy = || children().into_iter().any(|child| ticks(child) > 5);
    tokio::select! {
        _ = endless => unreachable!("it has no end"),
        () = until(busy) => {}
    }
    until(|| !busy()).await;
}

#[tokio::test]
async fn workers_end_with_the_sandbox() {
    let sandbox = alone().await;
    value(&sandbox, "return 1").await;
    until(|| children().len() >= 2).await;
    drop(sandbox);
    until(|| children().is_empty()).await;
}

#[tokio::test]
async fn each_owner_has_workers_of_its_own() {
    let sandbox = alone().await;
    let run = |owner: &'static str| {
        let sandbox = Sandbox::clone(&sandbox);
        async move { within(&sandbox, owner, "return 1", Duration::from_secs(5)).await.map(|ended| ended.outcome) }
    };
    for owner in ["shop/a", "shop/b", "other/a", "shop/a"] {
        assert_eq!(run(owner).await, Ok(Ok("1".to_owned())), "{owner}");
    }
    // Three owners have one each, and two wait for whoever comes next.
    until(|| children().len() == 5).await;
}

#[tokio::test]
async fn a_flood_of_one_namespace_holds_up_no_other() {
    let _alone = alone().await;
    let sandbox = Sandbox::new(Settings { running: 2, kept: 4, ..settings() });
    sandbox.probe().await.expect("a worker");
    let mut flood = Vec::new();
    for _ in 0..40 {
        let sandbox = Sandbox::clone(&sandbox);
        let run = async move { within(&sandbox, "loud/loop", "while (true) {}", Duration::from_millis(500)).await };
        flood.push(tokio::spawn(run));
    }
    tokio::task::yield_now().await;
    let ended =
        tokio::time::timeout(Duration::from_secs(5), within(&sandbox, "quiet/one", "return 1", Duration::from_secs(5)));
    let ended = ended.await.expect("twenty seconds of others are not waited for").expect("it runs");
    assert_eq!(ended.outcome, Ok("1".to_owned()));
    flood.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_told() {
    let none = Sandbox::new(Settings { program: Program::At("/nowhere/at/all".into()), ..Settings::default() });
    assert!(matches!(none.probe().await, Err(SandboxError::Start(_))));
    let other = Sandbox::new(Settings { program: Program::At("/bin/true".into()), ..Settings::default() });
    assert!(matches!(other.check("shop", "return 1").await, Err(SandboxError::Start(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_does_not_pay_for_the_one_before_it() {
    let sandbox = alone().await;
    let heavy = "const kept = []; for (let i = 0; i < 300000; i++) kept.push({i}); return kept.length";
    let run = |code: &'static str, time| {
        let job = Job { time, memory: 64 << 20, ..job(code, "{}") };
        sandbox.run("shop/heavy", job)
    };
    for _ in 0..3 {
        let heavy = run(heavy, Duration::from_secs(10)).await.expect("it runs");
        assert_eq!(heavy.outcome.as_deref(), Ok("300000"));
        let light = run("return 1", Duration::from_millis(50)).await.expect("it runs");
        assert_eq!(light.outcome.as_deref(), Ok("1"), "after {:?}", light.took);
    }
}
