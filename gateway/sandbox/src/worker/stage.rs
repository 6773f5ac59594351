//! A runtime and a context in which nothing of a user has run yet. Each run has one of its own, and both are dropped with
//! all that is in them: nothing of a run is there for the next one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use rquickjs::context::intrinsic::{Date, Eval, Json, MapSet, Promise, RegExp, RegExpCompiler, TypedArrays};
use rquickjs::{CatchResultExt as _, Context, Ctx, Error, Function, Object, Persistent, Result, Runtime};

use super::console::Console;
use super::library::{self, evaluate};
use super::{fault, host};
use crate::limits::STACK_SIZE;
use crate::message::Fault;

/// What the language has here. Left out are what no workflow needs and what engines have had holes in: proxies, weak
/// references, clocks of their own.
type Language = (Date, Eval, RegExpCompiler, RegExp, Json, MapSet, TypedArrays, Promise);

/// What a run and the functions that it calls have in common.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// When the engine is to stop by itself.
    pub(super) deadline: Cell<Option<Instant>>,
    /// Whether it has.
    pub(super) stopped: Cell<bool>,
    /// Whether the result was refused for its size.
    pub(super) too_large: Cell<bool>,
    pub(super) console: RefCell<Console>,
    /// `context.raw`.
    pub(super) raw: RefCell<Vec<u8>>,
}

/// One runtime with its one context.
pub(super) struct Stage {
    // Fields are dropped in their order, and the runtime must be the last.
    script: Option<(String, Persistent<Function<'static>>)>,
    helpers: Persistent<Object<'static>>,
    pub(super) context: Context,
    pub(super) shared: Rc<Shared>,
    pub(super) runtime: Runtime,
}

impl Stage {
    /// A new one whose values may take `memory` bytes.
    pub(super) fn new(memory: u64) -> Result<Self> {
        let shared = Rc::new(Shared::default());
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(usize::try_from(memory).unwrap_or(usize::MAX));
        runtime.set_max_stack_size(STACK_SIZE);
        let watched = Rc::clone(&shared);
        runtime.set_interrupt_handler(Some(Box::new(move || watched.is_late())));
        let context = Context::custom::<Language>(&runtime)?;
        let helpers = context.with(|ctx| {
            let host = host::object(&ctx, &shared)?;
            library::start(&ctx, host).map(|helpers| Persistent::save(&ctx, helpers))
        })?;
        Ok(Self { script: None, helpers, context, shared, runtime })
    }

    /// Compiles a script, and keeps it for its run. Nothing of it runs.
    pub(super) fn prepare(&mut self, code: &str) -> std::result::Result<(), Fault> {
        let compiled = self.context.with(|ctx| {
            let function: Result<Function<'_>> = evaluate(&ctx, &wrapped(code), "script");
            function
                .map(|function| Persistent::save(&ctx, function))
                .catch(&ctx)
                .map_err(|error| self.fault(error, code))
        })?;
        self.script = Some((code.to_owned(), compiled));
        Ok(())
    }

    /// Whether this script was prepared here.
    pub(super) fn has(&self, code: &str) -> bool {
        self.script.as_ref().is_some_and(|(known, _)| known == code)
    }

    /// The prepared script.
    pub(super) fn script<'js>(&self, ctx: &Ctx<'js>) -> Result<Function<'js>> {
        let (_, script) = self.script.as_ref().ok_or(Error::Unknown)?;
        script.clone().restore(ctx)
    }

    /// A function of `library/start.js`.
    pub(super) fn helper<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
        self.helpers.clone().restore(ctx)?.get(name)
    }

    /// What an error of this stage means.
    pub(super) fn fault(&self, error: rquickjs::CaughtError<'_>, code: &str) -> Fault {
        fault::of(error, self, code)
    }
}

impl Shared {
    fn is_late(&self) -> bool {
        let late = self.deadline.get().is_some_and(|deadline| Instant::now() >= deadline);
        self.stopped.set(self.stopped.get() || late);
        late
    }
}

/// A function whose body is the script. Its first line is the second here.
fn wrapped(code: &str) -> String {
    format!("(async function () {{\n{code}\n}})")
}
