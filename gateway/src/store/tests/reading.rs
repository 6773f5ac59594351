//! Queries that panic, or whose callers go away, take no connection with them.

use std::sync::mpsc::channel;

use tokio::sync::mpsc::unbounded_channel;

use super::open;
use crate::store::testing::{delivery, id};
use crate::store::{Filter, StoreError};

#[tokio::test]
async fn a_query_that_panics_gives_its_connection_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap().store;
    store.accept(delivery(1)).await.unwrap();
    for _ in 0..10 {
        let answer: Result<(), _> = store.readers.run(|_| panic!("a fault of ours")).await;
        assert_eq!(answer, Err(StoreError::Closed));
    }
    assert_eq!(store.execution(id(1)).await.unwrap().unwrap().id, id(1));
}

#[tokio::test]
async fn a_query_whose_caller_goes_away_keeps_its_turn_until_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap().store;
    let (started, mut begun) = unbounded_channel();
    let mut gates = Vec::new();
    for _ in 0..4 {
        let (gate, closed) = channel::<()>();
        gates.push(gate);
        let (store, started) = (store.clone(), started.clone());
        let caller = tokio::spawn(async move {
            store
                .readers
                .run(move |_| {
                    started.send(()).unwrap();
                    // An error says that it is open.
                    let _ = closed.recv();
                    Ok(())
                })
                .await
        });
        begun.recv().await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    let next = tokio::spawn({
        let store = store.clone();
        async move { store.executions(Filter::default()).await }
    });
    tokio::task::yield_now().await;
    drop(gates);
    assert_eq!(next.await.unwrap().unwrap().rows, []);
}
