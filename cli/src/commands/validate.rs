//! `boathook validate`: what the API server and the operator would say of files, offline.

use std::path::PathBuf;

use boathook_operator_core::compile::Accepted;
use boathook_sandbox::{Sandbox, Settings};
use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::assemble::{Assembled, assemble};
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::load::problem::Problem;
use crate::load::world::Surroundings;
use crate::report::{self, counted};
use crate::scripts::Scripts;
use crate::sources::Sources;

/// Arguments of `validate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files, and folders that are read with what is below them (*.yaml, *.yml, *.json)
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,

    /// How to print what is wrong
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    output: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people: each problem with an excerpt of its file
    Text,
    /// For programs
    Json,
}

/// Prints everything that is wrong with the files.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let files = Sources::open(&args.paths)?.look().read();
    if files.is_empty() {
        return Err(Failure::usage("find something to validate: no *.yaml, *.yml or *.json is in these folders")
            .next("name a file or a folder that holds WebhookWorkflows, such as examples/quickstart"));
    }
    let mut scripts = Scripts::new(Sandbox::new(Settings::default()), Handle::current());
    let assembled = spawn_blocking(move || {
        assemble(files, &Surroundings::default(), Accepted::default(), |loaded| scripts.learn(loaded))
    });
    let world = assembled.await.map_err(|error| Failure::stuck(format!("read the files: {error}")))?;
    match args.output {
        Format::Text => {
            world.loaded.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
            console.print(&text(&world, console.colours().out))?;
        }
        Format::Json => console.print(&format!("{:#}", machine_readable(&world)))?,
    }
    Ok(if world.problems.is_empty() { Exit::Done } else { Exit::No })
}

fn text(world: &Assembled, colours: bool) -> String {
    let objects = counted(world.loaded.objects.len(), "object");
    let files = counted(world.loaded.files.len(), "file");
    if world.problems.is_empty() {
        return format!("valid: {objects} in {files}");
    }
    let problems = report::text(&world.loaded.files, &world.problems, colours);
    format!("{problems}\n\nnot valid: {} in {files}", counted(world.problems.len(), "problem"))
}

fn machine_readable(world: &Assembled) -> Value {
    json!({
        "valid": world.problems.is_empty(),
        "violations": world.problems.iter().map(|problem| violation(world, problem)).collect::<Vec<_>>(),
        "notes": world.loaded.notes,
    })
}

fn violation(world: &Assembled, problem: &Problem) -> Value {
    let object = problem.object.as_ref().map(
        |object| json!({"kind": object.kind.as_str(), "namespace": object.key.namespace, "name": object.key.name}),
    );
    json!({
        "file": world.loaded.files.get(problem.file).map(|file| file.name.as_str()),
        "line": problem.place.as_ref().map(|place| place.line),
        "column": problem.place.as_ref().map(|place| place.column),
        "object": object,
        "reason": problem.reason,
        "field": problem.field.to_string(),
        "message": problem.message,
    })
}
