//! The effects of one event, sorted by what must come first: entries, then the answer and the end, then the rest.

use boathook_plan::machine::{Effect, Entry, Outcome};
use boathook_plan::reply::Reply;

use crate::store::JournalEntry;

/// What one event made a run want.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// Written first, all at once.
    pub(super) entries: Vec<Entry>,
    /// What the sender is told.
    pub(super) reply: Option<Reply>,
    /// How the run ended.
    pub(super) outcome: Option<Outcome>,
    /// In their order.
    pub(super) effects: Vec<Effect>,
}

impl Turn {
    pub(super) fn of(wanted: Vec<Effect>) -> Self {
        let mut turn = Self::default();
        for effect in wanted {
            match effect {
                Effect::Journal(entry) => turn.entries.push(entry),
                Effect::Respond(reply) => turn.reply = Some(reply),
                Effect::Finish(outcome) => turn.outcome = Some(outcome),
                Effect::Attempt(_) | Effect::Call(_) | Effect::Abandon(_) | Effect::Alarm(..) => {
                    turn.effects.push(effect);
                }
            }
        }
        turn
    }

    /// Whether the sender is told something while the run goes on: a promise.
    pub(super) fn promises(&self) -> bool {
        self.reply.is_some() && self.outcome.is_none()
    }
}

/// Entries as the store keeps them.
pub(crate) fn written(entries: &[Entry]) -> Vec<JournalEntry> {
    let text = |entry| {
        let mut text = serde_json::to_vec(entry).unwrap_or_default();
        // It was made by doubling, and may wait for the store.
        text.shrink_to_fit();
        text
    };
    entries.iter().map(|entry| JournalEntry { text: text(entry).into(), sensitive: entry.sensitive() }).collect()
}
