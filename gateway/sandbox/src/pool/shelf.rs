//! The workers that wait: those that are nobody's yet, and those that are somebody's. Pure: what a worker is it does not
//! know.

use std::collections::VecDeque;

/// Workers that were started before anybody needs one.
const SPARES: usize = 2;

/// Workers at rest.
#[derive(Debug)]
pub(super) struct Shelf<W> {
    /// Started, and told nothing yet.
    spares: Vec<W>,
    /// The one that has waited for longest is the first.
    kept: VecDeque<Kept<W>>,
    most: usize,
}

#[derive(Debug)]
struct Kept<W> {
    owner: Box<str>,
    memory: u64,
    worker: W,
}

impl<W> Shelf<W> {
    /// Keeps at most `most` workers for their owners.
    pub(super) fn new(most: usize) -> Self {
        Self { spares: Vec::new(), kept: VecDeque::new(), most }
    }

    /// A worker with this memory: the owner's own that was used last, else one that is nobody's, and whether it is such a
    /// one. Spares have the memory `usual`.
    pub(super) fn take(&mut self, owner: &str, memory: u64, usual: u64) -> Option<(W, bool)> {
        let own = self.kept.iter().rposition(|kept| &*kept.owner == owner && kept.memory == memory);
        if let Some(kept) = own.and_then(|position| self.kept.remove(position)) {
            return Some((kept.worker, false));
        }
        if memory == usual { self.spares.pop().map(|worker| (worker, true)) } else { None }
    }

    /// Keeps a worker for its owner; yields the one that has to go for it.
    #[must_use]
    pub(super) fn keep(&mut self, owner: &str, memory: u64, worker: W) -> Option<W> {
        self.kept.push_back(Kept { owner: owner.into(), memory, worker });
        if self.kept.len() > self.most { self.kept.pop_front().map(|kept| kept.worker) } else { None }
    }

    /// Whether there are as many spares as there are to be.
    pub(super) fn has_spares(&self) -> bool {
        self.spares.len() >= SPARES
    }

    /// A worker that is nobody's; yields it where there are enough.
    #[must_use]
    pub(super) fn add_spare(&mut self, worker: W) -> Option<W> {
        if self.has_spares() {
            return Some(worker);
        }
        self.spares.push(worker);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_never_goes_from_one_owner_to_another() {
        let mut shelf = Shelf::new(4);
        assert_eq!(shelf.keep("shop/a", 16, 1), None);
        assert_eq!(shelf.take("shop/b", 16, 16), None);
        assert_eq!(shelf.take("shop/a", 32, 16), None, "nor from one memory to another");
        assert_eq!(shelf.take("shop/a", 16, 16), Some((1, false)));
        assert_eq!(shelf.take("shop/a", 16, 16), None);
    }

    #[test]
    fn a_spare_is_for_anybody_who_wants_the_usual_memory() {
        let mut shelf = Shelf::new(4);
        assert_eq!((shelf.add_spare(1), shelf.has_spares()), (None, false));
        assert_eq!((shelf.add_spare(2), shelf.has_spares()), (None, true));
        assert_eq!(shelf.add_spare(3), Some(3));
        assert_eq!(shelf.take("shop/a", 32, 16), None);
        assert_eq!(shelf.take("shop/a", 16, 16), Some((2, true)));
        assert_eq!(shelf.take("shop/b", 16, 16), Some((1, true)));
    }

    #[test]
    fn the_one_that_waited_for_longest_goes() {
        let mut shelf = Shelf::new(2);
        assert_eq!(shelf.keep("a", 1, 1), None);
        assert_eq!(shelf.keep("b", 1, 2), None);
        assert_eq!(shelf.keep("a", 1, 3), Some(1));
        assert_eq!(shelf.take("a", 1, 1), Some((3, false)));
    }
}
