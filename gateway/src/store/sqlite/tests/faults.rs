//! What fails right behind a commit puts it in doubt.

use std::fs::File;

use super::super::files::Paths;
use super::super::open;
use super::super::witness::Witness;
use crate::store::Engine;
use crate::store::command::Command;
use crate::store::error::StoreError;
use crate::store::testing::{delivery, noon};

#[test]
fn what_fails_behind_a_commit_is_promised_to_nobody_and_ends_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let paths = Paths::new(directory.path());
    let (mut engine, _) = open::engine(&paths, noon(), 0).unwrap();
    engine.disk.as_mut().unwrap().witness = Witness::new(File::open(&paths.witness).unwrap());
    let mut accept = |number| engine.commit(&[Command::Accept(Box::new(delivery(number)))], noon());
    assert!(matches!(accept(1), Err(StoreError::Broken(_))), "nobody is told that it is durable");
    assert!(matches!(accept(2), Err(StoreError::Broken(_))), "and nothing more is tried");
    assert!(matches!(engine.tidy(), Err(StoreError::Broken(_))));
    drop(engine);
    let (engine, _) = open::engine(&paths, noon(), 0).unwrap();
    assert_eq!(engine.tally.executions, 1, "the disk had it");
}
