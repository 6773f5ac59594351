//! The layers, in their order: limits, privileges, files and network, calls. The last one forbids to undo the others.

use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetStatus, Scope};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, getppid, getrlimit, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use rustix::thread::set_no_new_privs;

use super::{Unconfined, calls};
use crate::limits::CPU_TIME;

/// Bytes of address space beside a script's values, in a copy of which a result or an order may stand: the engine's own
/// tables, buffers of the pipes, and what the allocator keeps.
const ROOM: u64 = 96 << 20;

/// The newest rules that are asked for; an older kernel enforces those that it knows.
const RULES: ABI = ABI::V6;

pub(super) fn confine(parent: u64, memory: u64) -> Result<(), Unconfined> {
    outlive_nobody(parent)?;
    die_first();
    limit(memory)?;
    set_no_new_privs(true).map_err(|error| Unconfined::new("no_new_privs", error))?;
    fence()?;
    calls::forbid_others()
}

/// The kernel kills this process when its parent ends.
fn outlive_nobody(parent: u64) -> Result<(), Unconfined> {
    let fail = |error| Unconfined::new("parent", error);
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(fail)?;
    let now = getppid().and_then(|now| u64::try_from(now.as_raw_nonzero().get()).ok());
    if now != Some(parent) {
        return Err(Unconfined::new("parent", "it has ended already"));
    }
    // No core dump holds a body, and no process of this user may look into this one.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(fail)
}

/// Where memory runs out the kernel ends a worker, and not the gateway that started it. Where `/proc` cannot be written it
/// chooses by itself.
fn die_first() {
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

fn limit(memory: u64) -> Result<(), Unconfined> {
    let used = address_space().ok_or_else(|| Unconfined::new("limits", "/proc/self/statm cannot be read"))?;
    let space = used.saturating_add(memory.saturating_mul(2)).saturating_add(ROOM);
    let limits = [
        (Resource::As, space),
        (Resource::Cpu, CPU_TIME.as_secs()),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Nproc, 0),
    ];
    for (resource, most) in limits {
        let most = getrlimit(resource).maximum.map_or(most, |already| already.min(most));
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, limit).map_err(|error| Unconfined::new("limits", error))?;
    }
    Ok(())
}

/// Bytes of this process's address space.
fn address_space() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_ascii_whitespace().next()?.parse().ok()?;
    pages.checked_mul(u64::try_from(rustix::param::page_size()).ok()?)
}

/// Every access that the kernel can rule, and no exception.
fn fence() -> Result<(), Unconfined> {
    let rules = Ruleset::default()
        .handle_access(AccessFs::from_all(RULES))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(RULES)))
        .and_then(|rules| rules.scope(Scope::from_all(RULES)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    let status = rules.map_err(|error| Unconfined::new("Landlock", error))?;
    match status.ruleset {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
        RulesetStatus::NotEnforced => Err(Unconfined::new("Landlock", "this kernel does not enforce it")),
    }
}
