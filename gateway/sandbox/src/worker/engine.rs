//! Runs scripts, each on a stage of its own, and says whether they compile.

use std::time::{Duration, Instant};

use rquickjs::promise::PromiseState;
use rquickjs::{CatchResultExt as _, CaughtError, Ctx, Error, Persistent, Promise, Result, Value};

use super::library::evaluate;
use super::result::well_formed;
use super::stage::Stage;
use crate::limits::CHECK_TIME;
use crate::message::{Ended, Fault, FaultKind};

/// The engine, with the stage of the next run.
pub(super) struct Engine {
    memory: u64,
    next: Option<Stage>,
}

impl Engine {
    /// An engine whose runs may use `memory` bytes each. Looks at the time zone.
    pub(super) fn start(memory: u64) -> Result<Self> {
        let stage = Stage::new(memory)?;
        stage.context.with(|ctx| ctx.eval::<(), _>("new Date().getTimezoneOffset(); undefined"))?;
        Ok(Self { memory, next: Some(stage) })
    }

    /// Makes ready for the next run, of this script if it is one that was run before.
    pub(super) fn prepare(&mut self, code: Option<&str>) {
        // What cannot be made ready is an error of the run that wants it.
        let Ok(mut stage) = self.take() else { return };
        if let Some(code) = code {
            let _ = stage.prepare(code);
        }
        self.next = Some(stage);
    }

    /// What is wrong with the script, if anything is. It has to be a function's body in two different places: a text that
    /// closes the function and opens another fits into one of them at most.
    pub(super) fn check(&mut self, code: &str) -> Option<Fault> {
        let stage = match self.take() {
            Ok(stage) => stage,
            Err(fault) => return Some(fault),
        };
        stage.shared.deadline.set(Some(Instant::now() + CHECK_TIME));
        let places = [format!("async function script() {{\n{code}\n}}"), format!("(async () => {{\n{code}\n}})")];
        stage.context.with(|ctx| {
            let mut errors =
                places.iter().filter_map(|text| evaluate::<Value<'_>>(&ctx, text, "script").catch(&ctx).err());
            Some(as_syntax(stage.fault(errors.next()?, code)))
        })
    }

    /// Runs a script.
    pub(super) fn run(&mut self, code: &str, input: &str, raw: Vec<u8>, time: Duration) -> Ended {
        let deadline = Instant::now() + time;
        let stage = match self.take() {
            Ok(stage) => stage,
            Err(fault) => return Ended::new(Err(fault), Vec::new()),
        };
        stage.shared.deadline.set(Some(deadline));
        stage.shared.raw.replace(raw);
        let (outcome, stage) = perform(stage, code, input);
        let console = stage.shared.console.take().into_lines();
        // What it holds is dropped when whoever waits has the answer.
        self.next = Some(stage);
        Ended::new(outcome, console)
    }

    /// A stage on which nothing has run: the one that was made ready, unless a run has used it.
    fn take(&mut self) -> std::result::Result<Stage, Fault> {
        match self.next.take().filter(|stage| stage.shared.deadline.get().is_none()) {
            Some(stage) => Ok(stage),
            None => Stage::new(self.memory).map_err(|_| fault_of_memory(self.memory)),
        }
    }
}

/// Of a function that is not called nothing runs: what takes time or throws here stands outside of it.
fn as_syntax(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::Syntax | FaultKind::Memory => fault,
        FaultKind::Thrown | FaultKind::Timeout | FaultKind::ResultTooLarge => {
            Fault::new(FaultKind::Syntax, "SyntaxError: the script closes the function that it is the body of")
        }
    }
}

fn fault_of_memory(memory: u64) -> Fault {
    Fault::new(FaultKind::Memory, format!("the engine cannot start within {memory} bytes"))
}

fn perform(mut stage: Stage, code: &str, input: &str) -> (std::result::Result<String, Fault>, Stage) {
    if !stage.has(code)
        && let Err(fault) = stage.prepare(code)
    {
        return (Err(fault), stage);
    }
    let outcome = match begin(&stage, code, input) {
        Ok(promise) => settle(&stage, code, &promise).and_then(|()| finish(&stage, code, promise)),
        Err(fault) => Err(fault),
    };
    (outcome, stage)
}

/// What the script has returned, of which nothing is known yet.
type Returned = Persistent<Promise<'static>>;

/// Calls the script.
fn begin(stage: &Stage, code: &str, input: &str) -> std::result::Result<Returned, Fault> {
    let call = |ctx: &Ctx<'_>| -> Result<Returned> {
        let () = stage.helper(ctx, "begin")?.call((input,))?;
        let promise: Promise<'_> = stage.script(ctx)?.call(())?;
        Ok(Persistent::save(ctx, promise))
    };
    stage.context.with(|ctx| call(&ctx).catch(&ctx).map_err(|error| stage.fault(error, code)))
}

/// Runs what the script has put off, until its promise has a value.
fn settle(stage: &Stage, code: &str, promise: &Returned) -> std::result::Result<(), Fault> {
    let is_pending = || {
        stage.context.with(|ctx| {
            let promise = promise.clone().restore(&ctx);
            promise.is_ok_and(|promise| promise.state() == PromiseState::Pending)
        })
    };
    while is_pending() {
        match stage.runtime.execute_pending_job() {
            Ok(true) => {}
            Ok(false) => {
                let message = "Error: the script awaits a promise that nothing will settle";
                return Err(Fault::new(FaultKind::Thrown, message));
            }
            // What the script put off without a promise, threw: nobody else will say so.
            Err(exception) => {
                return Err(exception.0.with(|ctx| stage.fault(CaughtError::Value(ctx.catch()), code)));
            }
        }
    }
    Ok(())
}

/// The result's JSON.
fn finish(stage: &Stage, code: &str, promise: Returned) -> std::result::Result<String, Fault> {
    let read = |ctx: &Ctx<'_>| -> Result<String> {
        let promise = promise.restore(ctx)?;
        let value: Value<'_> = promise.result().unwrap_or(Err(Error::Unknown))?;
        stage.helper(ctx, "finish")?.call((value,)).map(well_formed)
    };
    stage.context.with(|ctx| read(&ctx).catch(&ctx).map_err(|error| stage.fault(error, code)))
}
