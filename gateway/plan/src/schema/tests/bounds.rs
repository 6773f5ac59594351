//! What is counted is what is run: schemas that look small to one side alone are refused.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Json, Schema, SchemaError, refused, schema, too_large, violations};

/// Definitions of which each applies the one before twice, at the same place of the value; the first is `leaf`.
fn fan(levels: usize, leaf: Value) -> Map<String, Value> {
    let mut definitions = Map::from_iter([("n0".to_owned(), leaf)]);
    for level in 1..=levels {
        let before = json!({"$ref": format!("#/$defs/n{}", level - 1)});
        definitions.insert(format!("n{level}"), json!({"allOf": [before, before]}));
    }
    definitions
}

#[test]
fn a_fan_is_refused_under_every_keyword_that_applies_a_schema() {
    let top = json!({"$ref": "#/$defs/n22"});
    for name in [
        "not",
        "if",
        "items",
        "contains",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    ] {
        let mut hostile = Map::from_iter([(name.to_owned(), top.clone())]);
        hostile.insert("$defs".to_owned(), fan(22, json!(false)).into());
        assert_eq!(refused(hostile.into()), SchemaError::TooManyNodes, "{name}");
    }
    for name in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        let mut hostile = Map::from_iter([(name.to_owned(), json!([top]))]);
        hostile.insert("$defs".to_owned(), fan(22, json!(false)).into());
        assert_eq!(refused(hostile.into()), SchemaError::TooManyNodes, "{name}");
    }
    for name in ["properties", "patternProperties", "dependentSchemas", "dependencies"] {
        let mut hostile = Map::from_iter([(name.to_owned(), json!({"a": top}))]);
        hostile.insert("$defs".to_owned(), fan(22, json!(false)).into());
        assert_eq!(refused(hostile.into()), SchemaError::TooManyNodes, "{name}");
    }
}

#[test]
fn keywords_of_other_drafts_are_walked_or_refused() {
    assert_eq!(refused(json!({"additionalItems": false})), SchemaError::Unsupported("additionalItems"));
    // A list of items is another draft's, and the library applies it where the dialect's own schema does not look.
    let hidden = json!({"$ref": "#/x", "x": {"items": [{"$ref": "#/$defs/n22"}]}, "$defs": fan(22, json!(false))});
    assert!(matches!(refused(hidden), SchemaError::Malformed(_)));
    let both = schema(json!({"dependencies": {"a": {"required": ["b"]}, "c": ["d"]}}));
    assert_eq!(violations(&both, json!({"a": 1, "c": 1})).len(), 2);
    assert_eq!(violations(&both, json!({"a": 1, "b": 1})), []);
    let endless = json!({"dependencies": {"a": {"$ref": "#"}}});
    assert!(matches!(refused(endless), SchemaError::Endless(_)));
}

#[test]
fn a_chain_under_dependencies_is_as_deep_as_another() {
    let mut definitions = Map::new();
    for level in 0..1_500 {
        definitions.insert(level.to_string(), json!({"not": {"$ref": format!("#/$defs/{}", level + 1)}}));
    }
    definitions.insert("1500".to_owned(), json!({"properties": {"a": {"$ref": "#/$defs/0"}}}));
    let hostile = json!({"dependencies": {"a": {"$ref": "#/$defs/0"}}, "$defs": definitions});
    assert_eq!(refused(hostile), SchemaError::TooDeep);
}

#[test]
fn a_name_that_a_pointer_jumps_over_is_refused() {
    let mut definitions = fan(0, json!(true));
    definitions.insert("a".to_owned(), json!({"$id": "http://x.example/a", "$defs": fan(22, json!(false))}));
    let hostile = json!({"$ref": "#/$defs/a/$defs/n22", "$defs": definitions});
    assert_eq!(refused(hostile), SchemaError::Unsupported("$id below its root"));
    let other = json!({"$ref": "#/x/y", "x": {"$schema": "http://json-schema.org/draft-07/schema#", "y": true}});
    assert_eq!(refused(other), SchemaError::Unsupported("$schema below its root"));
    // A property may have any name.
    let named = schema(json!({"properties": {"$id": {"type": "integer"}, "$schema": true, "$anchor": {}}}));
    assert_eq!(violations(&named, json!({"$id": "x"})).len(), 1);
}

#[test]
fn an_anchor_that_stands_twice_is_refused() {
    let mut definitions = fan(22, json!(false));
    definitions.insert("z".to_owned(), json!({"$anchor": "x", "$ref": "#/$defs/n22"}));
    let hostile = json!({"$a": {"$anchor": "x"}, "$ref": "#x", "$defs": definitions});
    assert_eq!(refused(hostile), SchemaError::Ambiguous("x".to_owned()));
    // Both sides must find the same, and one of them undoes escapes.
    let escaped = json!({"$ref": "#%78", "$defs": {"a": {"$anchor": "x"}}});
    assert_eq!(refused(escaped), SchemaError::Reference("#%78".to_owned()));
}

