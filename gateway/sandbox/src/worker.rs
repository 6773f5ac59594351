//! A worker: the process that scripts run in. Confines itself, then takes one order after the other until its input ends.
//!
//! Every program that starts workers calls [`entered`] first of all. Nothing of the program around has run by then: no
//! runtime, no thread, no open file but the standard ones.

mod confine;
pub(crate) mod console;
mod engine;
mod fault;
mod host;
mod library;
mod result;
mod stage;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use crate::limits::{LEAST_MEMORY, MEMORY, ORDER_SIZE};
use crate::message::{Order, Reply};
use crate::wire::{Frame, HEADER, size};
use engine::Engine;

/// The argument that makes a program a worker; behind it stand its parent's process id and the bytes of memory.
pub(crate) const WORD: &str = "__worker";

/// Is a worker until its input ends, where the arguments (the program's name first) say so; else `None`, at once.
pub fn entered(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != WORD {
        return None;
    }
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    let (parent, memory) = (number(), number());
    Some(match (parent, memory) {
        (Some(parent), Some(memory)) if (LEAST_MEMORY..=MEMORY).contains(&memory) => work(parent, memory),
        (_, _) => ExitCode::from(2),
    })
}

/// Confines the calling process for good, as a worker is that runs scripts of `memory` bytes. For whoever wants to see what
/// is left to one.
pub fn confine(memory: u64) -> io::Result<()> {
    confine::confine(std::os::unix::process::parent_id().into(), memory).map_err(io::Error::other)
}

fn work(parent: u64, memory: u64) -> ExitCode {
    // The engine asks the C library for the time zone, which is read from a file: once, and before files are gone.
    let mut engine = match Engine::start(memory) {
        Ok(engine) => engine,
        Err(error) => return refuse(format!("the engine does not start: {error}")),
    };
    if let Err(error) = confine::confine(parent, memory) {
        return refuse(error.to_string());
    }
    match serve(&mut engine) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn refuse(why: String) -> ExitCode {
    let said = say(&Reply::Unconfined(why));
    if said.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn serve(engine: &mut Engine) -> io::Result<()> {
    loop {
        // The time of a run begins when it is told after this: it does not pay for the run before it.
        say(&Reply::Ready)?;
        let Some(frame) = hear()? else { return Ok(()) };
        let order = Order::decode(&frame).map_err(io::Error::other)?;
        let (code, reply) = match order {
            Order::Check { code } => (None, Reply::Checked(engine.check(code))),
            Order::Run { code, input, raw, time } => {
                (Some(code), Reply::Ended(engine.run(code, input, raw.to_vec(), time)))
            }
        };
        say(&reply)?;
        // Whoever waits has the answer: now is the time to make ready for the next run, most likely of the same script.
        engine.prepare(code);
    }
}

/// The next frame; `None` at the end of the input.
fn hear() -> io::Result<Option<Frame>> {
    let mut input = io::stdin().lock();
    let mut header = [0; HEADER];
    match input.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = vec![0; size(header, ORDER_SIZE).map_err(io::Error::other)?];
    input.read_exact(&mut body)?;
    Ok(Some(Frame(body)))
}

fn say(reply: &Reply) -> io::Result<()> {
    let bytes = reply.encode().map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    output.write_all(&bytes)?;
    output.flush()
}
