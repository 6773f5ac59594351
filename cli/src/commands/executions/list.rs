//! `boathook executions list`

use boathook_plan::execution::{Execution, ExecutionList};
use jiff::Timestamp;

use super::{Format, json, listed, tail, yaml};
use crate::admin::Port;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::records::filter::Filter;
use crate::records::table::{Look, table};

/// Arguments of `executions list`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Example: what failed in the last hour, in any namespace
  boathook executions list -A --phase Failed --since 1h")]
pub struct Args {
    #[command(flatten)]
    filter: Filter,

    /// At most so many, the newest; 0 is all
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,

    /// Go on with what happens then
    #[arg(short, long, conflicts_with = "output")]
    watch: bool,

    /// How to print them [default: a table]
    #[arg(short, long, value_enum)]
    output: Option<Format>,

    #[command(flatten)]
    port: Port,
}

/// Prints the executions.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { filter, limit, watch, output, port } = args;
    // Asked first: what happens between the two questions is not missed.
    let news = if watch { Some(tail::events(&port, &filter).await?) } else { None };
    let most = if limit == 0 { usize::MAX } else { limit };
    let (executions, more) = listed(&port, &filter, most).await?;
    let look = Look {
        namespaces: filter.is_of_all_namespaces(),
        wide: output == Some(Format::Wide),
        colours: console.colours().out,
        now: Timestamp::now(),
    };
    if let Some(text) = text(&executions, output, look)? {
        console.print(&text)?;
    }
    if executions.is_empty() && !matches!(output, Some(Format::Json | Format::Yaml)) {
        console.say(&format!("no such executions {}", filter.place()));
    }
    if more {
        console.say(&format!("the newest {} of more: --limit 0 lists all", executions.len()));
    }
    match news {
        Some(news) => tail::follow(news, tail::Style::rows(&filter), console).await,
        None => Ok(Exit::Done),
    }
}

/// What is printed; nothing of a table or of names where there are none.
fn text(executions: &[Execution], output: Option<Format>, look: Look) -> Result<Option<String>, Failure> {
    let list = || ExecutionList::new(executions.to_vec(), None);
    Ok(match output {
        Some(Format::Json) => Some(json(&list())?),
        Some(Format::Yaml) => Some(yaml(&list())?),
        None | Some(Format::Wide | Format::Name) if executions.is_empty() => None,
        None | Some(Format::Wide) => Some(table(executions, look)),
        Some(Format::Name) => {
            Some(executions.iter().map(|execution| execution.metadata.name.as_str()).collect::<Vec<_>>().join("\n"))
        }
    })
}
