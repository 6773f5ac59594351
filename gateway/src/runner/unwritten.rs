//! Keys of Sync runs that have succeeded and whose records were not written: held in memory for their window, so that a
//! repeat gets the first answer all the same. Where there are too many, the oldest are free again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::KeyHeld;

/// Bytes of keys and answers that are held.
const MOST: usize = 4 << 20;

/// Bytes that a key takes beside its answer, roughly.
const HEAD: usize = 512;

/// The keys.
#[derive(Debug, Default)]
pub(super) struct Unwritten(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    keys: VecDeque<Key>,
    bytes: usize,
}

#[derive(Debug)]
struct Key {
    until: Timestamp,
    bytes: usize,
    _held: KeyHeld,
}

impl Unwritten {
    /// Holds a key until then; that of a run without success is free.
    pub(super) fn keep(&self, held: KeyHeld, until: Timestamp) {
        let Some(answer) = held.answer_bytes() else { return };
        let mut kept = self.kept();
        let key = Key { until, bytes: HEAD.saturating_add(answer), _held: held };
        kept.bytes = kept.bytes.saturating_add(key.bytes);
        kept.keys.push_back(key);
        while kept.bytes > MOST && kept.free_first() {}
    }

    /// Frees the keys whose window is over.
    pub(super) fn expire(&self, now: Timestamp) {
        let mut kept = self.kept();
        kept.keys.retain(|key| key.until > now);
        kept.bytes = kept.keys.iter().map(|key| key.bytes).sum();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn free_first(&mut self) -> bool {
        let Some(first) = self.keys.pop_front() else { return false };
        self.bytes = self.bytes.saturating_sub(first.bytes);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use boathook_plan::reply::Reply;
    use http::StatusCode;
    use uuid::Uuid;

    use super::*;
    use crate::runner::Keys;
    use crate::runner::tests::owner;
    use crate::store::Hash;

    fn noon() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn held(keys: &Keys, number: u128, answer: Option<usize>) -> KeyHeld {
        let hash = Hash::of(&number.to_be_bytes());
        let key = keys.take(owner("shop", "orders"), hash, Uuid::from_u128(number)).unwrap();
        if let Some(length) = answer {
            key.answered(Reply::text(StatusCode::OK, "a".repeat(length)));
        }
        key
    }

    fn is_free(keys: &Keys, number: u128) -> bool {
        keys.take(owner("shop", "orders"), Hash::of(&number.to_be_bytes()), Uuid::nil()).is_ok()
    }

    #[test]
    fn a_key_is_held_for_its_window_and_one_without_success_is_free() {
        let (keys, unwritten) = (Keys::default(), Unwritten::default());
        unwritten.keep(held(&keys, 1, Some(10)), noon() + Duration::from_mins(1));
        unwritten.keep(held(&keys, 2, None), noon() + Duration::from_mins(1));
        assert_eq!((is_free(&keys, 1), is_free(&keys, 2)), (false, true));
        unwritten.expire(noon() + Duration::from_secs(59));
        assert!(!is_free(&keys, 1));
        unwritten.expire(noon() + Duration::from_mins(1));
        assert!(is_free(&keys, 1));
    }

    #[test]
    fn too_many_answers_free_the_oldest_keys() {
        let (keys, unwritten) = (Keys::default(), Unwritten::default());
        for number in 1..=5 {
            unwritten.keep(held(&keys, number, Some(1 << 20)), noon());
        }
        let free: Vec<_> = (1..=5).map(|number| is_free(&keys, number)).collect();
        assert_eq!(free, [true, true, false, false, false]);
    }
}
