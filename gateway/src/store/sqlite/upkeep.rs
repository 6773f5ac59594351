//! Looking after a store on disk from outside of a gateway: copies, a look at everything, going on after a loss, giving
//! room back.
//!
//! Blocking, and for people: what is found is told, and nothing is mended that was not asked for.

mod backup;
mod check;
mod compact;
mod findings;
mod loss;
mod rows;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use super::files::Paths;
use super::version::{self, Found};
use super::witness::{Testimony, Witness};
use crate::store::error::{OpenError, StoreError};

pub use backup::{Copied, Pages, backup};
pub use check::check;
pub use compact::{Compacted, compact};
pub use findings::{Counts, Cure, Damage, Part, Report};
pub use loss::{Accepted, accept_loss};

/// Why a store cannot be looked after.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// There is nothing.
    #[error("there is no store in {0}")]
    NoStore(PathBuf),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A copy is never written over something.
    #[error("{0} is there already")]
    TargetExists(PathBuf),
    /// The disk or the database refuses in mid-way.
    #[error("the store {path}: {source}")]
    Store {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: StoreError,
    },
    /// What is damaged cannot be counted out: nothing was changed.
    #[error("the store {path} is damaged where no loss can be counted")]
    BeyondLoss {
        /// The directory.
        path: PathBuf,
        /// What was found.
        report: Report,
    },
}

/// What is there, without a touch: one that a newer Boathook wrote is refused.
fn present(paths: &Paths) -> Result<Testimony, UpkeepError> {
    let none = || UpkeepError::NoStore(paths.directory.clone());
    if !paths.directory.is_dir() {
        return Err(none());
    }
    let found = version::look(paths)?;
    let testimony = Witness::read(&paths.witness).map_err(super::files::io("read", &paths.witness))?;
    match (found, testimony) {
        (Found::Store, testimony) => Ok(testimony),
        (Found::Nothing, Testimony::None) => Err(none()),
        (Found::Nothing, Testimony::Commit { .. } | Testimony::Unreadable) => Ok(testimony),
    }
}

fn failed(directory: &Path) -> impl FnOnce(StoreError) -> UpkeepError {
    let path = directory.to_owned();
    move |source| UpkeepError::Store { path, source }
}
