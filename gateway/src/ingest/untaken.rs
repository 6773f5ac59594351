//! An answer counts until its client has taken it: clients that read nothing take no more memory than there is for them.

use std::sync::Arc;

use boathook_plan::reason::Reason;
use bytes::Bytes;

use super::Books;
use super::refusal::Refusal;
use super::respond::Verdict;
use crate::config::ANSWER_ALLOWANCE;
use crate::memory::Held;

/// The bytes of an answer, and what they take.
struct Untaken {
    bytes: Bytes,
    _held: Held,
}

impl AsRef<[u8]> for Untaken {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Accounts for an answer. Where there is no memory for it, its sender is told to come back instead: what was done is not
/// undone, and a repeat of the delivery gets the answer.
pub(super) async fn account(books: &Books, outcome: Result<Verdict, Refusal>) -> Result<Verdict, Refusal> {
    let mut verdict = outcome?;
    let size = verdict.reply.body.len();
    if size <= ANSWER_ALLOWANCE {
        return Ok(verdict);
    }
    let overloaded = || Refusal::of(Reason::Overloaded).because("too many answers are not taken");
    let owner = books.tally.in_flight().map(|in_flight| Arc::clone(&in_flight.answering)).unwrap_or_default();
    let held = books.shared.gate.answering.take(&owner, size).await.ok_or_else(overloaded)?;
    verdict.reply.body = Bytes::from_owner(Untaken { bytes: verdict.reply.body, _held: held });
    Ok(verdict)
}
