//! Schemas as the API server enforces them, on small schemas, and that ours hold nothing that is not enforced.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Schema;
use super::check::WORDS;
use crate::field::Field;
use crate::report::Report;

/// Keywords that are enforced here, that say how an object is merged, or that reading a resource enforces.
const KEYWORDS: [&str; 26] = [
    "additionalProperties",
    "anyOf",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
];

fn refusals(schema: &Value, value: &Value) -> Vec<String> {
    let mut report = Report::default();
    Schema::compile(schema).unwrap().check(&Field::spec(), value, &mut report);
    report.into_violations().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refuses(schema: &Value, value: &Value, expected: &[&str]) {
    assert_eq!(refusals(schema, value), expected, "{schema} {value}");
}

#[test]
fn bounds_are_inclusive() {
    let number = json!({"minimum": 1, "maximum": 3});
    for inside in [1, 3] {
        refuses(&number, &json!(inside), &[]);
    }
    for outside in [0, 4] {
        refuses(&number, &json!(outside), &["spec: must be 1 to 3"]);
    }
    let text = json!({"minLength": 1, "maxLength": 2});
    for inside in ["é", "éé"] {
        refuses(&text, &json!(inside), &[]);
    }
    for outside in ["", "ééé"] {
        refuses(&text, &json!(outside), &["spec: must have 1 to 2 characters"]);
    }
    let list = json!({"minItems": 1, "maxItems": 1});
    refuses(&list, &json!([1]), &[]);
    refuses(&list, &json!([]), &["spec: must have 1 to 1 entries"]);
    refuses(&json!({"maxProperties": 0}), &json!({"a": 1}), &["spec: must have at most 0 entries"]);
}

#[test]
fn what_is_too_long_is_not_looked_into() {
    let schema = json!({"maxItems": 1, "items": {"maxLength": 1}});
    refuses(&schema, &json!(["aa", "bb"]), &["spec: must have at most 1 entries"]);
}

#[test]
fn patterns_and_formats_hold() {
    refuses(&json!({"pattern": "^a+$"}), &json!("b"), &["spec: must match ^a+$"]);
    let time = json!({"format": "date-time"});
    for known in ["2026-12-31T00:00:00Z", "2026-12-31t00:00:00.25z", "2026-12-31T00:00:00+01:00"] {
        refuses(&time, &json!(known), &[]);
    }
    for other in
        ["2026-12-31", "2026-12-31 00:00:00Z", "2026-12-31T00:00Z", "20261231T000000Z", "2026-12-31T00:00:00+01"]
    {
        refuses(&time, &json!(other), &["spec: must be a time such as 2026-12-31T00:00:00Z (RFC 3339)"]);
    }
    refuses(&time, &json!("2026-02-30T00:00:00Z"), &["spec: must be a time such as 2026-12-31T00:00:00Z (RFC 3339)"]);
}

#[test]
fn an_enum_lists_what_may_be_written() {
    refuses(&json!({"enum": ["One", "Two"]}), &json!("Three"), &["spec: must be one of One, Two"]);
}

#[test]
fn members_values_and_items_are_followed() {
    let schema = json!({
        "properties": {"list": {"items": {"maximum": 1}}},
        "additionalProperties": {"maximum": 2},
        "required": ["list", "gone"],
    });
    refuses(
        &schema,
        &json!({"list": [1, 2], "a.b": 3}),
        &["spec.gone: must be set", "spec.list[1]: must be at most 1", "spec[\"a.b\"]: must be at most 2"],
    );
}

#[test]
fn sets_and_maps_do_not_repeat() {
    let repeated = &["spec[1]: must not repeat an earlier entry of the list"];
    refuses(&json!({"x-kubernetes-list-type": "set"}), &json!(["a", "a"]), repeated);
    refuses(&json!({"x-kubernetes-list-type": "atomic"}), &json!(["a", "a"]), &[]);
    let map = json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]});
    refuses(&map, &json!([{"name": "a", "x": 1}, {"name": "a", "x": 2}]), repeated);
    refuses(&map, &json!([{"name": "a"}, {"name": "b"}]), &[]);
}

#[test]
fn a_broken_rule_says_its_message_at_its_field() {
    let schema = json!({"x-kubernetes-validations": [
        {"rule": "has(self.a) != has(self.b)", "message": "exactly one must be set", "fieldPath": ".a"},
        {"rule": "self.__namespace__ == 'x'", "message": "constant", "messageExpression": "'not ' + self.__namespace__"},
    ]});
    refuses(&schema, &json!({"a": 1, "namespace": "x"}), &[]);
    refuses(&schema, &json!({"a": 1, "b": 1, "namespace": "y"}), &["spec.a: exactly one must be set", "spec: not y"]);
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_broken() {
    let schema = json!({"x-kubernetes-validations": [{"rule": "self.gone == 1", "message": "must be one"}]});
    refuses(&schema, &json!({}), &["spec: must be one"]);
}

#[test]
fn rules_know_addresses_and_networks() {
    let schema =
        json!({"x-kubernetes-validations": [{"rule": "isIP(self) || isCIDR(self)", "message": "must be one"}]});
    for text in ["10.0.0.1", "::1", "10.0.0.0/8", "fd00::/8"] {
        refuses(&schema, &json!(text), &[]);
    }
    for text in ["10.0.0.0/33", "010.0.0.1", "::ffff:10.0.0.1", "a"] {
        refuses(&schema, &json!(text), &["spec: must be one"]);
    }
}

#[test]
fn a_transition_rule_is_no_rule_of_a_new_object() {
    let schema = json!({"x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "is immutable"}]});
    refuses(&schema, &json!(1), &[]);
}

#[test]
fn defaults_are_filled_in_at_every_depth() {
    let schema = json!({"properties": {
        "mode": {"default": "Async"},
        "list": {"items": {"properties": {"size": {"default": 1}}}},
        "box": {"default": {}, "properties": {"lid": {"default": true}}},
    }});
    let mut value = json!({"list": [{}, {"size": 2}]});
    Schema::compile(&schema).unwrap().fill(&mut value);
    assert_eq!(value, json!({"list": [{"size": 1}, {"size": 2}], "mode": "Async", "box": {"lid": true}}));
}

#[test]
fn our_schemas_hold_no_keyword_that_is_not_known_here() {
    let mut found = BTreeSet::new();
    for definition in boathook_crds::generate::definitions() {
        keywords(definition.schema(), &mut found);
    }
    let unknown: Vec<_> = found.iter().filter(|keyword| !KEYWORDS.contains(&keyword.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(found.len() > 15, "only {} keywords were found", found.len());
}

#[test]
fn every_pattern_that_is_put_in_words_is_one_of_ours() {
    let schemas = boathook_crds::generate::definitions().map(|definition| definition.schema().to_string()).concat();
    for (pattern, _) in WORDS {
        assert!(schemas.contains(&json!(pattern).to_string()), "{pattern}");
    }
}

fn keywords(schema: &Value, found: &mut BTreeSet<String>) {
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        found.insert(keyword.clone());
        match keyword.as_str() {
            "properties" => value.as_object().unwrap().values().for_each(|member| keywords(member, found)),
            "items" | "additionalProperties" => keywords(value, found),
            _ => {}
        }
    }
}
