//! Every object that the CRDs refuse is refused by `validate` too, and what they take is refused for what is not built
//! at most. The same objects are put to a real API server elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use boathook_crds::{WebhookGateway, WebhookWorkflow};
use boathook_operator_core::object::Object;
use boathook_operator_core::validate;
use boathook_operator_core::violation::Violation;
use serde_json::Value;

use crate::snapshot::documents;

#[test]
fn what_the_schema_refuses_is_refused() {
    let objects = objects("bad");
    assert!(!objects.is_empty(), "there are no objects");
    let accepted = objects.iter().filter(|(_, object)| read(object).is_ok_and(|violations| violations.is_empty()));
    let accepted: Vec<_> = accepted.map(|(path, _)| path).collect();
    assert!(accepted.is_empty(), "these are accepted: {accepted:#?}");
}

#[test]
fn what_the_schema_takes_is_refused_for_what_is_not_built_at_most() {
    let objects = objects("good");
    assert!(!objects.is_empty(), "there are no objects");
    for (path, object) in objects {
        let violations = read(&object).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let others: Vec<_> =
            violations.iter().filter(|violation| !violation.message.starts_with("not built yet (")).collect();
        assert!(others.is_empty(), "{}: {others:#?}", path.display());
    }
}

/// What is wrong with an object, or why it cannot even be read.
fn read(object: &Value) -> Result<Vec<Violation>, serde_json::Error> {
    let violations = match object["kind"].as_str().expect("a kind") {
        "WebhookWorkflow" => {
            let object: WebhookWorkflow = serde_json::from_value(object.clone())?;
            validate::workflow(&Object::new(&object.metadata, object.spec)).1
        }
        "WebhookGateway" => {
            let object: WebhookGateway = serde_json::from_value(object.clone())?;
            validate::gateway(&Object::new(&object.metadata, object.spec)).1
        }
        other => panic!("no {other} is expected here"),
    };
    Ok(violations)
}

fn objects(folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/crds").join(folder);
    let mut files: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file");
        documents(&text).into_iter().map(move |object| (path.clone(), object)).collect::<Vec<_>>()
    };
    files.into_iter().flat_map(read).collect()
}
