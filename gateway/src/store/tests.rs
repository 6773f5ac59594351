//! The store as its callers see it: on disk, with its writer and its readers.

mod corruption;
mod grouping;
mod moves;
mod opening;
mod reading;

use std::path::Path;
use std::sync::Arc;

use super::{OpenError, Opened, Settings, Store};
use crate::clock::Clock;
use crate::store::testing::noon;

fn settings(directory: &Path) -> Settings {
    Settings { directory: directory.to_owned(), clock: Clock::new(noon), observer: Arc::new(|_| {}) }
}

fn open(directory: &Path) -> Result<Opened, OpenError> {
    Store::open(settings(directory))
}
