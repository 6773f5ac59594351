//! What cases written as YAML cannot hold: values deeper than any loader reads, and lists longer than the schema admits.

use boathook_crds::WebhookWorkflowSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::workflow;
use crate::object::Object;

fn refusals(change: impl FnOnce(&mut WebhookWorkflowSpec)) -> Vec<String> {
    let spec = json!({
        "webhook": {"public": true},
        "response": {"mode": "Sync"},
        "steps": [{"name": "greet", "set": {"hello": "world"}}],
    });
    let mut spec: WebhookWorkflowSpec = serde_json::from_value(spec).unwrap();
    change(&mut spec);
    let metadata = ObjectMeta { name: Some("hello".to_owned()), ..ObjectMeta::default() };
    let (valid, violations) = workflow(&Object::new(&metadata, spec));
    assert_eq!(valid.is_some(), violations.is_empty());
    violations.iter().map(ToString::to_string).collect()
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!("{{ 1 }}"), |inner, _| json!([inner]))
}

fn set(name: &str) -> Value {
    json!({"name": name, "set": {"a": "{{ $steps.nobody }}"}})
}

#[test]
fn values_nest_to_the_depth_that_a_body_may_have() {
    let vars = |depth| refusals(|spec| _ = spec.vars.insert("a".to_owned(), nested(depth)));
    assert_eq!(vars(63), [""; 0]);
    assert_eq!(vars(64), ["spec.vars: must not nest deeper than 64"]);
    let json = |depth| refusals(|spec| spec.response.json = Some(nested(depth)));
    assert_eq!(json(64), [""; 0]);
    assert_eq!(json(65), ["spec.response.json: must not nest deeper than 64"]);
}

#[test]
fn steps_beyond_the_most_are_refused_and_not_read() {
    let steps = |count: usize| {
        let steps = (0..count).map(|index| serde_json::from_value(set(&format!("s{index}"))).unwrap());
        let steps: Vec<_> = steps.collect();
        refusals(|spec| spec.steps = steps)
    };
    assert_eq!(steps(64).len(), 64);
    let refused = steps(500);
    assert_eq!(refused.first().map(String::as_str), Some("spec.steps: must have at most 64 entries"));
    assert_eq!(refused.len(), 65);
}

#[test]
fn a_message_names_the_step_that_is_missed() {
    let refused = refusals(|spec| spec.steps = vec![serde_json::from_value(set("only")).unwrap()]);
    assert_eq!(refused, ["spec.steps[0].set.a: must name a step that runs before, and there is no step nobody"]);
}
