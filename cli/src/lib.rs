//! The `boathook` command as a library: every command is a function of its arguments and a [`Console`], so that tests
//! run it in process.
#![forbid(unsafe_code)]

mod admin;
mod args;
mod assemble;
mod clean;
mod client;
mod commands;
mod console;
mod delivery;
mod evaluation;
mod failure;
mod input;
mod load;
mod logging;
mod progress;
mod records;
mod report;
mod route_list;
mod scripts;
mod sender;
mod shell;
mod signals;
mod site;
mod sources;
mod typed;
mod watch;

use std::ffi::OsString;

use clap::Parser as _;

use args::{Cli, Command};
use commands::{completion, crds, eval, executions, routes, run, schema, send, sign, store, validate};

pub use console::Console;
pub use failure::{Exit, Failure};

/// Runs one command line, the program's name first, and says how it ended.
pub async fn main(words: impl IntoIterator<Item = OsString>, console: &mut Console) -> Exit {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => return told(&error, console),
    };
    let done = execute(cli.command, console).await;
    done.unwrap_or_else(|failure| {
        console.fail(&failure);
        failure.exit
    })
}

async fn execute(command: Command, console: &mut Console) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => run::execute(args, console).await,
        Command::Validate(args) => validate::execute(args, console).await,
        Command::Eval(args) => eval::execute(&args, console),
        Command::Routes(args) => routes::execute(&args, console).await,
        Command::Send(args) => send::execute(&args, console).await,
        Command::Sign(args) => sign::execute(&args, console),
        Command::Executions(args) => executions::execute(args, console).await,
        Command::Store(args) => store::execute(args, console).await,
        Command::Crds => crds::execute(console),
        Command::Schema => schema::execute(console),
        Command::Completion(args) => completion::execute(&args, console),
    }
}

/// Help and version are data; everything else that ends the reading of a command line is a wrong one.
fn told(error: &clap::Error, console: &mut Console) -> Exit {
    let colours = console.colours();
    let styled = error.render();
    if error.use_stderr() {
        console.say(&if colours.err { styled.ansi().to_string() } else { styled.to_string() });
        return Exit::Usage;
    }
    let text = if colours.out { styled.ansi().to_string() } else { styled.to_string() };
    console.print(&text).map_or_else(|failure| failure.exit, |()| Exit::Done)
}
