//! Tests of `load`.

use std::collections::BTreeMap;

use boathook_operator_core::compile::Accepted;
use boathook_operator_core::field::Field;
use boathook_operator_core::object::ObjectKey;

use super::kind::Kind;
use super::locate::locate;
use super::object::Decoded;
use super::problem::Subject;
use super::world::{Surroundings, world};
use super::{Loaded, SourceFile, limits, load, parse};

fn loaded(text: &str) -> Loaded {
    load(vec![SourceFile { name: "test.yaml".to_owned(), text: Ok(text.to_owned()) }])
}

/// The only problem of a text.
fn problem(text: &str) -> String {
    let loaded = loaded(text);
    assert_eq!(loaded.problems.len(), 1, "{:?}", loaded.problems);
    loaded.problems[0].message.clone()
}

fn place(text: &str, field: &Field) -> (usize, usize) {
    let place = locate(&parse::parse(text).unwrap(), field);
    (place.line, place.column)
}

#[test]
fn a_document_may_nest_64_deep_and_no_deeper() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse::parse(&nested(64)).is_ok());
    let error = parse::parse(&nested(65)).unwrap_err();
    assert_eq!(error.message, "this document nests deeper than 64");
    let error = parse::parse(&nested(5_000)).unwrap_err();
    assert_eq!(error.message, "this document nests deeper than 64");
}

#[test]
fn a_document_larger_than_an_api_server_takes_is_refused_unread() {
    let large = format!("a: \"{}\"", "x".repeat(limits::DOCUMENT_SIZE));
    assert!(problem(&large).starts_with("this document is larger than 3145728 bytes"));
}

#[test]
fn aliases_stand_only_in_documents_in_which_they_cannot_grow_large() {
    let text = |size: usize| format!("a: &a \"{}\"\nb: [*a, *a]\n", "x".repeat(size));
    assert!(parse::parse(&text(limits::ALIASED_DOCUMENT / 2)).is_ok());
    assert_eq!(
        problem(&text(limits::ALIASED_DOCUMENT)),
        "aliases may stand 200 times in a document, and only where it has at most 32768 bytes"
    );
    let many = format!("a: &a x\nb: [{}]\n", "*a, ".repeat(limits::ALIASES + 1));
    assert!(problem(&many).starts_with("aliases may stand 200 times"));
}

#[test]
fn a_number_keeps_what_json_can_say_of_it() {
    let node = parse::parse("[9223372036854775807, 18446744073709551615, 1.5, 1e3]").unwrap();
    assert_eq!(node.to_value().to_string(), "[9223372036854775807,18446744073709551615,1.5,1000.0]");
}

#[test]
fn a_field_is_found_at_its_value_and_a_mapping_at_its_key() {
    let text = "spec:\n  steps:\n  - name: a\n  - http:\n      url: x\n      headers: {X-Order.Id: \"1\"}\n";
    let http = Field::spec().at("steps").item(1).at("http");
    assert_eq!(place(text, &http.at("url")), (5, 12));
    assert_eq!(place(text, &http), (4, 5));
    assert_eq!(place(text, &http.at("headers").key("X-Order.Id")), (6, 29));
    assert_eq!(place(text, &Field::spec().at("steps").item(0)), (3, 5));
}

#[test]
fn a_field_that_is_not_written_is_found_at_what_is_nearest_above_it() {
    let text = "spec:\n  response:\n    status: 200\n";
    assert_eq!(place(text, &Field::spec().at("response.mode")), (2, 3));
    assert_eq!(place(text, &Field::spec().at("webhook.path")), (1, 1));
    assert_eq!(place(text, &Field::default()), (1, 1));
}

#[test]
fn a_value_behind_an_alias_is_found_where_it_is_used() {
    let text = "a: &a {x: 1}\nspec:\n  vars: *a\n";
    assert_eq!(place(text, &Field::spec().at("vars.x")), (3, 9));
}

#[test]
fn plain_text_lies_over_base64_in_a_secret() {
    let loaded = loaded(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {a: b}}\ntype: Opaque
data:\n  one: b25l\n  two: |\n    dHdv\n    dHdv\n  three: AA==\nstringData: {one: eins}\n",
    );
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let Decoded::Secret(secret) = &loaded.objects[0].decoded else { panic!("no Secret") };
    let value = |name: &str| secret.data[name].expose().to_vec();
    assert_eq!((value("one"), value("two"), value("three")), (b"eins".to_vec(), b"twotwo".to_vec(), vec![0]));
    assert_eq!((secret.type_.as_str(), secret.labels["a"].as_str()), ("Opaque", "b"));
}

