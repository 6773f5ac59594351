//! No field of the resources is passed over: each is built, and then taking it away is told or changes what is compiled,
//! or it is refused by its name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use boathook_crds::generate::{Definition, definitions};
use boathook_crds::{WebhookGateway, WebhookWorkflow};
use boathook_operator_core::compile::compile;
use boathook_operator_core::world::World;
use serde_json::{Value, json};

use crate::schemas::{objects, read};
use crate::snapshot::{documents, put};

/// What says aloud what is so without it.
const WITHOUT_EFFECT: [&str; 0] = [];

/// Fields that a rule refuses unless another is set, which is refused by its name.
const ONLY_WITH: [(&str, &str); 2] = [
    ("schemes[].keys[].algorithm", "schemes[].httpMessageSignature"),
    ("schemes[].keys[].id", "schemes[].httpMessageSignature"),
];

#[test]
fn every_field_is_built_or_refused_by_its_name() {
    let mut fields = fields();
    assert!(fields.len() > 500, "the definitions have {} fields", fields.len());
    for object in built() {
        visit(&kind(&object), &object["spec"], &mut |field, _| _ = fields.remove(field));
    }
    for (_, object) in objects("good") {
        for field in refused(&object) {
            let under = |other: &String| {
                other.strip_prefix(&field).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            };
            let needs =
                |other: &String| ONLY_WITH.iter().any(|(only, with)| other.ends_with(only) && field.ends_with(with));
            fields.retain(|other| !under(other) && !needs(other));
        }
    }
    assert!(fields.is_empty(), "neither in built.yaml nor refused by name: {fields:#?}");
}

#[test]
fn taking_a_built_field_away_is_told_or_changes_what_is_compiled() {
    let objects = built();
    let whole = said(&objects).expect("built.yaml can be read");
    let (mut all, mut told) = (BTreeSet::new(), BTreeSet::new());
    for (index, object) in objects.iter().enumerate().filter(|(_, object)| !object["spec"].is_null()) {
        let mut paths = Vec::new();
        visit(&kind(object), &object["spec"], &mut |field, pointer| paths.push((field.to_owned(), pointer.to_owned())));
        for (field, pointer) in paths.into_iter().filter(|(field, _)| !field.ends_with("{}")) {
            let mut changed = objects.clone();
            if !take(&mut changed[index], &pointer) {
                continue;
            }
            if said(&changed).as_ref() != Some(&whole) {
                told.insert(field.clone());
            }
            all.insert(field);
        }
    }
    assert_eq!(all.difference(&told).map(String::as_str).collect::<Vec<_>>(), WITHOUT_EFFECT);
}

/// Every field of both specs, as `WebhookWorkflow.spec.steps[].http`.
fn fields() -> BTreeSet<String> {
    let of = |definition: &Definition| -> Vec<String> {
        let kind = definition.object["spec"]["names"]["kind"].as_str().expect("a kind").to_owned();
        let paths = definition.schemas().into_iter().map(|(path, _)| path).filter(|path| path.starts_with(".spec"));
        paths.map(|path| format!("{kind}{path}")).collect()
    };
    definitions().iter().flat_map(of).collect()
}

fn built() -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/built.yaml");
    documents(&fs::read_to_string(file).expect("the file"))
}

/// `WebhookWorkflow.spec`
fn kind(object: &Value) -> String {
    format!("{}.spec", object["kind"].as_str().expect("a kind"))
}

/// The fields that are refused because they are not built, as [`visit`] writes them. Values of a field are not fields.
fn refused(object: &Value) -> Vec<String> {
    let violations = read(object).expect("a good object can be read").into_iter();
    let whole =
        violations.filter(|violation| violation.message.starts_with(&format!("not built yet ({})", violation.field)));
    let plain = whole.map(|violation| violation.field.to_string());
    plain.map(|field| format!("{}.{}", object["kind"].as_str().expect("a kind"), without_positions(&field))).collect()
}

/// `steps[2].http` → `steps[].http`
fn without_positions(field: &str) -> String {
    let mut parts = field.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| format!("{path}[]{}", part.split_once(']').map_or("", |(_, rest)| rest)))
}

/// Calls `found` for every field with its path in the schema and the JSON pointer of its value.
fn visit(path: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
    walk(path, "/spec", value, found);
}

fn walk(path: &str, pointer: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
    found(path, pointer);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                walk(&format!("{path}.{name}"), &pointer, member, found);
                found(&format!("{path}{{}}"), &pointer);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&format!("{path}[]"), &format!("{pointer}/{index}"), item, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes a member out of its object; `false` for an item of a list.
fn take(object: &mut Value, pointer: &str) -> bool {
    let (above, name) = pointer.rsplit_once('/').expect("a pointer below the top");
    let name = name.replace("~1", "/").replace("~0", "~");
    let members = object.pointer_mut(above).and_then(Value::as_object_mut);
    members.and_then(|members| members.remove(&name)).is_some()
}

/// All that compiling says; `None` when an object cannot even be read.
fn said(objects: &[Value]) -> Option<Value> {
    let mut world = World::default();
    for object in objects {
        let is_read = match object["kind"].as_str() {
            Some("WebhookWorkflow") => serde_json::from_value::<WebhookWorkflow>(object.clone()).is_ok(),
            Some("WebhookGateway") => serde_json::from_value::<WebhookGateway>(object.clone()).is_ok(),
            _ => true,
        };
        is_read.then(|| put(&mut world, object))?;
    }
    let compiled = compile(&world);
    let routes = compiled.routes.iter();
    let routes: Vec<_> =
        routes.map(|route| json!({"gateway": route.gateway, "plan": route.plan, "keys": route.keys})).collect();
    let workflows: Vec<_> = compiled.workflows.values().collect();
    let gateways: Vec<_> = compiled.gateways.values().collect();
    let edges: Vec<_> = compiled.edges.values().collect();
    let made = crate::objects::objects(&compiled);
    Some(json!({"routes": routes, "workflows": workflows, "gateways": gateways, "edges": edges, "objects": made}))
}
