//! Numbers and other values that must come out as they went in.

use super::*;
use crate::json::{Number, Projection, read};

/// The JSON text of the value of an expression over `$context.data`, which is given as text.
fn over_text(data: &str, source: &str) -> String {
    let data = read(data.as_bytes(), &Projection::all()).unwrap();
    let scope = scope(json!({})).with("$context", Json::object([("data", data)]));
    Expr::compile(source).unwrap().eval(&scope).unwrap_or_else(|error| panic!("{source}: {error}")).to_string()
}

#[test]
fn integers_are_exact_to_64_bits() {
    let data = r#"{"id":9007199254740993,"low":-9223372036854775808,"high":18446744073709551615}"#;
    assert_eq!(over_text(data, "$context.data.id + 1"), "9007199254740994");
    assert_eq!(over_text(data, "string($context.data.id)"), "\"9007199254740993\"");
    assert_eq!(over_text(data, "$context.data.low"), "-9223372036854775808");
    assert_eq!(over_text(data, "$context.data.high == 18446744073709551615u"), "true");
    assert_eq!(over_text(data, "[$context.data.high]"), "[18446744073709551615]");
}

#[test]
fn larger_numbers_and_their_spelling_are_kept_as_written() {
    let data = r#"{"big":123456789012345678901234567890,"price":19.90,"exp":1e3}"#;
    for (source, value) in [
        ("$context.data.big", "123456789012345678901234567890"),
        ("[$context.data.price, $context.data.exp]", "[19.90,1e3]"),
        ("{'p': true ? $context.data.price : 0.0}", r#"{"p":19.90}"#),
        ("$context.data.?price.orValue(0.0)", "19.90"),
        ("cel.bind(p, $context.data.price, [p])", "[19.90]"),
        ("[$context.data].map(d, d.price)", "[19.90]"),
        ("toJson($context.data.price)", "\"19.90\""),
        ("list($context.data.big)", "[123456789012345678901234567890]"),
    ] {
        assert_eq!(over_text(data, source), value, "{source}");
    }
}

#[test]
fn a_number_that_is_kept_as_written_counts_as_the_nearest_double() {
    let data = r#"{"price":19.90,"list":[19.90,0.10,1.5],"whole":1.0e0}"#;
    for (source, value) in [
        ("$context.data.price + 0.1", "20.0"),
        ("0.1 + $context.data.price", "20.0"),
        ("$context.data.price + $context.data.price", "39.8"),
        ("$context.data.price * 2.0", "39.8"),
        ("-$context.data.price", "-19.9"),
        ("$context.data.price == 19.9 && 19.9 == $context.data.price", "true"),
        ("$context.data.price == $context.data.list[0]", "true"),
        ("$context.data.price != 20.0 && $context.data.price < 20 && 20 > $context.data.price", "true"),
        ("$context.data.price in [1.0, 19.9] && 19.9 in $context.data.list", "true"),
        ("[$context.data.price] == [19.9] && [19.9] == [$context.data.price]", "true"),
        ("type($context.data.price) == double", "true"),
        ("int($context.data.price)", "19"),
        ("string($context.data.price)", "\"19.9\""),
        ("math.greatest($context.data.list)", "19.9"),
        ("$context.data.list.sort()", "[0.1,1.5,19.9]"),
        ("sum($context.data.list)", "21.5"),
        ("'%.2f'.format([$context.data.price])", "\"19.90\""),
        ("[10, 20][$context.data.whole]", "20"),
        ("$context.data.list.map(x, x + 1.0)", "[20.9,1.1,2.5]"),
    ] {
        assert_eq!(over_text(data, source), value, "{source}");
    }
}

#[test]
fn what_was_sent_equals_what_is_written_out() {
    let data = json!({"a": {"n": [1, {"x": null}], "s": "t"}, "b": {"s": "t", "n": [1, {"x": null}]}});
    for (source, value) in [
        ("$context.data.a == $context.data.b", "true"),
        ("$context.data.a == {'s': 't', 'n': [1.0, {'x': null}]}", "true"),
        ("{'s': 't', 'n': [1u, {'x': null}]} == $context.data.a", "true"),
        ("{'s': 't'} == $context.data.a", "false"),
        ("$context.data.a.n != [1]", "true"),
        ("[$context.data.a].distinct() == [$context.data.a]", "true"),
        ("$context.data.a == null", "false"),
        ("null != $context.data.a", "true"),
        ("$context.data.a == 1", "false"),
        ("$context.data.?a == optional.of($context.data.b)", "true"),
    ] {
        assert_eq!(over(&data, source), value, "{source}");
    }
}

#[test]
fn lists_that_were_sent_and_lists_that_were_made_add_up() {
    let data = json!({"l": [1, 2], "m": {"a": 1}});
    assert_eq!(over(&data, "$context.data.l + [3]"), "[1,2,3]");
    assert_eq!(over(&data, "[0] + $context.data.l + $context.data.l"), "[0,1,2,1,2]");
    let error = eval("[1] + $context.data.m", json!({"data": data})).unwrap_err();
    assert_eq!(error.message, "evaluating `[1] + $context.data.m`: `+` does not take (list, map)");
}

#[test]
fn what_was_sent_comes_out_in_the_order_it_was_sent_in() {
    let data = r#"{"z":1,"a":{"y":1,"b":2},"m":"{\"q\":1,\"c\":2.50}"}"#;
    assert_eq!(over_text(data, "[$context.data.a]"), r#"[{"y":1,"b":2}]"#);
    assert_eq!(over_text(data, "json($context.data.m)"), r#"{"q":1,"c":2.50}"#);
    assert_eq!(over_text(data, "json($context.data.m).map(k, k)"), r#"["q","c"]"#);
    assert_eq!(over_text(data, "toJson({'x': $context.data.a})"), r#""{\"x\":{\"y\":1,\"b\":2}}""#);
}

#[test]
fn kinds_of_values_that_json_does_not_have_become_text() {
    assert_eq!(text("timestamp('2026-11-24T12:00:00.5Z') + duration('1h')"), "\"2026-11-24T13:00:00.5Z\"");
    assert_eq!(text("duration('1h30m')"), "\"5400s\"");
    assert_eq!(text("b'\\x00\\xff'"), "\"AP8=\"");
    assert_eq!(text("type(1)"), "\"int\"");
    assert_eq!(text("{1: 'a', 2: 'b'}"), r#"{"1":"a","2":"b"}"#);
}

#[test]
fn a_number_that_json_cannot_hold_is_an_error() {
    for source in ["1.0 / 0.0", "[0.0 / 0.0]", "toJson(-1.0 / 0.0)"] {
        assert_eq!(eval(source, json!({})).unwrap_err().reason, StepReason::ExpressionFailed, "{source}");
    }
}

#[test]
fn a_value_that_nests_deeper_than_json_may_is_an_error() {
    let deep = (0..64).fold(Json::Null, |inner, _| Json::list([inner]));
    let scope = scope(json!({})).with("$vars", Json::object([("deep", deep.clone())]));
    assert_eq!(Expr::compile("true ? $vars.deep : 1").unwrap().eval(&scope).unwrap(), deep);
    let error = Expr::compile("[$vars.deep]").unwrap().eval(&scope).unwrap_err();
    assert_eq!(error.message, "evaluating `[$vars.deep]`: a value nested deeper than 64");
}

#[test]
fn raw_bytes_are_bytes() {
    let scope = scope(json!({})).with("$context", Json::object([("raw", Json::Bytes(b"\xff{}".to_vec().into()))]));
    let eval = |source: &str| Expr::compile(source).unwrap().eval(&scope).unwrap().to_string();
    assert_eq!(eval("size($context.raw)"), "3");
    assert_eq!(eval("base64.encode($context.raw)"), "\"/3t9\"");
    assert_eq!(eval("sha256($context.raw) == sha256(b'\\xff{}')"), "true");
}

#[test]
fn a_lent_text_is_not_copied() {
    let text = "x".repeat(900_000);
    let scope = scope(json!({"data": text}));
    // Ten copies would be beyond what one expression may build.
    let expr = Expr::compile("[$context.data, $context.data].all(t, t == $context.data)").unwrap();
    assert_eq!(expr.eval(&scope), Ok(Json::Bool(true)));
    let whole = Expr::compile("true ? $context.data : ''").unwrap().eval(&scope).unwrap();
    assert_eq!(whole.as_str().map(str::len), Some(900_000));
}

#[test]
fn typed_values_keep_what_json_would_lose() {
    let bindings = Bindings::new(scope(json!({})))
        .with("u", &Typed::UInt(1))
        .with("m", &Typed::Map(vec![(Typed::Int(1), Typed::Bytes(vec![0]))]))
        .with("a.b", &Typed::Double(f64::NAN))
        .with_json("j", Json::object([("n", Json::Number(Number::Int(2)))]));
    let eval = |source: &str| evaluate(source, &bindings).unwrap();
    assert_eq!(eval("u"), Typed::UInt(1));
    assert_eq!(eval("m[1]"), Typed::Bytes(vec![0]));
    assert_eq!(eval("m"), Typed::Map(vec![(Typed::Int(1), Typed::Bytes(vec![0]))]));
    assert_eq!(eval("a.b != a.b"), Typed::Bool(true));
    assert_eq!(eval("j.n"), Typed::Int(2));
    assert_eq!(eval("{{ timestamp('2026-01-01T00:00:00Z') }}"), Typed::Timestamp("2026-01-01T00:00:00Z".into()));
    assert_eq!(eval("type(duration('1s'))"), Typed::Type("google.protobuf.Duration".into()));
    assert_eq!(eval("optional.of(1)"), Typed::Optional(Some(Box::new(Typed::Int(1)))));
}

#[test]
fn typed_values_are_shown_as_json_that_always_works() {
    let shown = |value: Typed| format!("{} {}", value.type_name(), value.to_json());
    assert_eq!(shown(Typed::Bytes(vec![0, 255])), "bytes \"AP8=\"");
    assert_eq!(shown(Typed::Double(f64::NAN)), "double \"NaN\"");
    assert_eq!(shown(Typed::Double(f64::NEG_INFINITY)), "double \"-Infinity\"");
    assert_eq!(shown(Typed::Double(2.0)), "double 2.0");
    assert_eq!(shown(Typed::UInt(u64::MAX)), "uint 18446744073709551615");
    assert_eq!(shown(Typed::Map(vec![(Typed::Bool(true), Typed::Null)])), "map {\"true\":null}");
    assert_eq!(shown(Typed::Duration("1.5s".into())), "google.protobuf.Duration \"1.5s\"");
}