#[test]
fn no_problem_of_a_secret_repeats_a_value() {
    for text in [
        "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {pin: 0755}\n",
        "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {pin: 1e0755}\n",
        "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {pin: !0755 x}\n",
        "{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"s\"}, \"data\": {\"pin\": \"0755!\"}}",
        "apiVersion: v1\nkind:\n  Secret\nmetadata: {name: s}\nstringData: {pin: 0755}\n",
        "apiVersion: v1\nkind:\n  Secret\nmetadata: {name: s}\ndata: {pin: 0755\n",
        "apiVersion: v1\nkind: &kind Secret\nmetadata: {name: s}\ndata: {pin: [0755}\n",
        "apiVersion: v1\nkind: !!str Secret\nmetadata: {name: s}\ndata: {pin: 0755}\n",
        "apiVersion: v1\nkind: secret\nmetadata: {name: s}\ndata: {pin: \"0755}\n",
        "apiVersion: v1\nmetadata: {name: s}\nstringData: {pin: 0755}\n",
        "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {pin: !a`0755`b x}\n",
        "apiVersion: v1\nkind: List\nitems: [{kind: Secret, apiVersion: v1, metadata: {name: s}, data: {pin: 0755}}]\n",
    ] {
        let loaded = loaded(text);
        assert!(!loaded.problems.is_empty(), "{text}");
        for problem in loaded.problems {
            assert!(problem.confidential, "{text}");
            assert!(!problem.message.contains("0755"), "{}", problem.message);
        }
    }
}

#[test]
fn a_field_in_another_words_case_is_not_the_field() {
    let text = "apiVersion: boathook.dev/v1alpha1\nkind: WebhookWorkflow\nmetadata: {name: a}\nSpec: {}\n";
    let messages: Vec<_> = loaded(text).problems.into_iter().map(|problem| problem.message).collect();
    assert_eq!(messages, ["unknown field `Spec`: did you mean `spec`?", "`spec` is missing"]);
}

#[test]
fn files_without_a_gateway_have_an_implicit_one_that_admits_every_namespace() {
    let world = world(&loaded(""), &Surroundings::default(), Accepted::default(), BTreeMap::new());
    let gateway = &world.gateways[&world.platform.default_gateway];
    assert_eq!(world.platform.default_gateway, ObjectKey::new("boathook", "default"));
    assert_eq!(gateway.spec.allowed_namespaces.from, boathook_crds::namespaces::NamespacesFrom::All);
}

#[test]
fn the_only_gateway_of_the_files_is_the_default_one() {
    let gateway = |name: &str| {
        format!(
            "apiVersion: boathook.dev/v1alpha1\nkind: WebhookGateway\nmetadata: {{name: {name}, namespace: edge}}
spec: {{storage: {{embedded: {{}}}}}}\n"
        )
    };
    let default = |text: &str| {
        world(&loaded(text), &Surroundings::default(), Accepted::default(), BTreeMap::new()).platform.default_gateway
    };
    assert_eq!(default(&gateway("one")), ObjectKey::new("edge", "one"));
    assert_eq!(default(&format!("{}---\n{}", gateway("one"), gateway("two"))), ObjectKey::new("boathook", "default"));
}

#[test]
fn an_object_without_a_namespace_is_in_default_and_a_namespace_in_none() {
    let loaded = loaded(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}}\n---
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}\n---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: s, namespace: shop}}\n",
    );
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let subject = |kind, namespace: &str, name: &str| Subject { kind, key: ObjectKey::new(namespace, name) };
    assert!(loaded.get(&subject(Kind::ConfigMap, "default", "c")).is_some());
    assert!(loaded.get(&subject(Kind::Namespace, "", "shop")).is_some());
    assert!(loaded.get(&subject(Kind::ServiceAccount, "shop", "s")).is_some());
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_without_a_place() {
    let loaded = load(vec![SourceFile { name: "a.yaml".to_owned(), text: Err("not UTF-8 text".to_owned()) }]);
    assert_eq!(loaded.problems[0].message, "not UTF-8 text");
    assert_eq!(loaded.problems[0].place, None);
}

#[test]
fn problems_that_are_not_shown_are_counted() {
    let fields: Vec<_> = (0..103).map(|number| format!("  f{number}: x")).collect();
    let head = "apiVersion: boathook.dev/v1alpha1\nkind: WebhookWorkflow\nmetadata: {name: a}\nspec:\n  steps: []\n";
    let text = format!("{head}{}\n", fields.join("\n"));
    let messages: Vec<_> = loaded(&text).problems.into_iter().map(|problem| problem.message).collect();
    assert_eq!(messages.len(), 101);
    assert_eq!(messages[100], "3 more problems of this document are not shown");
}
