//! `boathook store backup`: a copy of a store, complete or not there.

use std::path::PathBuf;

use boathook_gateway::store::upkeep::{self, Pages};

use super::{Place, blocking, check};
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::progress;

/// Arguments of `store backup`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
The copy is of the moment at which it began; `boathook run` goes on meanwhile. It is looked at when it
is made, as `boathook store check` does, and has the name only then. It holds payloads, and the key that
sealed sensitive results: keep it as you keep those. To restore it, stop `boathook run`, move its
directory away and copy this one to it.")]
pub struct Args {
    /// The directory to make
    #[arg(value_name = "TO")]
    to: PathBuf,

    #[command(flatten)]
    place: Place,
}

/// Copies, and says what the copy holds.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { to, place } = args;
    let bar = progress::bar(console, "copying", "pages");
    let (target, shown) = (to.clone(), bar.clone());
    let copied = blocking(&place, move |from| {
        upkeep::backup(from, &target, &mut |Pages { done, all }| {
            shown.set_length(all);
            shown.set_position(done);
        })
    })
    .await;
    bar.finish_and_clear();
    let copied = copied?;
    console.print(&format!("copied to {}: {}", to.display(), progress::bytes(copied.size)))?;
    check::tell(&copied.report, &Place { data: to }, console)
}
