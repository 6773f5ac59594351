//! Who gets memory, when, and that all of it comes back.

use tokio::time::Instant;

use super::*;

const KIB: usize = 1 << 10;

/// What it comes to, if that is known at once.
async fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    timeout(Duration::ZERO, future).await.ok()
}

fn owners() -> [Arc<Share>; 2] {
    [(); 2].map(|()| Arc::default())
}

#[tokio::test(start_paused = true)]
async fn what_is_not_free_within_five_seconds_is_refused_and_comes_back_when_it_is_dropped() {
    let (memory, [one, other]) = (Memory::new(64 * KIB), owners());
    let mut most = memory.take(&one, 60 * KIB).await.unwrap();
    let began = Instant::now();
    assert!(memory.take(&other, 5 * KIB).await.is_none());
    assert_eq!(began.elapsed().as_secs(), 5);
    most.shrink(59 * KIB);
    let rest = memory.take(&other, 5 * KIB).await.unwrap();
    assert_eq!((memory.free(), most.bytes(), rest.bytes()), (0, 59 * KIB, 5 * KIB));
    drop((most, rest));
    assert_eq!((memory.free(), one.has()), (64 * KIB, 0));
}

#[tokio::test]
async fn more_than_there_is_waits_for_all_of_it() {
    let (memory, [one, _]) = (Memory::new(64 * KIB), owners());
    assert_eq!(memory.take(&one, 1 << 30).await.unwrap().bytes(), 64 * KIB);
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_served_in_order_once_there_is_some() {
    let (memory, [one, other]) = (Memory::new(64 * KIB), owners());
    let all = memory.wait(&one, 64 * KIB).await;
    let (mut large, mut small) = (Box::pin(memory.take(&other, 60 * KIB)), Box::pin(memory.take(&one, 10 * KIB)));
    assert!(now(large.as_mut()).await.is_none() && now(small.as_mut()).await.is_none());
    drop(all);
    let large = large.await.unwrap();
    assert!(now(small.as_mut()).await.is_none(), "nobody who came later goes before it");
    drop(large);
    assert_eq!(small.await.unwrap().bytes(), 10 * KIB);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_makes_way_for_those_behind() {
    let (memory, [one, other]) = (Memory::new(64 * KIB), owners());
    let some = memory.wait(&one, 10 * KIB).await;
    let mut large = Box::pin(memory.take(&other, 60 * KIB));
    assert!(now(large.as_mut()).await.is_none());
    let mut small = Box::pin(memory.take(&one, KIB));
    assert!(now(small.as_mut()).await.is_none());
    drop(large);
    assert!(now(small).await.flatten().is_some());
    drop(some);
    assert_eq!(memory.free(), 64 * KIB);
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_has_what_is_left_waits_and_holds_up_no_other() {
    let (memory, [slow, quiet]) = (Memory::new(64 * KIB), owners());
    let mut kept = Vec::new();
    for _ in 0..2 {
        kept.push(memory.take(&slow, 12 * KIB).await.unwrap());
    }
    let mut third = Box::pin(memory.take(&slow, 12 * KIB));
    let mut fourth = Box::pin(memory.take(&slow, KIB));
    assert!(now(third.as_mut()).await.is_none() && now(fourth.as_mut()).await.is_none());
    let first = now(memory.take(&quiet, 30 * KIB)).await.flatten();
    assert!(first.is_some(), "its first body is taken, whatever it takes");
    assert!(now(memory.take(&quiet, 0)).await.flatten().is_some(), "small ones take none");
    drop(first);
    kept.pop();
    assert!(third.await.is_some() && fourth.await.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_holds_some_gets_more_before_anybody_who_holds_none() {
    let (memory, [one, other]) = (Memory::new(64 * KIB), owners());
    let mut held = memory.wait(&one, 24 * KIB).await;
    let rest = memory.try_take(40 * KIB).unwrap();
    assert!(memory.try_take(KIB).is_none());
    let mut new = Box::pin(memory.take(&other, 30 * KIB));
    assert!(now(new.as_mut()).await.is_none());
    let mut more = Box::pin(held.extend(16 * KIB));
    assert!(now(more.as_mut()).await.is_none());
    drop(rest);
    assert!(more.await);
    assert!(now(new.as_mut()).await.is_none());
    assert_eq!((held.bytes(), one.has()), (40 * KIB, 40));
    drop(held);
    assert!(new.await.is_some());
    assert_eq!((memory.free(), one.has()), (64 * KIB, 0));
}

#[tokio::test(start_paused = true)]
async fn what_holds_some_leaves_a_quarter_to_others_unless_it_is_alone() {
    let (memory, [one, other]) = (Memory::new(64 * KIB), owners());
    let small = memory.wait(&one, KIB).await;
    let mut held = memory.wait(&one, 31 * KIB).await;
    assert!(held.extend(16 * KIB).await);
    assert!(!held.extend(KIB).await);
    assert_eq!(now(memory.take(&other, 16 * KIB)).await.flatten().unwrap().bytes(), 16 * KIB);
    drop(small);
    assert!(held.extend(17 * KIB).await, "one body is always taken");
    assert_eq!((held.bytes(), memory.free()), (64 * KIB, 0));
}
