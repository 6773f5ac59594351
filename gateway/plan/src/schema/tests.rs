//! Schemas: what they accept, what of them is refused, and that hostile ones end.

mod bounds;
mod cost;

use std::thread;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn schema(schema: Value) -> Schema {
    Schema::compile(&Json::from(schema)).unwrap()
}

fn refused(schema: Value) -> SchemaError {
    Schema::compile(&Json::from(schema)).unwrap_err()
}

/// Path and keyword of each violation.
fn violations(schema: &Schema, value: Value) -> Vec<(String, String)> {
    let violations = schema.violations(&Json::from(value));
    violations.into_iter().map(|violation| (violation.path, violation.keyword)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(path, keyword)| ((*path).to_owned(), (*keyword).to_owned())).collect()
}

fn too_large(schema: &Schema, value: &Json) -> bool {
    let [violation] = &schema.violations(value)[..] else { return false };
    violation.message == "the value is too large or too deep to be checked against this schema"
}

#[test]
fn a_valid_value_has_no_violations() {
    let schema = schema(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["ref"],
        "properties": {
            "ref": {"type": "string", "pattern": "^refs/(heads|tags)/", "minLength": 6},
            "size": {"type": "integer", "minimum": 0, "multipleOf": 2},
            "tags": {"type": "array", "items": {"enum": ["a", "b", 3, {"x": [1.0]}]}, "uniqueItems": true},
            "mail": {"format": "email"},
            "when": {"format": "date-time"},
        },
        "additionalProperties": false,
    }));
    for valid in [
        json!({"ref": "refs/heads/main"}),
        json!({"ref": "refs/tags/1", "size": 4, "tags": ["a", 3.0, {"x": [1]}]}),
        json!({"ref": "refs/tags/1", "mail": "ada@example.test", "when": "2026-01-01T00:00:00Z"}),
    ] {
        assert_eq!(violations(&schema, valid.clone()), [], "{valid}");
    }
    for (invalid, expected) in [
        (json!({}), [("", "required")]),
        (json!({"ref": "x/heads"}), [("/ref", "pattern")]),
        (json!({"ref": "refs/heads/a", "size": 3}), [("/size", "multipleOf")]),
        (json!({"ref": "refs/heads/a", "size": -2}), [("/size", "minimum")]),
        (json!({"ref": "refs/heads/a", "tags": ["a", "c"]}), [("/tags/1", "enum")]),
        (json!({"ref": "refs/heads/a", "tags": ["a", "a"]}), [("/tags", "uniqueItems")]),
        (json!({"ref": "refs/heads/a", "mail": "ada"}), [("/mail", "format")]),
        (json!({"ref": "refs/heads/a", "more": 1}), [("", "additionalProperties")]),
        (json!([]), [("", "type")]),
    ] {
        assert_eq!(violations(&schema, invalid.clone()), pairs(&expected), "{invalid}");
    }
}

#[test]
fn numbers_are_compared_as_they_were_written() {
    let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    let integer = schema(json!({"type": "integer", "maximum": 9_007_199_254_740_993_i64}));
    for (text, valid) in [
        ("9007199254740993", true),
        ("9007199254740994", false),
        ("1.0", true),
        ("1.5", false),
        ("1e2", true),
        ("-0", true),
        ("123456789012345678901234567890", false),
    ] {
        assert_eq!(integer.violations(&read(text)).is_empty(), valid, "{text}");
    }
}

#[test]
fn no_value_of_the_document_is_in_a_violation() {
    let schema = schema(json!({
        "properties": {
            "a": {"type": "integer"}, "b": {"const": 1}, "c": {"enum": [1, 2]}, "d": {"maxLength": 3}, "e": {"pattern": "^x$"},
            "f": {"not": {}}, "g": {"anyOf": [{"type": "null"}, {"type": "integer"}]}, "h": {"oneOf": [{}, {}]},
            "i": {"contains": {"type": "null"}}, "j": {"format": "email"}, "k": {"unevaluatedItems": false},
            "l": {"propertyNames": {"maxLength": 2}}, "m": {"unevaluatedProperties": false}, "n": {"uniqueItems": true},
            "o": {"additionalProperties": false}, "p": {"if": {}, "then": false},
        },
    }));
    let secret = "s3cret-value";
    let object = json!({secret: secret});
    let list = json!([secret, secret]);
    let value = json!({
        "a": secret, "b": secret, "c": secret, "d": secret, "e": secret, "f": secret, "g": secret, "h": secret, "i": list,
        "j": secret, "k": list, "l": object, "m": object, "n": list, "o": object, "p": secret,
    });
    let violations = schema.violations(&Json::from(value));
    assert_eq!(violations.len(), 16, "{violations:#?}");
    for violation in violations {
        assert!(!violation.message.contains("s3cret"), "{violation:?}");
    }
}

