//! Load on a gateway that is about to be ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use boathook_tests::durable::sender::{Sender, body};
use tokio::task::JoinSet;

/// Connections at one time.
const SENDERS: usize = 16;

/// Sends a few deliveries one after the other, as far as the server lives.
pub async fn some(sender: &Sender, name: &str, deliveries: usize, chance: &mut fastrand::Rng) {
    for number in 0..deliveries {
        let id = format!("{name}-{number}");
        sender.deliver(&id, &body(&id, chance)).await;
    }
}

/// Deliveries that are being sent until it is told to stop.
#[derive(Debug)]
pub struct Load {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Load {
    /// Begins to send deliveries `<name>-<sender>-<n>`, at most `each` of every sender. A delivery without an answer is
    /// not repeated here, but once the server is back.
    pub fn begin(sender: &Sender, name: &str, each: usize, chance: &mut fastrand::Rng) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for client in 0..SENDERS {
            let (sender, stop, name) = (sender.clone(), Arc::clone(&stop), name.to_owned());
            let mut chance = chance.fork();
            tasks.spawn(async move {
                for number in 0..each {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let id = format!("{name}-{client}-{number}");
                    let body = body(&id, &mut chance);
                    if sender.deliver(&id, &body).await.is_none() {
                        // Nobody listens, or not any more: a real sender waits, too.
                        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                    }
                }
            });
        }
        Self { stop, tasks }
    }

    /// Ends the load and waits for what is under way.
    pub async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(task) = self.tasks.join_next().await {
            task.expect("a sender ends well");
        }
    }
}
