//! The kernel's calls that a worker may make. Any other one ends the process at once.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Width, SeccompCmpOp as Is, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

use super::Unconfined;

/// Which arguments a call may have.
enum Only {
    /// Any.
    Any,
    /// The first one is this descriptor: whatever else the process has inherited is of no use to it.
    Descriptor(u64),
    /// The third one makes no memory executable.
    NotExecutable,
    /// Nor does this one, and it is memory of no file: one that was inherited could be read by it.
    Anonymous,
}

/// Memory, time, randomness, the two pipes, and the end. None of them starts, opens, connects or signals anything.
const ALLOWED: [(libc::c_long, Only); 22] = [
    (libc::SYS_read, Only::Descriptor(0)),
    (libc::SYS_write, Only::Descriptor(1)),
    (libc::SYS_brk, Only::Any),
    (libc::SYS_mmap, Only::Anonymous),
    (libc::SYS_mprotect, Only::NotExecutable),
    (libc::SYS_mremap, Only::Any),
    (libc::SYS_munmap, Only::Any),
    (libc::SYS_madvise, Only::Any),
    (libc::SYS_futex, Only::Any),
    (libc::SYS_sched_yield, Only::Any),
    (libc::SYS_clock_gettime, Only::Any),
    (libc::SYS_clock_getres, Only::Any),
    (libc::SYS_gettimeofday, Only::Any),
    (libc::SYS_getrandom, Only::Any),
    (libc::SYS_rt_sigreturn, Only::Any),
    (libc::SYS_rt_sigaction, Only::Any),
    (libc::SYS_rt_sigprocmask, Only::Any),
    (libc::SYS_sigaltstack, Only::Any),
    (libc::SYS_restart_syscall, Only::Any),
    (libc::SYS_getpid, Only::Any),
    (libc::SYS_exit, Only::Any),
    (libc::SYS_exit_group, Only::Any),
];

/// `PROT_EXEC` of mmap(2).
const EXECUTABLE: u64 = 4;

/// `MAP_ANONYMOUS` of mmap(2), on Linux everywhere but where nothing of this runs.
const ANONYMOUS: u64 = 0x20;

pub(super) fn forbid_others() -> Result<(), Unconfined> {
    let fail = |error: &dyn std::fmt::Display| Unconfined::new("seccomp", error);
    let architecture = std::env::consts::ARCH.try_into().map_err(|error: seccompiler::BackendError| fail(&error))?;
    let rules = ALLOWED.iter().map(|(call, only)| Ok((*call, only.rules()?)));
    let rules: Result<BTreeMap<_, _>, seccompiler::BackendError> = rules.collect();
    let rules = rules.map_err(|error| fail(&error))?;
    let filter = SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, architecture);
    let program: Result<BpfProgram, _> = filter.and_then(TryInto::try_into);
    apply_filter(&program.map_err(|error| fail(&error))?).map_err(|error| fail(&error))
}

impl Only {
    fn rules(&self) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let not_executable = || SeccompCondition::new(2, Width::Qword, Is::MaskedEq(EXECUTABLE), 0);
        let conditions = match self {
            Self::Any => return Ok(Vec::new()),
            Self::Descriptor(descriptor) => vec![SeccompCondition::new(0, Width::Dword, Is::Eq, *descriptor)?],
            Self::NotExecutable => vec![not_executable()?],
            Self::Anonymous => {
                let anonymous = SeccompCondition::new(3, Width::Dword, Is::MaskedEq(ANONYMOUS), ANONYMOUS)?;
                vec![not_executable()?, anonymous]
            }
        };
        Ok(vec![SeccompRule::new(conditions)?])
    }
}
