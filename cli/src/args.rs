//! The command line: its commands, and the text of its help. Each command's own arguments are in its file.

use clap::{Parser, Subcommand};

use crate::commands::{completion, eval, executions, routes, run, send, sign, store, validate};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "boathook",
    version,
    about = "Turns a WebhookWorkflow into a live, verified webhook endpoint",
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve workflows from files, and take edits up as they are saved
    Run(run::Args),
    /// Say everything that is wrong with files, as the API server and the operator would
    Validate(validate::Args),
    /// Evaluate one expression or template
    Eval(eval::Args),
    /// List what a running `boathook run` serves, with a command for each route
    Routes(routes::Args),
    /// Send a correctly signed delivery to a workflow
    Send(send::Args),
    /// Print a correctly signed delivery instead of sending it
    Sign(sign::Args),
    /// List, show, follow, replay, cancel and export executions
    Executions(executions::Args),
    /// Copy, check or compact what a `boathook run` keeps
    Store(store::Args),
    /// Print the custom resource definitions, for `kubectl apply --server-side -f -`
    Crds,
    /// Print a JSON Schema of the resources, for editors
    Schema,
    /// Print the completion script of a shell
    Completion(completion::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_argument_has_a_help_text() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
