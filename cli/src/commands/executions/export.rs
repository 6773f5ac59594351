//! `boathook executions export`: whole records, all of them or an error.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use crate::admin::{Lines, Port};
use crate::clean;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::progress;
use crate::records::filter::Filter;
use crate::report::counted;

/// Arguments of `executions export`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
The records have what `boathook executions get -o json` has, newest first. FILE is there when all of them
are in it, and not before; until then they are in FILE.unfinished. Only you may read it.")]
pub struct Args {
    /// The file to write [default: standard output]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    port: Port,
}

/// Exports.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { file, filter, port } = args;
    let lines = port.lines("v1/executions/export", &filter.query()).await?;
    let bar = progress::count(console, "exporting", "records");
    let done = match &file {
        Some(file) => to_file(lines, file, &bar).await,
        None => to_console(lines, console, &bar).await,
    };
    bar.finish_and_clear();
    let number = done?;
    if let Some(file) = file {
        console.say(&format!("exported {} to {}", counted(number, "record"), file.display()));
    }
    Ok(Exit::Done)
}

async fn to_console(mut lines: Lines, console: &mut Console, bar: &ProgressBar) -> Result<usize, Failure> {
    let mut number = 0;
    while let Some(line) = lines.next().await.map_err(|failure| broken(failure, number, None))? {
        bar.suspend(|| console.print(&clean::json(&line)))?;
        number += 1;
        bar.inc(1);
    }
    Ok(number)
}

async fn to_file(mut lines: Lines, file: &Path, bar: &ProgressBar) -> Result<usize, Failure> {
    let unfinished = unfinished(file);
    let unwritable = |error: std::io::Error| Failure::stuck(format!("write {}: {error}", unfinished.display()));
    let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished);
    let mut out = BufWriter::new(opened.map_err(unwritable)?);
    let mut number = 0;
    while let Some(line) = lines.next().await.map_err(|failure| broken(failure, number, Some(&unfinished)))? {
        writeln!(out, "{}", clean::json(&line)).map_err(unwritable)?;
        number += 1;
        bar.inc(1);
    }
    let out: File = out.into_inner().map_err(|error| unwritable(error.into_error()))?;
    out.sync_all().map_err(unwritable)?;
    std::fs::rename(&unfinished, file).map_err(unwritable)?;
    Ok(number)
}

fn unfinished(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    file.with_file_name(name)
}

/// A part is never taken for the whole.
fn broken(failure: Failure, number: usize, file: Option<&Path>) -> Failure {
    let held = file.map(|file| format!(", in {}", file.display())).unwrap_or_default();
    let message = format!("{} (after {}{held})", failure.message, counted(number, "record"));
    let next = failure.next.unwrap_or_else(|| "the same command again: it begins anew, with the newest".to_owned());
    Failure { message, next: Some(next), ..failure }
}