#[test]
fn the_first_twenty_violations_are_listed() {
    let schema = schema(json!({"items": {"type": "integer"}}));
    let listed = violations(&schema, json!(vec!["x"; 1_000]));
    assert_eq!(listed.len(), 20);
    assert_eq!(listed[19], ("/19".to_owned(), "type".to_owned()));
}

#[test]
fn a_long_list_is_not_made() {
    let schema = schema(json!({"items": {"type": "integer"}}));
    let listed = schema.violations(&Json::from(json!(vec!["x"; 90_000])));
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].message, "the value is not valid, and too large to say where");
}

#[test]
fn a_path_is_cut() {
    let schema = schema(json!({"additionalProperties": {"type": "integer"}}));
    let name = "é".repeat(10_000);
    let listed = schema.violations(&Json::from(json!({name: "x"})));
    assert_eq!(listed[0].path.len(), 255);
}

#[test]
fn references_stay_inside_the_schema() {
    let schema = schema(json!({
        "$id": "https://example.test/root",
        "properties": {
            "a": {"$ref": "#/$defs/small"}, "b": {"$ref": "#named"}, "c": {"$ref": "#/$defs/with~1slash"},
            "d": {"$ref": "#/$defs/with%20space"},
        },
        "$defs": {
            "small": {"maximum": 3}, "other": {"$anchor": "named", "maximum": 3}, "with/slash": {"maximum": 3},
            "with space": {"maximum": 3},
        },
    }));
    let expected = pairs(&[("/a", "maximum"), ("/b", "maximum"), ("/c", "maximum"), ("/d", "maximum")]);
    assert_eq!(violations(&schema, json!({"a": 4, "b": 4, "c": 4, "d": 4})), expected);
    for reference in [
        "https://example.test/schema.json",
        "http://127.0.0.1:1/x",
        "file:///etc/passwd",
        "/etc/passwd",
        "other.json#/a",
        "urn:uuid:0",
        "#/$defs/nope",
        "#nope",
        "",
    ] {
        let error = refused(json!({"properties": {"a": {"$ref": reference}}}));
        assert!(matches!(error, SchemaError::Reference(_)), "{reference}: {error}");
    }
    assert!(matches!(refused(json!({"$ref": 1})), SchemaError::Reference(_)));
}

#[test]
fn a_reference_that_is_not_reached_is_not_fetched_either() {
    let error = refused(json!({"$defs": {"a": {"$ref": "file:///etc/passwd"}}}));
    assert!(matches!(error, SchemaError::Malformed(_)), "{error}");
}

#[test]
fn keywords_that_move_targets_are_refused() {
    for (schema, name) in [
        (json!({"$dynamicRef": "#a"}), "$dynamicRef"),
        (json!({"items": {"$dynamicAnchor": "a"}}), "$dynamicAnchor"),
        (json!({"not": {"$recursiveRef": "#"}}), "$recursiveRef"),
        (json!({"items": {"$id": "https://example.test/"}}), "$id below its root"),
    ] {
        assert_eq!(refused(schema), SchemaError::Unsupported(name));
    }
    for dialect in [json!("http://json-schema.org/draft-07/schema#"), json!("https://example.test/mine"), json!(1)] {
        assert_eq!(refused(json!({"$schema": dialect})), SchemaError::Dialect);
    }
}

#[test]
fn what_is_no_schema_is_refused() {
    for malformed in
        [json!(1), json!("x"), json!([]), json!({"type": "strin"}), json!({"minLength": -1}), json!({"required": "a"})]
    {
        assert!(matches!(refused(malformed.clone()), SchemaError::Malformed(_)), "{malformed}");
    }
    assert_eq!(violations(&schema(json!(true)), json!(1)), []);
    assert_eq!(violations(&schema(json!(false)), json!(1)), pairs(&[("", "falseSchema")]));
}

