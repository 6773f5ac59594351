//! `boathook store compact`: gives room back to the disk.

use boathook_gateway::store::upkeep::{self, Compacted};
use jiff::Timestamp;

use super::{Place, blocking};
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::progress::{self, bytes};
use crate::report::counted;

/// Arguments of `store compact`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
`boathook run` deletes what is past its time by itself and uses the room again; this gives it back to the
disk. The store must be in nobody's use. It needs as much free room on the disk as the store has, and in
the folder for temporary files ($SQLITE_TMPDIR, else /var/tmp).")]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

/// Compacts, and says what it came to.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let working = progress::spinner(console, "compacting");
    let done = blocking(&args.place, |path| upkeep::compact(path, Timestamp::now())).await;
    working.finish_and_clear();
    let Compacted { before, after, deleted } = done?;
    let number = usize::try_from(deleted.executions).unwrap_or(usize::MAX);
    let deleted = counted(number, "execution");
    console.print(&format!("deleted {deleted} past their time: {} → {}", bytes(before), bytes(after)))?;
    Ok(Exit::Done)
}
