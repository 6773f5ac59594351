//! How many files the process may have open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files beside connections: the store, what steps connect to, logs.
const OTHERS: u64 = 512;

/// Raises the soft limit on open files to the hard one, as Go's runtime does: many systems have a soft one of 1,024 for the
/// sake of programs that use `select`, and a thousand slow clients would use it up. Says so where even that is not enough
/// for this many connections.
pub(crate) fn raise(connections: usize) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(error = %error, "raising the limit on open files");
        }
    }
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    if let Some(files) = getrlimit(Resource::Nofile).current.filter(|files| *files < wanted) {
        tracing::warn!(files, wanted, "the limit on open files is too low for all connections: raise it (ulimit -n)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_on_open_files_is_raised_to_the_hard_one() {
        let before = getrlimit(Resource::Nofile);
        let soft = Rlimit { current: Some(512), maximum: before.maximum };
        setrlimit(Resource::Nofile, soft).unwrap();
        raise(4_096);
        assert_eq!(getrlimit(Resource::Nofile).current, before.maximum);
    }
}
