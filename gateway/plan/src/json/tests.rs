//! Tests of `json`.

use proptest::prelude::*;

use super::*;

/// Any value, small.
pub(crate) fn values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_filter_map("finite", |value| Number::double(value).map(Json::Number)),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?"
            .prop_map(|text| Json::Number(Number::from_text(&text))),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::list),
            prop::collection::vec(("[ab]|.{0,3}", inner), 0..5).prop_map(|members| {
                Json::Object(Arc::new(members.into_iter().map(|(name, value)| (name.into(), value)).collect()))
            }),
        ]
    })
}

#[test]
fn a_path_leads_through_objects_only() {
    let value = Json::object([("a", Json::object([("b", Json::from(1_i64))])), ("c", Json::list([Json::Null]))]);
    assert_eq!(value.get(["a", "b"]), Some(&Json::from(1_i64)));
    assert_eq!(value.get(["a", "x"]), None);
    assert_eq!(value.get(["c", "0"]), None);
    assert_eq!(value.get([]), Some(&value));
}

#[test]
fn text_is_escaped_where_json_asks_for_it_and_nowhere_else() {
    assert_eq!(Json::text("\"\\/\n\r\t\u{1}\u{7f}é😀<>").to_string(), "\"\\\"\\\\/\\n\\r\\t\\u0001\u{7f}é😀<>\"");
}

#[test]
fn bytes_are_written_as_base64() {
    assert_eq!(Json::Bytes(Bytes::from_static(&[0, 255])).to_string(), "\"AP8=\"");
}

#[test]
fn a_value_without_its_bytes_is_what_its_text_says() {
    let bytes = Json::Bytes(Bytes::from_static(&[0, 255]));
    let value = Json::object([("a", Json::list([bytes, Json::text("x")])), ("b", Json::Null)]);
    let plain = value.clone().without_bytes();
    assert_eq!(plain, Json::object([("a", Json::list([Json::text("AP8="), Json::text("x")])), ("b", Json::Null)]));
    assert_eq!(plain.to_string(), value.to_string());
}

#[test]
fn numbers_survive_serde_json() {
    let text = r#"{"a":[123456789012345678901234567890,19.90,-0,1.0,18446744073709551615]}"#;
    let value: Json = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), text);
    let through: Json = serde_json::from_value(serde_json::to_value(Json::from(5_i64)).unwrap()).unwrap();
    assert_eq!(through, Json::from(5_i64));
}

#[test]
fn what_we_wrote_ourselves_is_read_whatever_its_size() {
    let text = format!("[{}0]", "0,".repeat(200_000));
    assert_eq!(serde_json::from_str::<Json>(&text).unwrap().as_array().unwrap().len(), 200_001);
}

#[test]
fn a_value_inside_a_structure_survives_serde_json() {
    #[derive(serde::Serialize, serde::Deserialize)]
    enum Kind {
        Set(Json),
    }
    let text = r#"{"Set":{"price":19.90}}"#;
    assert_eq!(serde_json::to_string(&serde_json::from_str::<Kind>(text).unwrap()).unwrap(), text);
}

#[test]
fn a_size_is_that_of_the_text_with_its_digits_and_escapes() {
    for text in [r#"{"abcdef":0}"#, r#"["\u0001\n\"\\é",-10,9223372036854775808,0.5,1e400,true,false,null,[],{}]"#] {
        let value = read(text.as_bytes(), &Projection::All).unwrap();
        assert_eq!((value.text_size(), value.to_string()), (text.len(), text.to_owned()));
    }
    let bytes = Json::Bytes(vec![0; 4].into());
    assert_eq!((bytes.text_size(), bytes.to_string()), (10, r#""AAAAAA==""#.to_owned()));
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(value in values()) {
        let text = value.to_string();
        prop_assert_eq!(value.text_size(), text.len());
        prop_assert_eq!(&read(text.as_bytes(), &Projection::all()).unwrap(), &value);
        prop_assert_eq!(&serde_json::to_string(&value).unwrap(), &text);
        prop_assert_eq!(&serde_json::from_str::<Json>(&text).unwrap(), &value);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() || text.contains(['e', 'E']));
    }
}
