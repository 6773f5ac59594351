//! What a script's end means to its step.

use std::sync::Arc;

use boathook_sandbox::{Fault, FaultKind, Program, SandboxError, Settings};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;

#[test]
fn every_end_of_a_script_has_a_reason() {
    let fault = |kind| Fault { kind, message: "why".to_owned(), line: Some(2), column: Some(5) };
    for (kind, reason, retryable) in [
        (FaultKind::Syntax, StepReason::ScriptFailed, false),
        (FaultKind::Thrown, StepReason::ScriptFailed, false),
        (FaultKind::Timeout, StepReason::Timeout, true),
        (FaultKind::Memory, StepReason::ResourceExhausted, false),
        (FaultKind::ResultTooLarge, StepReason::ResultTooLarge, false),
    ] {
        let failure = failed(&fault(kind));
        assert_eq!((failure.reason, failure.retryable), (reason, retryable), "{kind:?}");
        assert_eq!(failure.message, "why (line 2, column 5)");
    }
    for (error, reason, retryable) in [
        (SandboxError::Unsupported("seccomp".into()), StepReason::SandboxUnavailable, true),
        (SandboxError::Start("no memory".into()), StepReason::SandboxUnavailable, true),
        (SandboxError::Busy, StepReason::SandboxUnavailable, true),
        (SandboxError::InputTooLarge, StepReason::ResourceExhausted, false),
        (SandboxError::Crashed("signal: 11".into()), StepReason::ScriptCrashed, true),
    ] {
        let failure = unrun(&error);
        assert_eq!((failure.reason, failure.retryable), (reason, retryable), "{error}");
    }
}

#[test]
fn a_result_is_bounded_like_a_body() {
    assert_eq!(value(r#"{"a":1}"#), Ok(Json::object([("a", Json::from(1_i64))])));
    let deep = value(&("[".repeat(65) + &"]".repeat(65))).unwrap_err();
    assert_eq!(deep.reason, StepReason::ScriptFailed);
}

#[tokio::test]
async fn without_workers_a_step_says_so_and_runs_nothing() {
    let sandbox = Sandbox::new(Settings { program: Program::At("/bin/true".into()), ..Settings::default() });
    let script = Script { code: Arc::from("return 1"), time: Duration::from_secs(1), memory: 16 << 20 };
    let attempt = Attempt {
        script: Arc::new(script),
        scope: Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil()),
        bounds: ScriptBounds::default(),
        owner: "shop/uid".to_owned(),
        timeout: Duration::from_secs(30),
    };
    let (outcome, console) = perform(&sandbox, &attempt).await;
    assert_eq!((outcome.unwrap_err().reason, console.len()), (StepReason::SandboxUnavailable, 0));
}
