//! The command line: its commands, and the text of its help. Each command's own arguments are in its file.

use clap::{Parser, Subcommand};

use crate::commands::completion;

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
    /// Print the completion script of a shell
    Completion(completion::Args),
}
