//! Our own functions, and the language's extensions.

use super::*;

#[test]
fn a_header_is_found_in_any_case_and_is_empty_when_absent() {
    let context = json!({"headers": {"x-github-event": "push"}});
    assert_eq!(eval("header('X-GitHub-Event')", context.clone()).unwrap(), Json::text("push"));
    assert_eq!(eval("header('x-github-event') == 'push'", context.clone()).unwrap(), Json::Bool(true));
    assert_eq!(eval("header('X-' + 'Absent')", context).unwrap(), Json::text(""));
}

#[test]
fn list_makes_a_list_of_one_thing_of_several_and_of_nothing() {
    let data = json!({"one": {"id": 1}, "several": [{"id": 1}, {"id": 2}], "none": null});
    assert_eq!(over(&data, "list($context.data.one).map(x, x.id)"), "[1]");
    assert_eq!(over(&data, "list($context.data.several).map(x, x.id)"), "[1,2]");
    assert_eq!(over(&data, "list($context.data.none)"), "[]");
    assert_eq!(text("list('a')"), r#"["a"]"#);
}

#[test]
fn sum_adds_integers_exactly_and_doubles_among_them() {
    assert_eq!(text("sum([1, 2, 3])"), "6");
    assert_eq!(text("sum([])"), "0");
    assert_eq!(text("sum([1, 0.5])"), "1.5");
    assert_eq!(text("sum([9223372036854775807, 1])"), "9223372036854775808");
    assert_eq!(over(&json!([9_007_199_254_740_993_i64, 1]), "sum($context.data)"), "9007199254740994");
    assert!(eval("sum(['a'])", json!({})).is_err());
    assert!(eval("sum([18446744073709551615u, 1])", json!({})).is_err());
}

#[test]
fn json_reads_text_and_to_json_writes_it() {
    assert_eq!(text(r#"json('{"a": [1, 2.50]}').a[1]"#), "2.50");
    assert_eq!(text(r#"json('{"a": {"b": "c"}}').a.b + 'd'"#), r#""cd""#);
    assert_eq!(text("json('[1,2]') == [1, 2]"), "true");
    assert_eq!(text("toJson({'a': [1, null, 'x']})"), r#""{\"a\":[1,null,\"x\"]}""#);
    assert_eq!(over(&json!({"b": 1, "a": "é"}), "toJson($context.data)"), r#""{\"b\":1,\"a\":\"é\"}""#);
    let error = eval("json('{')", json!({})).unwrap_err();
    assert_eq!(error.message, "evaluating `json('{')`: `json` cannot be done with its arguments");
}

#[test]
fn now_is_the_time_of_the_scope() {
    assert_eq!(text("now()"), "\"2026-11-24T12:00:00Z\"");
    assert_eq!(text("now() - duration('24h') < now()"), "true");
    assert_eq!(text("now().getFullYear()"), "2026");
    assert_eq!(text("int(now())"), "1795521600");
}

#[test]
fn ids_differ_within_a_place_and_repeat_with_it() {
    let expr = Expr::compile("[uuid(), uuid()] + [1, 2].map(x, uuid())").unwrap();
    let place = || scope(json!({}));
    let first = expr.eval(&place()).unwrap();
    assert_eq!(first.to_string(), expr.eval(&place()).unwrap().to_string(), "a resumed run sees the same values");
    let ids = first.as_array().unwrap();
    let mut distinct: Vec<_> = ids.iter().map(ToString::to_string).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 4);
    let shared = place();
    assert_ne!(expr.eval(&shared).unwrap(), expr.eval(&shared).unwrap(), "two templates of one step");
    let elsewhere = place().at(Timestamp::UNIX_EPOCH, Uuid::max());
    assert_ne!(expr.eval(&elsewhere).unwrap(), first);
    let id: Uuid = ids[0].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 5);
}

#[test]
fn digests_are_lower_case_hexadecimal() {
    // FIPS 180-2, appendix B.1; RFC 4231, section 4.3.
    assert_eq!(text("sha256('abc')"), "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
    assert_eq!(
        text("hmacSha256('Jefe', 'what do ya want for nothing?')"),
        "\"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\""
    );
    assert_eq!(text("hmacSha256(b'k', b'a') == hmacSha256('k', 'a')"), "true");
    assert!(eval("sha256(1)", json!({})).is_err());
}

#[test]
fn patterns_match_extract_and_replace() {
    for (source, value) in [
        ("'foobar'.matches('o+b')", "true"),
        ("matches('foobar', '^b')", "false"),
        ("regex.extract('v1.22', 'v([0-9]+)')", r#""1""#),
        ("regex.extract('item-A', '[A-Z]').orValue('')", r#""A""#),
        ("regex.extract('none', '[0-9]').hasValue()", "false"),
        ("regex.extractAll('a1 b2', '[a-z]([0-9])')", r#"["1","2"]"#),
        (r"regex.replace('ab-cd', '(\\w+)-(\\w+)', '\\2/\\1')", r#""cd/ab""#),
        ("regex.replace('aaa', 'a', 'b', 2)", r#""bba""#),
        ("regex.replace('aaa', 'a', 'b', -1)", r#""bbb""#),
        (r"regex.replace('a', 'a', '\\\\')", r#""\\""#),
        ("regex.replace('éa', '', '-')", r#""-é-a-""#),
    ] {
        assert_eq!(text(source), value, "{source}");
    }
    let pattern = over(&json!({"p": "^[a-z]+$"}), "'abc'.matches($context.data.p)");
    assert_eq!(pattern, "true");
    assert!(eval("regex.extract('a', '(a)(b)')", json!({})).is_err());
    assert!(eval("regex.replace('a', 'a', '\\\\1')", json!({})).is_err());
}

#[test]
fn a_pattern_that_is_none_is_refused_with_the_expression() {
    assert_eq!(refusal("'a'.matches('(')"), ("not a regular expression in RE2's syntax".into(), 5));
    assert_eq!(refusal("matches('a', '(a{1000}){1000}')").0, "a regular expression that is too large when compiled");
    let error = eval("'a'.matches($context.data)", json!({"data": "("})).unwrap_err();
    assert_eq!(error.reason, StepReason::ExpressionFailed);
}

#[test]
fn positions_in_texts_count_characters() {
    for (source, value) in [
        ("'ta©o©αT'.indexOf('©')", "2"),
        ("'ta©o©αT'.indexOf('©', 3)", "4"),
        ("'ta©o©αT'.indexOf('x')", "-1"),
        ("'ta©o©αT'.lastIndexOf('©')", "4"),
        ("'ta©o©αT'.lastIndexOf('©', 4)", "4"),
        ("'ta©o©αT'.lastIndexOf('©', 3)", "2"),
        ("'ta©o©αT'.lastIndexOf('©α', 3)", "-1"),
        ("'abc'.indexOf('', 9)", "3"),
        ("'abc'.lastIndexOf('')", "3"),
    ] {
        assert_eq!(text(source), value, "{source}");
    }
    assert!(eval("'abc'.indexOf('a', -1)", json!({})).is_err());
    assert!(eval("'abc'.indexOf('a', 3)", json!({})).is_err());
}

#[test]
fn texts_are_split_joined_and_replaced() {
    for (source, value) in [
        ("'a,b,,c'.split(',')", r#"["a","b","","c"]"#),
        ("'a,b,c'.split(',', 2)", r#"["a","b,c"]"#),
        ("'a,b'.split(',', 0)", "[]"),
        ("'aé'.split('')", r#"["a","é"]"#),
        ("'aéb'.split('', 2)", r#"["a","éb"]"#),
        ("''.split('')", "[]"),
        ("''.split(',')", r#"[""]"#),
        ("['a', 'b'].join('-')", r#""a-b""#),
        ("[].join('-')", r#""""#),
        ("'aaa'.replace('a', 'bb')", r#""bbbbbb""#),
        ("'aaa'.replace('a', 'b', 1)", r#""baa""#),
        ("'abc'.replace('', '-')", r#""-a-b-c-""#),
    ] {
        assert_eq!(text(source), value, "{source}");
    }
    assert_eq!(over(&json!(["x", "y"]), "$context.data.join('')"), r#""xy""#);
}

#[test]
fn every_extension_of_the_language_is_there() {
    for (source, value) in [
        ("'TacoCat'.lowerAscii()", r#""tacocat""#),
        ("'abc'.charAt(1) + 'abc'.substring(1) + ' x '.trim() + 'ab'.reverse()", r#""bbcxba""#),
        ("strings.quote('a\"b')", r#""\"a\\\"b\"""#),
        ("'%s is %d'.format(['x', 3])", r#""x is 3""#),
        ("[3, 1, 2].sort() == [1, 2, 3] && [1, 1, 2].distinct() == [1, 2]", "true"),
        ("[[1], [2, [3]]].flatten()", "[1,2,[3]]"),
        ("[1, 2, 3].slice(1, 3) + lists.range(2)", "[2,3,0,1]"),
        ("[{'n': 2}, {'n': 1}].sortBy(x, x.n).map(x, x.n)", "[1,2]"),
        ("math.greatest(1, 2.5, 2u)", "2.5"),
        ("math.abs(-3) + math.least([4, 2])", "5"),
        ("base64.encode(b'hi') + string(base64.decode('aGk='))", r#""aGk=hi""#),
        ("cel.bind(x, 20, x + x + 2)", "42"),
        ("optional.of(1).optMap(x, x + 1).value()", "2"),
        ("timestamp('2026-01-01T00:00:00Z').getHours('Asia/Tokyo')", "9"),
        ("size('é') + size([1]) + size({'a': 1}) + size(b'ab')", "5"),
        ("int('7') + int(2.9) + int(3u)", "12"),
    ] {
        assert_eq!(text(source), value, "{source}");
    }
    assert_eq!(over(&json!([{"n": 2}, {"n": 1}]), "$context.data.sortBy(x, x.n)"), r#"[{"n":1},{"n":2}]"#);
    assert_eq!(over(&json!([3, 1, 1]), "$context.data.sort() + $context.data.distinct()"), "[1,1,3,3,1]");
    assert_eq!(over(&json!({"a": [1, {"b": "c"}]}), "'%s'.format([$context.data.a])"), r#""[1, {b: c}]""#);
}
