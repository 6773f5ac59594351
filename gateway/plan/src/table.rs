//! Which route has a host and a path: one tree a host, so that finding does not depend on the number of routes.
//!
//! The compiler inserts in the order that decides conflicts (the oldest first) and learns who was there before; the
//! gateway looks requests up. Knows nothing of what it holds.

mod path;
mod pattern;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use pattern::{PATTERN_NAMES, PATTERN_SIZE, Pattern, PatternError};

/// Values by host and path pattern. `None` as the host is the default table, which answers for every host that has no
/// table of its own; a host with one is answered from that alone.
#[derive(Clone, Debug)]
pub struct Table<T> {
    default: Tree<T>,
    hosts: HashMap<String, Tree<T>>,
}

/// One host's patterns. The tree holds positions, so that a conflict's text leads back to a value.
#[derive(Clone, Debug)]
struct Tree<T> {
    router: matchit::Router<usize>,
    entries: Vec<T>,
    positions: HashMap<String, usize>,
}

/// What a path led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a, T> {
    /// The value of the pattern that matched: a literal segment goes before a parameter, a parameter before the rest.
    pub value: &'a T,
    /// What the pattern's names matched, in order, decoded once.
    pub params: Vec<(String, String)>,
}

/// A pattern that cannot be told from one that was there before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path matches the same requests as {with}")]
pub struct Conflict {
    /// The earlier pattern, as it was written. [`Table::get`] has its value.
    pub with: String,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { default: Tree::default(), hosts: HashMap::new() }
    }
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self { router: matchit::Router::new(), entries: Vec::new(), positions: HashMap::new() }
    }
}

impl<T> Table<T> {
    /// A table without routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pattern in time that depends on its length alone. The earlier one stays when the two conflict: `{x}` with
    /// `{y}`, and `{*rest}` with any parameter, at one place.
    pub fn insert(&mut self, host: Option<&str>, pattern: &Pattern, value: T) -> Result<(), Conflict> {
        let tree = match host {
            Some(name) => self.hosts.entry(path::host(name).into_owned()).or_default(),
            None => &mut self.default,
        };
        tree.insert(pattern, value)
    }

    /// The value of a pattern, by its text.
    pub fn get(&self, host: Option<&str>, pattern: &str) -> Option<&T> {
        let tree = match host {
            Some(name) => self.hosts.get(&*path::host(name))?,
            None => &self.default,
        };
        tree.entries.get(*tree.positions.get(pattern)?)
    }

    /// Finds the route of a request by its Host (or authority) and the raw path of its target, the query not included.
    /// `None` when there is none, and for a path that is refused whatever routes there are.
    pub fn find(&self, host: &str, raw_path: &str) -> Option<Found<'_, T>> {
        let path = path::canonical(raw_path)?;
        self.hosts.get(&*path::host(host)).unwrap_or(&self.default).find(&path)
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.default.entries.len() + self.hosts.values().map(|tree| tree.entries.len()).sum::<usize>()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every value, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.default.entries.iter().chain(self.hosts.values().flat_map(|tree| &tree.entries))
    }
}

impl<T> Tree<T> {
    fn insert(&mut self, pattern: &Pattern, value: T) -> Result<(), Conflict> {
        let position = self.entries.len();
        self.router.insert(pattern.as_str(), position).map_err(|error| {
            if let matchit::InsertError::Conflict { with } = error {
                return Conflict { with };
            }
            // The other errors are about patterns that `Pattern::parse` does not let through.
            Conflict { with: error.to_string() }
        })?;
        self.positions.insert(pattern.as_str().to_owned(), position);
        self.entries.push(value);
        Ok(())
    }

    fn find(&self, path: &str) -> Option<Found<'_, T>> {
        let found = self.router.at(path).ok()?;
        let value = self.entries.get(*found.value)?;
        let params = found.params.iter().map(|(name, matched)| Some((name.to_owned(), path::parameter(matched)?)));
        Some(Found { value, params: params.collect::<Option<_>>()? })
    }
}