#[test]
fn the_name_of_a_schema_leads_nowhere_else() {
    // By this name the library knows a schema of its own, whose first definition is another.
    let named = schema(json!({
        "$id": "https://json-schema.org/draft/2020-12/schema", "$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}},
    }));
    assert_eq!(violations(&named, json!("x")).len(), 1);
}

#[test]
fn errors_that_copy_the_schema_are_not_listed_by_the_thousand() {
    let definitions = fan(10, json!({"not": {"description": "x".repeat(60_000)}}));
    let copies = schema(json!({"$ref": "#/$defs/n10", "$defs": definitions}));
    let listed = copies.violations(&Json::from(json!(1)));
    assert_eq!(listed[0].message, "the value is not valid, and too large to say where");
    // Each error has its path, and here the sender wrote a long one.
    let numbers = schema(json!({"additionalProperties": {"items": {"type": "integer"}}}));
    let value = json!({"n".repeat(20_000): vec!["x"; 2_000]});
    let listed = numbers.violations(&Json::from(value));
    assert_eq!(listed[0].message, "the value is not valid, and too large to say where");
}

#[test]
fn what_is_listed_of_each_item_is_bounded_by_the_schema_too() {
    // Nothing of these looks at the value, so nothing but their errors is counted.
    let silent = schema(json!({"items": {"$ref": "#/$defs/n11"}, "$defs": fan(11, json!(false))}));
    let listed = silent.violations(&Json::from(json!(vec![0; 50_000])));
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].message, "the value is not valid, and too large to say where");
}

#[test]
fn schemas_whose_rest_is_judged_end() {
    let nested = |levels: usize| {
        let inner = json!({"properties": {"a": true}});
        schema((0..levels).fold(inner, |inner, _| json!({"allOf": [inner], "unevaluatedProperties": false})))
    };
    assert_eq!(violations(&nested(4), json!({"a": 1})), []);
    // Each level judges what is below it once more.
    assert!(too_large(&nested(20), &Json::from(json!({"a": 1}))));
}

/// A reference to one of four definitions in one of the ways that there are, not back.
fn reference(level: usize) -> impl Strategy<Value = Value> {
    (level + 1..4_usize, 0..5_usize).prop_map(|(to, way)| {
        let text = match way {
            0 | 1 => format!("#/$defs/d{to}"),
            2 => format!("#a{to}"),
            3 => format!("#/$defs/w/$defs/d{to}"),
            _ => format!("#/x/d{to}"),
        };
        json!({"$ref": text})
    })
}

/// Definitions that apply later ones, three times each; the last is false.
fn definitions() -> impl Strategy<Value = Map<String, Value>> {
    let one = |level: usize| {
        (proptest::collection::vec(reference(level), 3), 0..5_u8, any::<bool>()).prop_map(move |(list, kind, named)| {
            let mut one = match kind {
                0 => json!(false),
                1 => json!({"allOf": list}),
                2 => json!({"dependencies": {"a": {"allOf": list}}}),
                3 => json!({"dependentSchemas": {"a": {"allOf": list}}}),
                _ => json!({"anyOf": [false], "allOf": list}),
            };
            if let (true, Some(keywords)) = (named, one.as_object_mut()) {
                keywords.insert("$anchor".to_owned(), format!("a{level}").into());
            }
            (format!("d{level}"), one)
        })
    };
    (one(0), one(1), one(2)).prop_map(|(a, b, c)| Map::from_iter([a, b, c, ("d3".to_owned(), json!(false))]))
}

proptest! {
    #[test]
    fn no_more_errors_are_listed_than_schemas_are_counted(
        (outer, inner, unknown) in (definitions(), definitions(), definitions()),
        start in reference(0),
        (moved, has_inner, has_unknown) in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let mut root = Map::from_iter([("allOf".to_owned(), json!([start, {"$ref": "#/$defs/d0"}]))]);
        let mut definitions = outer;
        if has_inner {
            let mut inner = Map::from_iter([("$defs".to_owned(), inner.into())]);
            if moved {
                inner.insert("$id".to_owned(), "http://x.example/w".into());
            }
            definitions.insert("w".to_owned(), inner.into());
        }
        root.insert("$defs".to_owned(), definitions.into());
        if has_unknown {
            root.insert("x".to_owned(), unknown.into());
        }
        let root = Value::Object(root);
        if let Ok(ours) = Schema::compile(&Json::from(root.clone())) {
            let theirs = jsonschema::draft202012::options().offline().build(&root).unwrap();
            let errors = theirs.iter_errors(&json!({"a": 1})).count();
            prop_assert!(errors <= ours.extent.nodes, "{} of {}", errors, ours.extent.nodes);
        }
    }
}
