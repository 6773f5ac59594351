//! `boathook routes`: what a running `boathook run` serves.

use boathook_gateway::admin::{Instance, RouteView};
use clap::ValueEnum;
use serde::Serialize;

use crate::admin::Port;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::route_list::{Target, command, name, table};

/// Arguments of `routes`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    port: Port,

    /// How to print the routes [default: a table]
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A JSON array
    Json,
    /// A YAML list
    Yaml,
    /// The table with mode, generation and revision
    Wide,
    /// NAMESPACE/NAME, one a line
    Name,
}

/// A route with its command.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    route: &'a RouteView,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// Prints the routes.
pub async fn execute(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let instance: Instance = args.port.get("v1/instance", &[]).await?;
    let routes: Vec<RouteView> = args.port.get("v1/routes", &[]).await?;
    let target = Target { listen: instance.listen, sources: instance.sources };
    let listed = routes.iter().map(|route| Listed { route, command: command(route, &target) });
    let text = match args.output {
        None => table(&routes, &target, false),
        Some(Format::Wide) => table(&routes, &target, true),
        Some(Format::Name) => routes.iter().map(name).collect::<Vec<_>>().join("\n"),
        Some(Format::Json) => serde_json::to_string_pretty(&listed.collect::<Vec<_>>())
            .map_err(|error| Failure::stuck(format!("write JSON: {error}")))?,
        Some(Format::Yaml) => serde_saphyr::to_string(&listed.collect::<Vec<_>>())
            .map_err(|error| Failure::stuck(format!("write YAML: {error}")))?,
    };
    console.print(&text)?;
    Ok(Exit::Done)
}
