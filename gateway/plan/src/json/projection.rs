//! Which parts of a body a plan names. Decides what the reader builds; never what it accepts.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The parts of a value that somebody will look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Projection {
    /// None of it.
    #[default]
    Nothing,
    /// Those members, and of each only those parts.
    Members(BTreeMap<Arc<str>, Projection>),
    /// All of it.
    All,
}

impl Projection {
    /// All of it.
    pub const fn all() -> Self {
        Self::All
    }

    /// None of it.
    pub const fn nothing() -> Self {
        Self::Nothing
    }

    /// Adds everything behind the member names of `path`; the empty path is all of it.
    pub fn add<'p>(&mut self, path: impl IntoIterator<Item = &'p str>) {
        let mut at = self;
        for name in path {
            match at {
                Self::All => return,
                Self::Nothing => *at = Self::Members(BTreeMap::new()),
                Self::Members(_) => {}
            }
            let Self::Members(members) = at else { return };
            at = members.entry(name.into()).or_default();
        }
        *at = Self::All;
    }

    /// Whether any of it is wanted.
    pub fn is_wanted(&self) -> bool {
        *self != Self::Nothing
    }

    /// What of the member `name` is wanted.
    pub fn member(&self, name: &str) -> &Self {
        match self {
            Self::All | Self::Nothing => self,
            Self::Members(members) => members.get(name).unwrap_or(&Self::Nothing),
        }
    }
}
