//! What an error of the engine means to whoever wrote the script: its kind, its message and its place.

use rquickjs::{CaughtError, Value};

use super::console::beginning;
use super::stage::Stage;
use crate::limits::{MESSAGE_SIZE, RESULT_SIZE};
use crate::message::{Fault, FaultKind};

/// The engine's own words when there is no memory.
const NO_MEMORY: &str = "InternalError: out of memory";

/// Says what an error means. Runs `explain` of `library/start.js`, within the script's own time and memory.
pub(super) fn of(error: CaughtError<'_>, stage: &Stage, code: &str) -> Fault {
    if stage.shared.stopped.get() {
        return late();
    }
    if stage.shared.too_large.get() {
        let message = format!("the result has more than {RESULT_SIZE} characters as JSON");
        return Fault::new(FaultKind::ResultTooLarge, message);
    }
    let value = match error {
        CaughtError::Exception(exception) => exception.into_value(),
        CaughtError::Value(value) => value,
        CaughtError::Error(error) => return internal(&error),
    };
    // The engine throws null when it has no memory even for an error.
    if value.is_null() {
        return no_memory();
    }
    let Some((message, stack)) = explain(stage, value) else {
        return if stage.shared.stopped.get() {
            late()
        } else {
            Fault::new(FaultKind::Thrown, "the script threw something that cannot be shown")
        };
    };
    if message == NO_MEMORY {
        return no_memory();
    }
    let kind = if message.starts_with("SyntaxError: ") { FaultKind::Syntax } else { FaultKind::Thrown };
    let (line, column) = place(&stack, code);
    Fault { kind, message: beginning(&message, MESSAGE_SIZE), line, column }
}

fn explain(stage: &Stage, value: Value<'_>) -> Option<(String, String)> {
    let ctx = value.ctx().clone();
    let explained = stage.helper(&ctx, "explain").and_then(|explain| explain.call::<_, Vec<String>>((value,)));
    let Ok(parts) = explained else {
        // What it threw is not to be taken for an error of what comes next.
        drop(ctx.catch());
        return None;
    };
    let [message, stack] = <[String; 2]>::try_from(parts).ok()?;
    Some((message, stack))
}

/// Of a script whose time is up.
pub(super) fn late() -> Fault {
    Fault::new(FaultKind::Timeout, "the script did not end in its time")
}

/// Of a script that has no more memory.
pub(super) fn no_memory() -> Fault {
    Fault::new(FaultKind::Memory, "the script wanted more memory than it may have")
}

fn internal(error: &rquickjs::Error) -> Fault {
    if matches!(error, rquickjs::Error::Allocation) {
        return no_memory();
    }
    if matches!(error, rquickjs::Error::InvalidString(_)) {
        return Fault::new(FaultKind::Syntax, "SyntaxError: the script holds a NUL character");
    }
    Fault::new(FaultKind::Thrown, beginning(&error.to_string(), MESSAGE_SIZE))
}

/// The first place of a stack that is in the script. It stands one line further up than in the text that was compiled; an
/// error behind its last line is at its end.
fn place(stack: &str, code: &str) -> (Option<u32>, Option<u32>) {
    let found = stack.lines().find_map(|line| {
        let (_, at) = line.split_once("script:")?;
        let at = at.trim_end_matches(')');
        let (line, column) = at.split_once(':').unwrap_or((at, ""));
        Some((line.parse::<u32>().ok()?.checked_sub(1)?, column.parse::<u32>().ok()))
    });
    let last = u32::try_from(code.lines().count().max(1)).unwrap_or(u32::MAX);
    match found {
        Some((line, column)) if (1..=last).contains(&line) => (Some(line), column),
        Some(_) => (Some(last), None),
        None => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn the_place_is_the_scripts_own() {
        let code = "const a = 1;\nthrow new Error('no');";
        assert_eq!(place("    at <anonymous> (script:3:16)\n", code), (Some(2), Some(16)));
        assert_eq!(place("    at inner (library:9:1)\n    at f (script:2:5)\n", code), (Some(1), Some(5)));
        assert_eq!(place("    at script:2:1\n", code), (Some(1), Some(1)));
        assert_eq!(place("    at script:4:1\n", code), (Some(2), None));
        assert_eq!(place("", code), (None, None));
    }
}
