//! Has the C library's allocator give back what is free. By default it has an arena for each thread, eight a core, and keeps
//! what lies free in the middle of them: measured, floods that need 190 MiB took more than 280.
//!
//! It reads how it is to work when a process starts, so the process starts once more, as itself. A call into the C library
//! would do too, and nothing here is unsafe. Other C libraries do not look at the variable.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// What glibc reads at the start (its manual, "Tunables").
const VARIABLE: &str = "GLIBC_TUNABLES";

/// Two arenas, as many as a small pod has cores; the end of one is given back past 128 KiB, and what is larger than 64 KiB
/// has pages of its own, given back with it. Costs CPU where bodies are large: about a tenth, on one
/// row of a noisy run a fifth.
const TUNABLES: &str = "glibc.malloc.arena_max=2:glibc.malloc.trim_threshold=131072:glibc.malloc.mmap_threshold=65536";

/// Starts the program anew with these arguments, in this same process, unless its environment says already how memory is
/// allocated. Returns where it goes on: it must be called before anything else is done.
pub fn start_frugally(arguments: impl IntoIterator<Item = OsString>) {
    if std::env::var_os(VARIABLE).is_some() {
        return;
    }
    let mut arguments = arguments.into_iter();
    let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    // Returns only where it fails, and the program runs all the same.
    let _ = Command::new(program).arg0(name).args(arguments).env(VARIABLE, TUNABLES).exec();
}
