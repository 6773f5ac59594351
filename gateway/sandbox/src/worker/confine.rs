//! Takes everything away from this process that a script has no use for, before it reads one. For good: none of it can be
//! undone by the process itself.
//!
//! Not one layer is trusted: limits of resources, no new privileges, no file and no network (Landlock), and of the
//! kernel's calls only those that memory, time and the two pipes need (seccomp).

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod linux;

/// A layer that this system does not have, or refuses.
#[derive(Debug, thiserror::Error)]
#[error("{layer}: {why}")]
pub(super) struct Unconfined {
    /// Such as `seccomp`.
    layer: &'static str,
    why: String,
}

impl Unconfined {
    fn new(layer: &'static str, why: impl std::fmt::Display) -> Self {
        Self { layer, why: why.to_string() }
    }
}

/// Confines this process. `parent` is the process that it must not outlive; `memory` the bytes of a script's values.
#[cfg(target_os = "linux")]
pub(super) fn confine(parent: u64, memory: u64) -> Result<(), Unconfined> {
    linux::confine(parent, memory)
}

/// Elsewhere nothing confines a process so.
#[cfg(not(target_os = "linux"))]
pub(super) fn confine(_: u64, _: u64) -> Result<(), Unconfined> {
    Err(Unconfined::new("scripts", "only Linux has what confines them"))
}
