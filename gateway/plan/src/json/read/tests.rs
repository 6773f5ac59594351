//! Tests of `read`.

use proptest::prelude::*;

use super::*;

fn all(text: &str) -> Result<Json, ReadError> {
    read(text.as_bytes(), &Projection::all())
}

fn fault(text: &str) -> (ReadFault, usize) {
    let error = all(text).unwrap_err();
    (error.fault, error.offset)
}

#[test]
fn every_kind_of_value_is_read() {
    let value = all(r#" {"a": [null, true, false, 12, -1.5, "x\n\u00e9\ud83d\ude00/"], "b": {}} "#).unwrap();
    assert_eq!(value.get(["a"]).unwrap().as_array().unwrap().len(), 6);
    assert_eq!(value.to_string(), "{\"a\":[null,true,false,12,-1.5,\"x\\né😀/\"],\"b\":{}}");
}

#[test]
fn numbers_are_kept_as_they_were_written() {
    for text in [
        "0",
        "-0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890",
        "19.90",
        "1.0",
        "1.50",
        "1e5",
        "1E+400",
        "-0.0",
        "0.1",
        "1e-7",
        "2.5e300",
    ] {
        assert_eq!(all(text).unwrap().to_string(), text);
    }
}

#[test]
fn numbers_take_the_form_that_holds_them() {
    assert_eq!(all("7").unwrap(), Json::Number(Number::Int(7)));
    assert_eq!(all("18446744073709551615").unwrap(), Json::Number(Number::UInt(u64::MAX)));
    assert_eq!(all("0.5").unwrap(), Json::Number(Number::Double(0.5)));
    assert_eq!(all("19.90").unwrap(), Json::Number(Number::Text("19.90".into())));
}

#[test]
fn what_rfc_8259_does_not_allow_is_refused_where_it_stands() {
    for (text, offset) in [
        ("", 0),
        ("nul", 0),
        ("{", 1),
        ("[1,]", 3),
        ("{\"a\" 1}", 5),
        ("{\"a\":1,}", 7),
        ("01", 1),
        ("1.", 2),
        (".5", 0),
        ("+1", 0),
        ("NaN", 0),
        ("Infinity", 0),
        ("1e", 2),
        ("'a'", 0),
        ("\"a", 2),
        ("\"\t\"", 1),
        ("\"\\x\"", 3),
        ("[1] 2", 4),
        ("// x\n1", 0),
        ("{a:1}", 1),
        ("\"\\u12g4\"", 3),
        ("\u{a0}1", 0),
        ("-", 1),
        ("[1 2]", 3),
        ("]", 0),
        ("true1", 4),
    ] {
        assert_eq!(fault(text), (ReadFault::Malformed, offset), "{text}");
    }
}

#[test]
fn half_a_surrogate_pair_is_refused() {
    assert_eq!(fault(r#""\ud800""#).0, ReadFault::Malformed);
    assert_eq!(fault(r#""\ude00\ud83d""#).0, ReadFault::Malformed);
}

#[test]
fn a_byte_order_mark_is_skipped_and_counts_for_nothing() {
    assert_eq!(all("\u{feff}{\"a\":1}").unwrap().to_string(), r#"{"a":1}"#);
    assert_eq!(fault("\u{feff}\u{feff}1").0, ReadFault::Malformed);
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_wherever_they_stand() {
    let error = read(b"{\"a\":\"\xff\"}", &Projection::nothing()).unwrap_err();
    assert_eq!(error, ReadError { fault: ReadFault::NotText, offset: 6 });
}

#[test]
fn of_repeated_names_the_last_one_counts() {
    assert_eq!(all(r#"{"a":{"b":1},"c":2,"a":3}"#).unwrap().to_string(), r#"{"a":3,"c":2}"#);
}

#[test]
fn sixty_four_levels_are_read_and_one_more_is_not() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(all(&nested(64)).is_ok());
    assert_eq!(fault(&nested(65)), (ReadFault::TooDeep, 64));
    assert_eq!(fault(&"[".repeat(1_000_000)).0, ReadFault::TooDeep);
    let members = format!("{}1{}", "{\"a\":".repeat(65), "}".repeat(65));
    assert_eq!(read(members.as_bytes(), &Projection::nothing()).unwrap_err().fault, ReadFault::TooDeep);
}

#[test]
fn a_hundred_thousand_values_are_read_and_one_more_is_not() {
    let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
    assert!(all(&list(99_999)).is_ok());
    assert_eq!(fault(&list(100_000)).0, ReadFault::TooManyValues);
    let error = read(list(100_000).as_bytes(), &Projection::nothing()).unwrap_err();
    assert_eq!(error.fault, ReadFault::TooManyValues);
}

#[test]
fn values_beyond_the_memory_of_one_body_are_refused_unless_nobody_wants_them() {
    let text = format!("[\"{}\"]", "x".repeat(JSON_TREE_SIZE + 1));
    assert_eq!(fault(&text).0, ReadFault::TooLarge);
    assert!(read(text.as_bytes(), &Projection::nothing()).is_ok());
}

#[test]
fn only_what_is_wanted_is_built() {
    let text = br#"{"a":{"b":[1,2],"c":3},"d":{"e":4,"f":[5]},"g":"x","h":[{"i":6}]}"#;
    let mut wanted = Projection::nothing();
    assert_eq!(read(text, &wanted).unwrap(), Json::Null);
    wanted.add(["a", "b"]);
    wanted.add(["d"]);
    wanted.add(["h", "i"]);
    wanted.add(["g", "z"]);
    assert_eq!(read(text, &wanted).unwrap().to_string(), r#"{"a":{"b":[1,2]},"d":{"e":4,"f":[5]},"g":"x","h":[]}"#);
    wanted.add([]);
    assert_eq!(read(text, &wanted).unwrap(), read(text, &Projection::all()).unwrap());
}

#[test]
fn what_nobody_wants_is_checked_all_the_same() {
    for text in [r#"{"a":[1,}"#, r#"{"a":"\q"}"#, r#"{"a":01}"#, r#"{"a":1} x"#] {
        assert!(read(text.as_bytes(), &Projection::nothing()).is_err(), "{text}");
    }
}

/// Texts that are nearly JSON: values written out, then broken at one place.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    (crate::json::tests::values(), any::<prop::sample::Index>(), any::<u8>(), 0..4_u8).prop_map(
        |(value, place, byte, how)| {
            let mut text = value.to_string().into_bytes();
            let at = place.index(text.len());
            match how {
                0 => text[at] = byte,
                1 => drop(text.remove(at)),
                2 => text.insert(at, byte),
                _ => {}
            }
            text
        },
    )
}

proptest! {
    #[test]
    fn serde_json_accepts_the_same_texts(text in prop_oneof![nearly_json(), "[\\[\\]{}\":,0-9eE.+\\- tfnul\\\\]{0,24}".prop_map(String::into_bytes)]) {
        // Deeper than ours and without ours: a byte order mark, and doubles out of range.
        prop_assume!(!text.starts_with(b"\xef\xbb\xbf"));
        let theirs = serde_json::from_slice::<serde_json::Value>(&text);
        let out_of_range = theirs.as_ref().is_err_and(|error| error.to_string().contains("number out of range"));
        prop_assume!(!out_of_range);
        let ours = read(&text, &Projection::all());
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", String::from_utf8_lossy(&text));
        prop_assert_eq!(read(&text, &Projection::nothing()).is_ok(), theirs.is_ok());
    }

    #[test]
    fn a_projection_yields_what_reading_all_and_picking_would(value in crate::json::tests::values(), names in prop::collection::vec("[ab]", 0..3)) {
        let text = value.to_string();
        let mut wanted = Projection::nothing();
        wanted.add(names.iter().map(String::as_str));
        let part = read(text.as_bytes(), &wanted).unwrap();
        let whole = all(&text).unwrap();
        prop_assert_eq!(part.get(names.iter().map(String::as_str)), whole.get(names.iter().map(String::as_str)));
    }
}
