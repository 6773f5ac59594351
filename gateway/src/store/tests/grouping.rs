//! How commands become transactions, and what one that fails does to the others.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::sync::Barrier;

use crate::clock::Clock;
use crate::store::command::{Command, Count, Outcome};
use crate::store::engine::Engine;
use crate::store::error::StoreError;
use crate::store::testing::{delivery, noon};
use crate::store::{Commit, Store};

/// What the engine was given, by batches.
type Batches = Arc<Mutex<Vec<usize>>>;

/// Fails as it is told by the counts of commands.
struct Fake {
    batches: Batches,
    fails: fn(&[u64]) -> Option<StoreError>,
}

impl Engine for Fake {
    fn commit(&mut self, commands: &[Command], _: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        self.batches.lock().unwrap().push(commands.len());
        let counts: Vec<u64> = commands.iter().map(count).collect();
        match (self.fails)(&counts) {
            Some(error) => Err(error),
            None => Ok(commands.iter().map(|_| Outcome::Recorded).collect()),
        }
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn count(command: &Command) -> u64 {
    let Command::Count(counts) = command else { panic!("a count") };
    counts[0].by
}

fn store(fails: fn(&[u64]) -> Option<StoreError>) -> (Store, Batches, Arc<Mutex<Vec<Commit>>>) {
    let (batches, commits) = (Batches::default(), Arc::new(Mutex::new(Vec::new())));
    let engine = Fake { batches: Arc::clone(&batches), fails };
    let told = Arc::clone(&commits);
    let observer = Arc::new(move |commit| told.lock().unwrap().push(commit));
    (Store::new(Box::new(engine), Vec::new(), Clock::new(noon), observer), batches, commits)
}

async fn add(store: &Store, by: u64) -> Result<(), StoreError> {
    store.count(vec![Count { workflow: delivery(1).workflow, name: "seen", by }]).await
}

/// Many at the same time.
async fn add_all(store: &Store, numbers: std::ops::Range<u64>) -> Vec<(u64, Result<(), StoreError>)> {
    let together = Arc::new(Barrier::new(usize::try_from(numbers.end - numbers.start).unwrap()));
    let tasks: Vec<_> = numbers
        .map(|number| {
            let (store, together) = (store.clone(), Arc::clone(&together));
            tokio::spawn(async move {
                together.wait().await;
                (number, add(&store, number).await)
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test]
async fn a_lone_command_is_a_transaction() {
    let (store, batches, commits) = store(|_| None);
    add(&store, 1).await.unwrap();
    add(&store, 2).await.unwrap();
    assert_eq!(*batches.lock().unwrap(), [1, 1]);
    assert_eq!(commits.lock().unwrap().iter().map(|commit| commit.commands).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn many_commands_are_few_transactions_of_at_most_256() {
    let (store, batches, _) = store(|_| None);
    let results = add_all(&store, 0..2_000).await;
    assert!(results.iter().all(|(_, result)| result.is_ok()));
    let batches = batches.lock().unwrap();
    assert_eq!(batches.iter().sum::<usize>(), 2_000);
    assert!(batches.iter().all(|batch| *batch <= 256) && batches.len() < 1_000, "{batches:?}");
}

#[tokio::test]
async fn a_command_that_meets_damage_takes_no_other_with_it() {
    let (store, ..) = store(|counts| counts.contains(&7).then(|| StoreError::Corrupt("page 3".into())));
    for (number, result) in add_all(&store, 0..50).await {
        assert_eq!(result.is_err(), number == 7, "{number}");
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_the_store_stays_up() {
    let (store, ..) = store(|counts| counts.contains(&7).then_some(StoreError::Full));
    assert_eq!(add(&store, 7).await, Err(StoreError::Full));
    assert_eq!(add(&store, 8).await, Ok(()));
    assert!(store.is_up());
}

#[tokio::test]
async fn a_failed_disk_is_told_and_nothing_more_is_taken() {
    let (store, batches, _) = store(|_| Some(StoreError::Broken("fsync".into())));
    assert_eq!(add(&store, 1).await, Err(StoreError::Broken("fsync".into())));
    assert_eq!(store.broken().await, "fsync");
    assert_eq!(add(&store, 2).await, Err(StoreError::Broken("fsync".into())));
    assert_eq!(*batches.lock().unwrap(), [1]);
    assert!(!store.is_up());
}

#[tokio::test]
async fn a_writer_that_panics_is_told_as_a_failed_disk_is() {
    let (store, ..) = store(|_| panic!("a fault of ours"));
    assert_eq!(add(&store, 1).await, Err(StoreError::Closed));
    assert_eq!(store.broken().await, "its writer panicked");
    assert!(!store.is_up());
}

#[tokio::test]
async fn a_database_that_another_process_holds_answers_all_at_once() {
    let (store, batches, _) = store(|_| Some(StoreError::Busy));
    assert!(add_all(&store, 0..50).await.iter().all(|(_, result)| *result == Err(StoreError::Busy)));
    assert_eq!(batches.lock().unwrap().iter().sum::<usize>(), 50);
    assert!(store.is_up());
}

#[tokio::test]
async fn a_closed_store_takes_nothing() {
    let (store, ..) = store(|_| None);
    store.close().await;
    assert_eq!(add(&store, 1).await, Err(StoreError::Closed));
}