/// `{"$defs": {"d0": …}}` where each definition applies the next one twice, by `wrap`.
fn doubling(levels: usize, wrap: impl Fn(Value) -> Value) -> Value {
    let mut definitions = serde_json::Map::new();
    for level in 0..levels {
        definitions.insert(format!("d{level}"), wrap(json!({"$ref": format!("#/$defs/d{}", level + 1)})));
    }
    definitions.insert(format!("d{levels}"), json!({"type": "integer"}));
    json!({"$ref": "#/$defs/d0", "$defs": definitions})
}

#[test]
fn a_schema_that_doubles_itself_is_refused_before_it_is_compiled() {
    let wraps: [fn(Value) -> Value; 5] = [
        |next| json!({"allOf": [next, next]}),
        |next| json!({"anyOf": [next, next]}),
        |next| json!({"properties": {"a": next, "b": next}}),
        |next| json!({"items": next, "contains": next}),
        |next| json!({"if": next, "then": next}),
    ];
    for wrap in wraps {
        let hostile = doubling(25, wrap);
        assert!(hostile.to_string().len() < 2_000);
        assert_eq!(refused(hostile), SchemaError::TooManyNodes);
        schema(doubling(8, wrap));
    }
}

#[test]
fn a_schema_of_a_tree_is_a_schema() {
    let tree = schema(json!({
        "type": "object", "required": ["name"],
        "properties": {"name": {"type": "string"}, "left": {"$ref": "#"}, "right": {"$ref": "#"}, "rest": {"items": {"$ref": "#"}}},
    }));
    let value = json!({"name": "a", "left": {"name": "b", "rest": [{"name": "c"}, {"name": 1}]}, "right": {}});
    assert_eq!(violations(&tree, value), pairs(&[("/left/rest/1/name", "type"), ("/right", "required")]));
}

#[test]
fn a_reference_to_itself_at_the_same_place_is_refused() {
    for endless in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"not": {"anyOf": [{}, {"$ref": "#"}]}}),
        json!({"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"if": {"$ref": "#/$defs/a"}}}}),
    ] {
        assert!(matches!(refused(endless.clone()), SchemaError::Endless(_)), "{endless}");
    }
}

#[test]
fn a_list_that_doubles_with_the_depth_of_the_value_is_not_made() {
    // Twice as many checks at each level of the value: 2⁴⁰ times the same violation at its end.
    let doubling = schema(json!({
        "type": "object",
        "allOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}}],
    }));
    let deep = |end: Value| (0..40).fold(end, |inner, _| json!({"a": inner}));
    assert_eq!(violations(&doubling, deep(json!({}))), []);
    let listed = doubling.violations(&Json::from(deep(json!(1))));
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].message, "the value is not valid, and too large to say where");
}

#[test]
fn comparing_everything_with_everything_runs_out_of_steps() {
    let options: Vec<_> = (0..3_000).map(|n| json!([n])).collect();
    let schema = schema(json!({"items": {"enum": options}}));
    assert!(too_large(&schema, &Json::from(json!(vec![[2_999]; 30_000]))));
}

#[test]
fn schemas_times_values_fit_the_stack() {
    // 100 schemas deep by references, over a value 19 deep: 1,900 levels on a stack of 1 MiB.
    let list = (0..18).fold(json!(1), |inner, _| json!({"a": inner}));
    let mut definitions = serde_json::Map::new();
    for level in 0..96 {
        definitions.insert(format!("d{level}"), json!({"allOf": [true], "$ref": format!("#/$defs/d{}", level + 1)}));
    }
    definitions.insert("d96".to_owned(), json!({"properties": {"a": {"$ref": "#"}}, "maxProperties": 0}));
    let deep = schema(json!({"$ref": "#/$defs/d0", "$defs": definitions}));
    let check = move || {
        let listed = deep.violations(&Json::from(list));
        let deeper = (0..40).fold(json!(1), |inner, _| json!({"a": inner}));
        (listed.len(), too_large(&deep, &Json::from(deeper)))
    };
    let small_stack = thread::Builder::new().stack_size(1 << 20).spawn(check).unwrap();
    assert_eq!(small_stack.join().unwrap(), (18, true));
}

