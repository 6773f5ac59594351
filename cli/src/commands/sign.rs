//! `boathook sign`: makes a correctly signed delivery and prints it, as header fields or as a curl command.

use clap::ValueEnum;
use http::{HeaderMap, HeaderName};

use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::sender::{Request, Wanted};
use crate::shell::quote;

/// Arguments of `sign`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    wanted: Wanted,

    /// What to print
    #[arg(short, long, value_enum, default_value_t = Format::Headers)]
    output: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// The header fields, one a line
    Headers,
    /// A curl command that sends the delivery
    Curl,
}

/// Prints a signed delivery. Signatures with a time are good for minutes.
pub fn execute(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let made = args.wanted.request()?;
    let text = match args.output {
        Format::Headers => lines(&made.raw.headers)?,
        Format::Curl => curl(&made, args.wanted.data())?,
    };
    console.print(&text)?;
    Ok(Exit::Done)
}

fn curl(made: &Request, data: Option<&str>) -> Result<String, Failure> {
    let mut words = vec!["curl".to_owned(), "-sS".to_owned(), "-X".to_owned(), made.raw.method.to_string()];
    let host = made.host.iter().map(|host| ("host", host.as_str()));
    for (name, value) in fields(&made.raw.headers)?.into_iter().chain(host) {
        words.extend(["-H".to_owned(), quote(&format!("{name}: {value}"))]);
    }
    if let Some(data) = data {
        if data == "-" || data == "@-" {
            return Err(Failure::usage("write a curl command for standard input: it is read already")
                .next("put the body into a file, and give --data @FILE"));
        }
        words.extend(["--data-binary".to_owned(), quote(data)]);
    }
    words.push(quote(made.url.as_str()));
    Ok(words.join(" "))
}

fn lines(headers: &HeaderMap) -> Result<String, Failure> {
    let fields = fields(headers)?.into_iter().map(|(name, value)| format!("{name}: {value}"));
    Ok(fields.collect::<Vec<_>>().join("\n"))
}

/// Header fields as they stand in a request. Those of a token may be more than ASCII.
fn fields(headers: &HeaderMap) -> Result<Vec<(&str, &str)>, Failure> {
    let no_text = |name: &HeaderName| {
        Failure::no(format!("print {name}: its value is not text")).next("boathook send, which sends any bytes")
    };
    let fields = headers.iter().map(|(name, value)| {
        let value = str::from_utf8(value.as_bytes()).map_err(|_| no_text(name))?;
        Ok((name.as_str(), value))
    });
    fields.collect()
}
