//! Group commit: one thread owns the engine, applies what has arrived as one transaction, and then answers all of it.
//!
//! A lone command on an idle store is committed at once: the thread waits only while others are on their way to it.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, broadcast, oneshot, watch};

use super::command::{Command, Outcome};
use super::engine::Engine;
use super::error::StoreError;
use super::moves::{self, Moved};
use crate::clock::Clock;

mod batch;
mod work;

/// Commands a transaction at most.
pub(super) const BATCH: usize = 256;

/// How long the thread waits for commands that are on their way, all in all.
const GATHER: Duration = Duration::from_millis(2);

/// Commands that may wait for the thread; more wait in their callers.
const ARRIVED: usize = 1_024;

/// One transaction, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// From its begin to its end on disk.
    pub took: Duration,
    /// Commands in it.
    pub commands: usize,
}

/// Told of each transaction.
pub type Observer = Arc<dyn Fn(Commit) + Send + Sync>;

/// What the thread is sent.
enum Order {
    Do(Command, oneshot::Sender<Result<Outcome, StoreError>>),
    Close(oneshot::Sender<()>),
}

/// The way to the thread.
pub(super) struct Writer {
    /// `None` once closed.
    orders: Mutex<Option<Sender<Order>>>,
    room: Arc<Semaphore>,
    coming: Arc<AtomicUsize>,
    broken: watch::Receiver<Option<String>>,
    moves: broadcast::Sender<Moved>,
}

impl Writer {
    pub(super) fn start(engine: Box<dyn Engine>, clock: Clock, observer: Observer) -> Self {
        let (orders, arrived) = channel();
        let (tell, broken) = watch::channel(None);
        let room = Arc::new(Semaphore::new(ARRIVED));
        let coming = Arc::new(AtomicUsize::new(0));
        let desk = Desk { arrived, room: Arc::clone(&room), coming: Arc::clone(&coming) };
        let moves = broadcast::Sender::new(moves::KEPT);
        let work = work::Work { engine, clock, observer, tell, moves: moves.clone() };
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || work.run(&desk));
        let orders = thread.is_ok().then_some(orders);
        Self { orders: Mutex::new(orders), room, coming, broken, moves }
    }

    /// Applies a command; returns once it is durable.
    pub(super) async fn submit(&self, command: Command) -> Result<Outcome, StoreError> {
        if let Some(what) = self.broken.borrow().clone() {
            return Err(StoreError::Broken(what));
        }
        let coming = Coming::new(&self.coming);
        let room = self.room.acquire().await.map_err(|_| StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        self.send(Order::Do(command, reply))?;
        // Given back by the thread when it takes the command.
        room.forget();
        coming.arrived();
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(super) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner).take();
        if orders.is_some_and(|orders| orders.send(Order::Close(reply)).is_ok()) {
            // An error says that the thread has ended already.
            let _ = done.await;
        }
    }

    pub(super) fn broken(&self) -> watch::Receiver<Option<String>> {
        self.broken.clone()
    }

    pub(super) fn moves(&self) -> broadcast::Receiver<Moved> {
        self.moves.subscribe()
    }

    pub(super) fn is_up(&self) -> bool {
        self.broken.borrow().is_none() && self.orders.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn send(&self, order: Order) -> Result<(), StoreError> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.as_ref().and_then(|orders| orders.send(order).ok()).ok_or(StoreError::Closed)
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Writer")
    }
}

/// The thread's end of the way.
struct Desk {
    arrived: Receiver<Order>,
    room: Arc<Semaphore>,
    /// Commands that were announced and not taken yet.
    coming: Arc<AtomicUsize>,
}

/// Announces a command; withdrawn when its caller goes away before it arrived.
struct Coming<'a>(Option<&'a AtomicUsize>);

impl<'a> Coming<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Some(count))
    }

    /// The thread counts it down from now on.
    fn arrived(mut self) {
        self.0 = None;
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.0.take() {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
