//! `boathook send`: makes a correctly signed delivery and sends it.

use reqwest::Url;

use crate::client;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::sender::{Request, Wanted};

/// Answers' header fields that say what became of a delivery.
const TOLD: [&str; 7] = [
    "boathook-request-id",
    "boathook-execution-id",
    "content-type",
    "location",
    "retry-after",
    "allow",
    "www-authenticate",
];

/// Arguments of `send`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Example:
  boathook send examples/quickstart --workflow github-push --event push \\
    --data '{\"ref\":\"refs/heads/main\",\"after\":\"4f3c2a1\",\"repository\":{\"full_name\":\"you/shop\"}}'")]
pub struct Args {
    #[command(flatten)]
    wanted: Wanted,
}

/// Sends, prints the answer, and says no unless it is a 2xx.
pub async fn execute(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let Request { raw, url, host } = args.wanted.request()?;
    let mut call = client::to(&url)?.request(raw.method, url.clone()).headers(raw.headers);
    if let Some(host) = host {
        call = call.header(reqwest::header::HOST, host);
    }
    let answer = call.body(raw.body).send().await.map_err(|error| unreachable(&url, &error))?;
    let status = answer.status();
    let told =
        TOLD.iter().filter_map(|name| Some(format!("{name}: {}\n", answer.headers().get(*name)?.to_str().ok()?)));
    let head =
        format!("{} {}\n{}", status.as_u16(), status.canonical_reason().unwrap_or_default(), told.collect::<String>());
    let body =
        answer.text().await.map_err(|error| Failure::stuck(format!("read the answer: {}", client::reason(&error))))?;
    console.print(&if body.is_empty() { head } else { format!("{head}\n{body}") })?;
    Ok(if status.is_success() { Exit::Done } else { Exit::No })
}

fn unreachable(url: &Url, error: &reqwest::Error) -> Failure {
    Failure::stuck(format!("send to {url}: {}", client::reason(error)))
        .next("boathook run DIR in another terminal, or --url URL if it listens elsewhere")
}
