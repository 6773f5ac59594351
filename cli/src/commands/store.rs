//! `boathook store`: looks after the directory in which `boathook run` keeps what it accepted.

mod backup;
mod check;
mod compact;

use std::path::{Path, PathBuf};

use boathook_gateway::store::OpenError;
use boathook_gateway::store::upkeep::UpkeepError;
use clap::Subcommand;
use tokio::task::spawn_blocking;

use crate::console::Console;
use crate::failure::{Exit, Failure, chain};
use crate::shell::quote;

/// Arguments of `store`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Copy a store to a new directory, also while `boathook run` has it
    Backup(backup::Args),
    /// Look at all that a store holds, and say what is damaged or gone
    Check(check::Args),
    /// Delete what is past its time, and give room back to the disk
    Compact(compact::Args),
}

/// Which store.
#[derive(clap::Args, Clone, Debug)]
struct Place {
    /// The directory of the store: what `boathook run` was given as --data, else .boathook beside its files
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Place {
    fn path(&self) -> &Path {
        &self.data
    }

    /// As a word of a command.
    fn word(&self) -> String {
        quote(&self.data.display().to_string())
    }
}

/// Looks after a store.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    match args.verb {
        Verb::Backup(args) => backup::execute(args, console).await,
        Verb::Check(args) => check::execute(args, console).await,
        Verb::Compact(args) => compact::execute(args, console).await,
    }
}

/// Why a store is not looked after, and the next thing to try.
fn failure(error: &UpkeepError, place: &Place) -> Failure {
    let data = place.word();
    let failure = Failure::stuck(chain(error));
    match error {
        UpkeepError::NoStore(_) => failure.next("--data with the directory that `boathook run` was given"),
        UpkeepError::TargetExists(_) => Failure::usage(chain(error)).next("a directory that is not there yet"),
        UpkeepError::Open(OpenError::Locked { .. }) => failure.next(format!(
            "stop that process; or look at a copy: boathook store backup COPY --data {data}, then boathook store check \
             --data COPY"
        )),
        UpkeepError::Open(OpenError::Behind { .. } | OpenError::RowsMissing { .. } | OpenError::Corrupt { .. }) => {
            failure.next(format!("boathook store check --data {data}"))
        }
        UpkeepError::Open(
            OpenError::NewerVersion { .. }
            | OpenError::Full(_)
            | OpenError::Busy(_)
            | OpenError::NotAStore(_)
            | OpenError::Key(_)
            | OpenError::KeyGone(_)
            | OpenError::Io { .. }
            | OpenError::Database { .. },
        )
        | UpkeepError::Store { .. }
        | UpkeepError::BeyondLoss { .. } => failure,
    }
}

async fn blocking<T: Send + 'static>(
    place: &Place,
    work: impl FnOnce(&Path) -> Result<T, UpkeepError> + Send + 'static,
) -> Result<T, Failure> {
    let path = place.data.clone();
    let done = spawn_blocking(move || work(&path)).await;
    let done = done.map_err(|error| Failure::stuck(format!("look after the store: {error}")))?;
    done.map_err(|error| failure(&error, place))
}
