//! `boathook executions get`

use jiff::Timestamp;

use super::{Format, json, one, yaml};
use crate::admin::Port;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::records::detail;
use crate::records::table::{Look, table};

/// Arguments of `executions get`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Its id, or the beginning of it
    #[arg(value_name = "ID")]
    id: String,

    /// How to print it [default: for people]
    #[arg(short, long, value_enum)]
    output: Option<Format>,

    #[command(flatten)]
    port: Port,
}

/// Prints the record.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let execution = one(&args.port, &args.id).await?;
    let (now, colours) = (Timestamp::now(), console.colours().out);
    let text = match args.output {
        None => detail::text(&execution, now, colours),
        Some(Format::Wide) => table([&execution], Look { namespaces: true, wide: true, colours, now }),
        Some(Format::Name) => execution.metadata.name,
        Some(Format::Json) => json(&execution)?,
        Some(Format::Yaml) => yaml(&execution)?,
    };
    console.print(&text)?;
    Ok(Exit::Done)
}
