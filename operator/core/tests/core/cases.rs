//! `cases/<topic>/<case>/{in,out}.yaml`: a world, perhaps edits to it, and what compiling says each time.
//!
//! A document `kind: Edit` with `put` and `remove` begins the next compile. `UPDATE_GOLDEN=1` writes what is said now.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use boathook_operator_core::compile::{Compiled, CompiledRoute, Compiler};
use boathook_operator_core::condition::Condition;
use boathook_operator_core::implicit;
use boathook_operator_core::outcome::WorkflowOutcome;
use boathook_operator_core::world::World;
use boathook_plan::edge::Edge;
use boathook_plan::route::Route;
use serde_json::{Value, json};

use crate::snapshot::{documents, put, remove};

#[test]
fn every_case_compiles_to_what_it_says() {
    let cases = cases();
    assert!(cases.len() >= 40, "only {} cases were found", cases.len());
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for case in cases {
        let said = run(&fs::read_to_string(case.join("in.yaml")).expect("in.yaml"));
        let path = case.join("out.yaml");
        if update {
            fs::write(&path, serde_saphyr::to_string(&said).expect("YAML")).expect("out.yaml is written");
            continue;
        }
        let expected = documents(&fs::read_to_string(&path).unwrap_or_default());
        if expected.first() != Some(&said) {
            wrong.push(format!("{}\n{}", case.display(), serde_saphyr::to_string(&said).expect("YAML")));
        }
    }
    assert!(wrong.is_empty(), "these cases say something else:\n\n{}", wrong.join("\n"));
}

fn cases() -> Vec<PathBuf> {
    let folders = |path: &Path| {
        let entries = fs::read_dir(path).expect("a folder of cases").map(|entry| entry.expect("an entry").path());
        let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
        folders.sort();
        folders
    };
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")).iter().flat_map(|topic| folders(topic)).collect()
}

/// What each compile of the case says, in order.
fn run(text: &str) -> Value {
    let mut world = World::default();
    let mut compiler = Compiler::default();
    let mut said = Vec::new();
    let (edits, objects): (Vec<_>, Vec<_>) =
        documents(text).into_iter().partition(|document| document["kind"] == "Edit");
    for object in &objects {
        put(&mut world, object);
    }
    if world.gateways.is_empty() {
        let key = world.platform.default_gateway.clone();
        world.gateways.insert(key.clone(), Arc::new(implicit::gateway(key)));
    }
    said.push(compile(&mut compiler, &mut world));
    for edit in edits {
        items(&edit["put"]).for_each(|object| put(&mut world, object));
        items(&edit["remove"]).for_each(|object| remove(&mut world, object));
        said.push(compile(&mut compiler, &mut world));
    }
    Value::Array(said)
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn compile(compiler: &mut Compiler, world: &mut World) -> Value {
    let result = compiler.compile(world);
    let said = say(&result);
    world.accepted = result.accepted;
    said
}

fn say(compiled: &Compiled) -> Value {
    let workflows = compiled.workflows.iter().map(|(key, outcome)| (key.to_string(), workflow(outcome)));
    let gateways = compiled.gateways.iter().map(|(key, outcome)| (key.to_string(), json!(outcome)));
    let mut said = json!({
        "workflows": workflows.collect::<BTreeMap<_, _>>(),
        "gateways": gateways.collect::<BTreeMap<_, _>>(),
        "routes": compiled.routes.iter().map(|route| say_route(route)).collect::<Vec<_>>(),
    });
    let edges = compiled.edges.iter().filter_map(|(key, edge)| Some((key.to_string(), certificates(edge)?)));
    let edges: BTreeMap<_, _> = edges.collect();
    if !edges.is_empty() {
        said["certificates"] = json!(edges);
    }
    said
}

/// Which hosts have a certificate that can be used, where the gateway speaks HTTPS.
fn certificates(edge: &Edge) -> Option<Value> {
    let hosts = edge
        .tls
        .as_ref()?
        .iter()
        .map(|certificate| json!({"host": certificate.host, "isUsable": certificate.pair.is_some()}));
    Some(hosts.collect())
}

fn workflow(outcome: &WorkflowOutcome) -> Value {
    let conditions =
        Condition::ALL.into_iter().map(|condition| (condition.as_str(), json!(outcome.verdict(condition))));
    let mut said = json!(outcome);
    said["conditions"] = json!(conditions.collect::<BTreeMap<_, _>>());
    said
}

/// The plan, and which of its keys there are. Whatever compiling yields, a gateway can build.
fn say_route(route: &CompiledRoute) -> Value {
    let keys = &route.keys;
    Route::build(Arc::clone(&route.plan), keys.clone()).expect("a gateway can build what compiling yields");
    let schemes: Vec<Vec<_>> = keys.schemes.iter().map(|keys| keys.iter().map(Option::is_some).collect()).collect();
    let secrets: Vec<_> = keys.secrets.keys().collect();
    json!({"gateway": route.gateway, "plan": route.plan, "keys": {"schemes": schemes, "secrets": secrets}})
}