#[test]
fn a_chain_of_references_is_bounded() {
    let mut definitions = serde_json::Map::new();
    for level in 0..1_000 {
        definitions.insert(format!("d{level}"), json!({"$ref": format!("#/$defs/d{}", level + 1)}));
    }
    definitions.insert("d1000".to_owned(), json!(true));
    assert_eq!(refused(json!({"$ref": "#/$defs/d0", "$defs": definitions})), SchemaError::TooDeep);
}

#[test]
fn patterns_are_matched_in_linear_time_or_refused() {
    for pattern in ["(?=a)b", "(?<!a)b", "(a)\\1", "a{0,1000}{0,1000}{0,1000}", "("] {
        assert!(matches!(refused(json!({"pattern": pattern})), SchemaError::Malformed(_)), "{pattern}");
        let names = json!({"patternProperties": {pattern: {}}});
        assert!(matches!(refused(names), SchemaError::Malformed(_)), "{pattern}");
    }
    // A backtracking engine needs 2⁵⁰⁰⁰⁰ steps for this one.
    let linear = schema(json!({"pattern": "^(a+)+$"}));
    assert_eq!(violations(&linear, json!("a".repeat(50_000) + "!")), pairs(&[("", "pattern")]));
    let many: Vec<_> = (0..65).map(|n| json!({"pattern": format!("^{n}$")})).collect();
    assert_eq!(refused(json!({"anyOf": many})), SchemaError::TooManyPatterns);
}

#[test]
fn a_strangers_pattern_is_not_compiled() {
    let schema = schema(json!({"format": "regex"}));
    assert_eq!(violations(&schema, json!("(")), []);
}

#[test]
fn a_large_schema_is_refused_by_its_size() {
    let sized = |size: usize| {
        let text = json!({"const": ""}).to_string().len();
        json!({"const": "x".repeat(size - text)})
    };
    assert_eq!(refused(sized(512 << 10)), SchemaError::TooLarge);
    assert_eq!(refused(sized((64 << 10) + 1)), SchemaError::TooLarge);
    schema(sized(64 << 10));
}

#[test]
fn a_deep_schema_is_refused() {
    let deep = (0..100).fold(json!(true), |inner, _| json!({"items": inner}));
    assert_eq!(refused(deep), SchemaError::TooDeep);
}

proptest! {
    #[test]
    fn our_values_are_judged_as_the_librarys_own(value in values(), schema in schemas()) {
        let ours = Schema::compile(&Json::from(schema.clone())).unwrap();
        let theirs = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
        prop_assert_eq!(ours.violations(&Json::from(value.clone())).is_empty(), theirs.is_valid(&value));
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        (-3_i32..3).prop_map(|n| Value::from(f64::from(n) / 2.0)),
        "[ab]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[ab]", inner, 0..3).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"])
            .prop_map(|name| json!({"type": name})),
        values().prop_map(|value| json!({"const": value})),
        proptest::collection::vec(values(), 1..4).prop_map(|values| json!({"enum": values})),
        (0..3_u8).prop_map(|n| json!({"minLength": n, "minItems": n, "minProperties": n, "minimum": n})),
        (0..3_u8).prop_map(|n| json!({"maxLength": n, "maxItems": n, "maxProperties": n, "exclusiveMaximum": n})),
        Just(json!({"uniqueItems": true, "pattern": "^a", "multipleOf": 1, "required": ["a"]})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            (prop::sample::select(vec!["allOf", "anyOf", "oneOf", "prefixItems"]), list)
                .prop_map(|(name, list)| json!({name: list})),
            (
                prop::sample::select(vec![
                    "not",
                    "items",
                    "contains",
                    "additionalProperties",
                    "propertyNames",
                    "unevaluatedItems",
                    "unevaluatedProperties"
                ]),
                inner.clone()
            )
                .prop_map(|(name, schema)| json!({name: schema})),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| json!({"properties": {"a": a}, "patternProperties": {"b": b}})),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| json!({"if": a, "then": b, "else": c})),
        ]
    })
}
