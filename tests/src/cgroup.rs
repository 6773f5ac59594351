//! A group of processes that may have so much memory and no more, as a container of Kubernetes has it: version 1 or 2 of
//! the kernel's control groups. Needs root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A group; removed when dropped, once its processes are gone.
#[derive(Debug)]
pub struct Cgroup {
    folder: PathBuf,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Version {
    /// The file that says in which group a process is.
    const MEMBERS: &str = "cgroup.procs";

    /// The file of the bound.
    const fn bound(self) -> &'static str {
        match self {
            Self::One => "memory.limit_in_bytes",
            Self::Two => "memory.max",
        }
    }

    /// The file with the line `oom_kill N`.
    const fn kills(self) -> &'static str {
        match self {
            Self::One => "memory.oom_control",
            Self::Two => "memory.events",
        }
    }
}

impl Cgroup {
    /// A new group with so many bytes.
    ///
    /// # Panics
    ///
    /// Where this user may make none, with the reason.
    pub fn with_memory(bytes: u64) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (root, version) = controller().expect("a memory controller in /proc/mounts");
        if version == Version::Two {
            // It may be on already; where it is not, and cannot be, the bound below is missing.
            let _ = fs::write(root.join("cgroup.subtree_control"), "+memory");
        }
        let name = format!("boathook-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let group = Self { folder: root.join(name), version };
        let made = fs::create_dir(&group.folder);
        made.unwrap_or_else(|error| panic!("run this test as root: making {}: {error}", group.folder.display()));
        let bound = group.folder.join(version.bound());
        let bounded = fs::write(&bound, bytes.to_string());
        bounded.unwrap_or_else(|error| panic!("bounding memory by {}: {error}", bound.display()));
        group
    }

    /// A command whose process is in the group from its first instruction on.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", r#"echo $$ > "$0" && exec "$@""#]).arg(self.folder.join(Version::MEMBERS)).arg(program);
        command
    }

    /// How many of its processes were killed for want of memory.
    ///
    /// # Panics
    ///
    /// When the kernel does not say.
    pub fn kills(&self) -> u64 {
        let text = fs::read_to_string(self.folder.join(self.version.kills())).expect("the group is there");
        let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        line.and_then(|count| count.parse().ok()).expect("the kernel counts its kills")
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // A process that was just killed leaves it a moment later; a group without one costs nothing.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Where groups with a bound on memory are made.
fn controller() -> Option<(PathBuf, Version)> {
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let mounts: Vec<Vec<&str>> = mounts.lines().map(|line| line.split(' ').collect()).collect();
    let find = |kind: &str, option: &str| {
        let fits = |mount: &&Vec<&str>| mount.get(2) == Some(&kind) && mount.get(3).is_some_and(|it| has(it, option));
        mounts.iter().find(fits).and_then(|mount| mount.get(1)).map(PathBuf::from)
    };
    let first = find("cgroup", "memory").map(|root| (root, Version::One));
    first.or_else(|| find("cgroup2", "rw").map(|root| (root, Version::Two)))
}

fn has(options: &str, wanted: &str) -> bool {
    options.split(',').any(|option| option == wanted)
}
