//! What those are told who follow.

use tempfile::tempdir;

use super::open;
use crate::store::command::{Cancel, Park, RecordedRequest, Replay, Replayed, RequestPhase, Which};
use crate::store::testing::{append, claim, delivery, entry, id, noon};
use crate::store::{Fence, Moved, Store};

async fn claimed(store: &Store) -> Fence {
    store.claim(claim(10, noon())).await.unwrap().claimed[0].fence
}

#[tokio::test]
async fn each_move_to_another_phase_is_told_and_nothing_else() {
    let directory = tempdir().unwrap();
    let store = open(directory.path()).unwrap().store;
    let mut moves = store.moves();
    store.accept(delivery(1)).await.unwrap();
    let first = claimed(&store).await;
    store.append(append(first, vec![entry("one")])).await.unwrap();
    let park = Park { fence: first, entries: Vec::new(), answer: None, until: Some(noon()), children: Vec::new() };
    store.park(park.clone()).await.unwrap();
    let second = claimed(&store).await;
    store.park(park).await.unwrap();
    store.release(vec![first]).await.unwrap();
    store.release(vec![second]).await.unwrap();
    let replay = Replay { of: id(1), id: id(2), entries: None, plan: None };
    assert_eq!(store.replay(replay.clone()).await.unwrap(), Replayed::NotFinished);
    let cancel = Cancel { which: Which::Execution(id(1)), reason: "Cancelled".into(), limit: 1 };
    store.cancel(cancel.clone()).await.unwrap();
    store.cancel(cancel).await.unwrap();
    store.replay(replay).await.unwrap();
    let request = RecordedRequest {
        id: id(3),
        workflow: delivery(1).workflow,
        at: noon(),
        phase: RequestPhase::Rejected,
        reason: "SignatureInvalid".into(),
        head: Vec::new(),
        body_sha256: None,
        execution: None,
    };
    store.record_requests(vec![request]).await.unwrap();
    let told: Vec<_> = std::iter::from_fn(|| moves.try_recv().ok()).collect();
    let one = Moved::Execution(id(1));
    // Accepted, claimed, parked, claimed, released, cancelled.
    assert_eq!(told, [one, one, one, one, one, one, Moved::Execution(id(2)), Moved::Request(id(3))]);
}
