//! What a validation may cost is reckoned before it is paid.

use serde_json::json;

use super::{Json, SchemaError, refused, schema, too_large, violations};

fn bits(length: usize) -> String {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 31 == 0 { '0' } else { '1' }
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn a_pattern_with_more_states_than_are_kept_pays_for_all_of_itself() {
    let longest = refused(json!({"pattern": "[01]*1[01]{5000}x"}));
    assert!(matches!(longest, SchemaError::Malformed(_)), "{longest}");
    for pattern in ["[01]*1[01]{2000}x", "[01]*1[01]{1000}x", "[01]*1[01]{200}x"] {
        let hostile = schema(json!({"type": "string", "pattern": pattern}));
        assert!(too_large(&hostile, &Json::text(&bits(1_000_000))), "{pattern}");
    }
    let small = schema(json!({"pattern": "[01]*1[01]{200}x"}));
    assert_eq!(violations(&small, json!(bits(1_000))).len(), 1);
}

#[test]
fn a_common_pattern_is_cheap_for_a_long_text() {
    for pattern in [
        "^[A-Za-z0-9+/=]*$",
        "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$",
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$",
        "^[^@\\s]+@[^@\\s]+\\.[a-z]{2,63}$",
        "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$",
        "^.{1,255}$",
        "^\\p{L}+$",
    ] {
        let common =
            schema(json!({"type": "object", "properties": {"id": {"pattern": pattern}, "text": {"type": "string"}}}));
        let value = json!({"id": "x".repeat(20_000), "text": "x".repeat(900_000)});
        assert!(!too_large(&common, &Json::from(value)), "{pattern}");
        assert_eq!(common.extent.text, 8, "{pattern}");
    }
}

#[test]
fn a_long_name_pays_for_each_pattern_that_looks_at_it() {
    let names: Vec<_> = (0..2_000).map(|_| json!({"$ref": "#/$defs/n"})).collect();
    let hostile = schema(json!({"allOf": names, "$defs": {"n": {"propertyNames": {"pattern": "[01]*1[01]{14}x|y"}}}}));
    // It matches at its very end.
    let value = json!({bits(500_000) + "y": 1});
    assert!(too_large(&hostile, &Json::from(value)));
    let members = schema(json!({"patternProperties": {"[01]*1[01]{1000}x": true}}));
    assert!(too_large(&members, &Json::from(json!({bits(100_000): 1}))));
}

#[test]
fn a_long_number_pays_for_its_digits() {
    let bounds: Vec<_> = (0..3_000).map(|n| json!({"maximum": n})).collect();
    let hostile = schema(json!({"not": {"anyOf": bounds}}));
    let number: Json = serde_json::from_str(&"9".repeat(980_000)).unwrap();
    assert!(too_large(&hostile, &number));
}

#[test]
fn bytes_pay_for_being_written_as_text() {
    let lengths: Vec<_> = (0..1_000).map(|n| json!({"minLength": n})).collect();
    let hostile = schema(json!({"allOf": lengths}));
    assert!(too_large(&hostile, &Json::Bytes(vec![7; 1 << 20].into())));
}
