//! Scripts in real workers: what they see, what they may not, and what is left of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests fail by panicking, and print what they have measured"
)]

mod confined;
mod everyday;
mod hostile;
mod library;
mod places;
mod workers;

use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

use boathook_sandbox::{Ended, Fault, Job, Program, Sandbox, SandboxError, Settings};
use serde_json::{Value, json};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Held by every test that has workers; by one alone that looks at the processes of all, or at the clock.
static WORKERS: RwLock<()> = RwLock::const_new(());

/// A sandbox, and its share of [`WORKERS`].
struct Held<G> {
    sandbox: Sandbox,
    _share: G,
}

impl<G> Deref for Held<G> {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

/// A sandbox of the worker that this crate builds.
async fn sandbox() -> Held<RwLockReadGuard<'static, ()>> {
    Held { _share: WORKERS.read().await, sandbox: Sandbox::new(settings()) }
}

/// The same, while no other test of this process has workers.
async fn alone() -> Held<RwLockWriteGuard<'static, ()>> {
    let share = WORKERS.write().await;
    workers::until(|| workers::children().is_empty()).await;
    Held { _share: share, sandbox: Sandbox::new(settings()) }
}

fn settings() -> Settings {
    Settings { program: worker(), ..Settings::default() }
}

fn worker() -> Program {
    Program::At(PathBuf::from(env!("CARGO_BIN_EXE_boathook-sandbox-worker")))
}

/// A delivery as scripts see it.
fn delivery() -> Value {
    json!({
        "context": {
            "data": {"ref": "refs/heads/main", "email": "ada@example.com", "commits": [{"id": "a1"}, {"id": "b2"}]},
            "headers": {"x-hub-signature-256": "sha256=5910e62016ef5034272c926c27071992a465c2335cecf41851bda071577f4f6d"},
        },
        "steps": {"fetch": {"status": 200}},
        "vars": {"secret": "s3cret"},
        "execution": {"id": "0193d9c5-1f00-7000-8000-000000000001", "attempt": 1},
    })
}

/// A run with the defaults of the step.
fn job<'a>(code: &'a str, input: &'a str) -> Job<'a> {
    Job { code, input, raw: b"{\"a\":1}", time: Duration::from_secs(5), memory: 16 << 20 }
}

/// How a run over [`delivery`] ends.
async fn ended(sandbox: &Sandbox, code: &str) -> Ended {
    sandbox.run("shop/test", job(code, &delivery().to_string())).await.expect("the sandbox works")
}

/// What a script returns.
async fn value(sandbox: &Sandbox, code: &str) -> Value {
    let ended = ended(sandbox, code).await;
    serde_json::from_str(&ended.outcome.unwrap_or_else(|fault| panic!("{code}: {fault:?}"))).expect("JSON")
}

/// What goes wrong in a script.
async fn fault(sandbox: &Sandbox, code: &str) -> Fault {
    ended(sandbox, code).await.outcome.expect_err(code)
}

/// How a run ends that takes at most `time`.
async fn within(sandbox: &Sandbox, owner: &str, code: &str, time: Duration) -> Result<Ended, SandboxError> {
    let input = delivery().to_string();
    sandbox.run(owner, Job { time, ..job(code, &input) }).await
}
