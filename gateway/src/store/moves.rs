//! Which executions a command moved to another phase, for those who follow.

use uuid::Uuid;

use super::command::{Command, Outcome, Replayed};
use super::ending::{Admission, Finished};
use super::lease::{Renewed, Written};

/// Moves that a follower may be behind; the oldest are lost to one that is slower.
pub(super) const KEPT: usize = 1_024;

/// What has come or has another phase. What became of it is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// An execution.
    Execution(Uuid),
    /// A request that started nothing.
    Request(Uuid),
}

/// What a command moved that was committed.
pub(super) fn of(command: &Command, outcome: &Outcome) -> Vec<Moved> {
    let executions: Vec<Uuid> = match outcome {
        Outcome::Admission(Admission::Accepted(accepted)) => {
            accepted.superseded.iter().map(|settled| settled.id).chain([accepted.id]).collect()
        }
        Outcome::Claims(claims) => {
            let settled = claims.settled.iter().map(|settled| settled.id);
            claims.claimed.iter().map(|claimed| claimed.fence.id).chain(settled).collect()
        }
        Outcome::Written(Written::Done) => parked(command),
        Outcome::Finished(Finished::Done(settled)) => vec![settled.id],
        Outcome::Renewed(renewed) => released(command, renewed),
        Outcome::Cancelled(cancelled) => cancelled.settled.iter().map(|settled| settled.id).collect(),
        Outcome::Replayed(Replayed::Accepted(id)) => vec![*id],
        Outcome::Kept(true) | Outcome::Recorded => return recorded(command),
        Outcome::Admission(
            Admission::Joined { .. }
            | Admission::Duplicate(_)
            | Admission::QueueFull
            | Admission::QuotaFull
            | Admission::StorageFull,
        )
        | Outcome::Kept(false)
        | Outcome::Written(Written::Fenced)
        | Outcome::Finished(Finished::Fenced)
        | Outcome::Replayed(Replayed::NotFound | Replayed::NotFinished | Replayed::BodyNotKept | Replayed::Damaged)
        | Outcome::Deleted(_) => Vec::new(),
    };
    executions.into_iter().map(Moved::Execution).collect()
}

fn parked(command: &Command) -> Vec<Uuid> {
    let Command::Park(park) = command else { return Vec::new() };
    vec![park.fence.id]
}

fn released(command: &Command, renewed: &Renewed) -> Vec<Uuid> {
    let Command::Release(fences) = command else { return Vec::new() };
    fences.iter().filter(|fence| !renewed.fenced.contains(fence)).map(|fence| fence.id).collect()
}

fn recorded(command: &Command) -> Vec<Moved> {
    match command {
        Command::RecordSync(run) => vec![Moved::Execution(run.new.id)],
        Command::RecordRequests(requests) => requests.iter().map(|request| Moved::Request(request.id)).collect(),
        Command::Accept(_)
        | Command::Adopt(_)
        | Command::Claim(_)
        | Command::Append(_)
        | Command::Park(_)
        | Command::Finish(_)
        | Command::Renew(_)
        | Command::Release(_)
        | Command::Cancel(_)
        | Command::Replay(_)
        | Command::Count(_)
        | Command::Prune(_)
        | Command::Trim(_)
        | Command::Purge(_) => Vec::new(),
    }
}
