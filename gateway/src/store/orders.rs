//! The writing half of the facade: a method for each command. Each returns once its change is durable. A caller that goes
//! away does not take its command back.

use std::sync::Arc;

use super::Store;
use super::claim::{Claim, Claims};
use super::command::{
    Append, Cancel, Cancelled, Command, Count, Deleted, Finish, Outcome, Park, Prune, Purge, RecordedRequest, Renew,
    Replay, Replayed, Trim,
};
use super::ending::{Admission, Adopt, Finished, FinishedExecution};
use super::error::StoreError;
use super::lease::{Fence, Renewed, Written};
use super::new::NewExecution;

impl Store {
    /// Takes a delivery.
    pub async fn accept(&self, new: NewExecution) -> Result<Admission, StoreError> {
        let Outcome::Admission(admission) = self.writer.submit(Command::Accept(Box::new(new))).await? else {
            return Err(mismatch());
        };
        Ok(admission)
    }

    /// Takes a run that has begun in memory. It runs whatever is queued before it, and is taken without its deduplication
    /// key where another one holds that. [`Admission::Duplicate`] says that it is there already.
    pub async fn adopt(&self, adopt: Adopt) -> Result<Admission, StoreError> {
        let Outcome::Admission(admission) = self.writer.submit(Command::Adopt(Box::new(adopt))).await? else {
            return Err(mismatch());
        };
        Ok(admission)
    }

    /// Takes executions of a workflow to run them.
    pub async fn claim(&self, claim: Claim) -> Result<Claims, StoreError> {
        let Outcome::Claims(claims) = self.writer.submit(Command::Claim(claim)).await? else { return Err(mismatch()) };
        Ok(claims)
    }

    /// Writes to a journal.
    pub async fn append(&self, append: Append) -> Result<Written, StoreError> {
        self.written(Command::Append(append)).await
    }

    /// Lets go of an execution until a time or the end of one it called.
    pub async fn park(&self, park: Park) -> Result<Written, StoreError> {
        self.written(Command::Park(park)).await
    }

    /// Ends an execution.
    pub async fn finish(&self, finish: Finish) -> Result<Finished, StoreError> {
        let Outcome::Finished(finished) = self.writer.submit(Command::Finish(Box::new(finish))).await? else {
            return Err(mismatch());
        };
        Ok(finished)
    }

    /// Prolongs leases.
    pub async fn renew(&self, renew: Renew) -> Result<Renewed, StoreError> {
        self.renewed(Command::Renew(renew)).await
    }

    /// Lets go of executions that others go on with at once; those that were lost before are named.
    pub async fn release(&self, fences: Vec<Fence>) -> Result<Renewed, StoreError> {
        self.renewed(Command::Release(fences)).await
    }

    /// Cancels what has no worker, and marks what has one.
    pub async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, StoreError> {
        let Outcome::Cancelled(cancelled) = self.writer.submit(Command::Cancel(cancel)).await? else {
            return Err(mismatch());
        };
        Ok(cancelled)
    }

    /// Runs an execution again.
    pub async fn replay(&self, replay: Replay) -> Result<Replayed, StoreError> {
        let Outcome::Replayed(replayed) = self.writer.submit(Command::Replay(replay)).await? else {
            return Err(mismatch());
        };
        Ok(replayed)
    }

    /// Keeps a run that was held in memory and has ended; `false` where its namespace keeps too much already.
    pub async fn record_sync(&self, finished: Arc<FinishedExecution>) -> Result<bool, StoreError> {
        let Outcome::Kept(kept) = self.writer.submit(Command::RecordSync(finished)).await? else {
            return Err(mismatch());
        };
        Ok(kept)
    }

    /// Keeps requests that started nothing. How many of them is the caller's to bound.
    pub async fn record_requests(&self, requests: Vec<RecordedRequest>) -> Result<(), StoreError> {
        self.writer.submit(Command::RecordRequests(requests)).await.map(drop)
    }

    /// Adds to counters.
    pub async fn count(&self, counts: Vec<Count>) -> Result<(), StoreError> {
        self.writer.submit(Command::Count(counts)).await.map(drop)
    }

    /// Deletes what need not be kept any more, a piece at a time.
    pub async fn prune(&self, prune: Prune) -> Result<Deleted, StoreError> {
        self.deleted(Command::Prune(prune)).await
    }

    /// Deletes of a namespace that keeps too much what has ended well, a piece at a time.
    pub async fn trim(&self, trim: Trim) -> Result<Deleted, StoreError> {
        self.deleted(Command::Trim(trim)).await
    }

    /// Deletes all of a namespace, a piece at a time.
    pub async fn purge(&self, purge: Purge) -> Result<Deleted, StoreError> {
        self.deleted(Command::Purge(purge)).await
    }

    async fn written(&self, command: Command) -> Result<Written, StoreError> {
        let Outcome::Written(written) = self.writer.submit(command).await? else { return Err(mismatch()) };
        Ok(written)
    }

    async fn renewed(&self, command: Command) -> Result<Renewed, StoreError> {
        let Outcome::Renewed(renewed) = self.writer.submit(command).await? else { return Err(mismatch()) };
        Ok(renewed)
    }

    async fn deleted(&self, command: Command) -> Result<Deleted, StoreError> {
        let Outcome::Deleted(deleted) = self.writer.submit(command).await? else { return Err(mismatch()) };
        Ok(deleted)
    }
}

fn mismatch() -> StoreError {
    StoreError::Statement("the outcome is of another command".into())
}
