//! `boathook routes`: what a running `boathook run` serves.

use boathook_gateway::admin::{Instance, RouteView};
use clap::ValueEnum;
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::route_list::{Target, command, name, table};

/// Arguments of `routes`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The admin port of a running `boathook run`
    #[arg(long, value_name = "URL", env = "BOATHOOK_ADMIN", default_value = "http://127.0.0.1:8081")]
    admin: Url,

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
    let instance: Instance = ask(&args.admin, "v1/instance").await?;
    let routes: Vec<RouteView> = ask(&args.admin, "v1/routes").await?;
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

async fn ask<T: DeserializeOwned>(admin: &Url, path: &str) -> Result<T, Failure> {
    let url = admin.join(path).map_err(|error| Failure::usage(format!("read --admin {admin}: {error}")))?;
    let foreign = |what: String| {
        Failure::stuck(format!("ask {url}: {what}"))
            .next("--admin URL, the one that `boathook run` names when it starts")
    };
    let answer = client::to(&url)?.get(url.clone()).send().await.map_err(|error| {
        Failure::stuck(format!("ask {url}: {}", client::reason(&error)))
            .next("boathook run DIR in another terminal, or --admin URL if it has another address")
    })?;
    if !answer.status().is_success() {
        return Err(foreign(format!("it answers {}", answer.status())));
    }
    answer.json().await.map_err(|_| foreign("its answer is not one of Boathook's".to_owned()))
}
