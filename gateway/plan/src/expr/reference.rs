//! What an expression reads of the root variables: the longest static paths.

use std::fmt;
use std::sync::Arc;

/// A root variable and the member names that statically follow it; everything below them may be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// With its `$`.
    pub root: Arc<str>,
    /// Member names; empty when the root is used whole or in a way that only a run decides.
    pub path: Vec<Arc<str>>,
}

impl Reference {
    /// The path behind `names` when this reference starts with `root` and them: what it reads of that value. Shorter
    /// references read all of it, which is the empty path.
    pub fn within<'r>(&'r self, root: &str, names: &[&str]) -> Option<impl Iterator<Item = &'r str>> {
        let starts = *self.root == *root && self.path.iter().zip(names).all(|(own, name)| **own == **name);
        starts.then(|| self.path.iter().skip(names.len()).map(|name| &**name))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.root)?;
        self.path.iter().try_for_each(|name| write!(out, ".{name}"))
    }
}
