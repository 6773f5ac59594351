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
fn what_the_schema_refuses_is_refused_for_the_same_fault() {
    let objects = objects("bad");
    assert!(!objects.is_empty(), "there are no objects");
    let others = objects.iter().filter(|(path, object)| {
        // One that cannot be read at all is refused before there are violations.
        read(object).is_ok_and(|violations| !violations.iter().any(|violation| tells(violation, &refusal(path))))
    });
    let others: Vec<_> = others.map(|(path, _)| path).collect();
    assert!(others.is_empty(), "these are accepted, or refused for something else: {others:#?}");
}

/// What the API server says of a bad object: its file's first line.
fn refusal(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a file");
    let line = text.lines().next().and_then(|line| line.strip_prefix("# refused: "));
    line.expect("the first line of a bad object is `# refused: ` and a part of the message").to_owned()
}

/// A rule's message is the API server's; of bounds, patterns and enums the field is.
fn tells(violation: &Violation, refusal: &str) -> bool {
    let says = |start: String| refusal.starts_with(&start);
    let (field, message) = (&violation.field, &violation.message);
    let is_same = refusal.contains(&**message) || message.contains(refusal);
    !message.starts_with("not built yet (")
        && (is_same || says(format!("{field} in body")) || says(format!("{field}: ")))
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
pub fn read(object: &Value) -> Result<Vec<Violation>, serde_json::Error> {
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

/// The objects of a folder of `tests/data/crds`, and the file of each.
pub fn objects(folder: &str) -> Vec<(PathBuf, Value)> {
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
