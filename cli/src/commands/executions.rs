//! `boathook executions`: what became of deliveries, and what is to become of them.

mod bulk;
mod cancel;
mod export;
mod get;
mod list;
mod replay;
mod tail;

use boathook_plan::execution::{Execution, ExecutionList};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use crate::admin::Port;
use crate::clean;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::records::filter::Filter;

/// Executions that one request lists at most.
const PAGE: usize = 500;

/// Arguments of `executions`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List executions, newest first
    List(list::Args),
    /// Show one execution: its request, its steps with their attempts, what came of them
    Get(get::Args),
    /// Follow what happens, or one execution to its end
    Tail(tail::Args),
    /// Run executions again that have ended
    Replay(replay::Args),
    /// Cancel executions that have not ended
    Cancel(cancel::Args),
    /// Write whole records, one JSON a line
    Export(export::Args),
}

/// How executions are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// The table with all columns
    Wide,
    /// Ids, one a line
    Name,
}

/// Does it.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    match args.verb {
        Verb::List(args) => list::execute(args, console).await,
        Verb::Get(args) => get::execute(args, console).await,
        Verb::Tail(args) => tail::execute(args, console).await,
        Verb::Replay(args) => replay::execute(args, console).await,
        Verb::Cancel(args) => cancel::execute(args, console).await,
        Verb::Export(args) => export::execute(args, console).await,
    }
}

/// The newest executions that a filter means, at most so many; and whether there are more.
async fn listed(port: &Port, filter: &Filter, most: usize) -> Result<(Vec<Execution>, bool), Failure> {
    let mut all = Vec::new();
    let mut from = None;
    loop {
        let mut query = filter.query();
        query.push(("limit", PAGE.min(most - all.len()).to_string()));
        query.extend(from.map(|from| ("continue", from)));
        let page: ExecutionList = port.get("v1/executions", &query).await?;
        all.extend(page.items);
        from = page.metadata.continue_;
        if from.is_none() || all.len() >= most {
            return Ok((all, from.is_some()));
        }
    }
}

async fn one(port: &Port, id: &str) -> Result<Execution, Failure> {
    port.get(&format!("v1/executions/{}", segment(id)), &[]).await
}

/// An id as a part of a path: what is no id stays one segment, and is refused by the port.
fn segment(id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let encoded = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    id.bytes().map(encoded).collect()
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::stuck(format!("write JSON: {error}")))?;
    Ok(clean::json(&text))
}

fn yaml(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_saphyr::to_string(value).map_err(|error| Failure::stuck(format!("write YAML: {error}")))?;
    Ok(clean::lines(&text))
}
