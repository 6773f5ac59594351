//! Paths, roots, macros and conditions.

use super::*;

#[test]
fn a_path_yields_its_value_with_its_type() {
    let data = json!({"name": "Ada", "tags": ["a", "b"], "nested": {"deep": {"n": 1}}, "none": null});
    assert_eq!(over(&data, "$context.data.name"), r#""Ada""#);
    assert_eq!(over(&data, "$context.data['name']"), r#""Ada""#);
    assert_eq!(over(&data, "$context.data.tags[1]"), r#""b""#);
    assert_eq!(over(&data, "$context.data.nested"), r#"{"deep":{"n":1}}"#);
    assert_eq!(over(&data, "$context.data.none"), "null");
}

#[test]
fn one_pair_of_braces_around_a_bare_expression_is_accepted() {
    assert_eq!(over(&json!({"n": 1}), "{{ $context.data.n + 1 }}"), "2");
    assert_eq!(over(&json!({"n": 1}), " {{$context.data.n+1}} "), "2");
    assert_eq!(over(&json!({"n": "}}"}), "{{ $context.data.n == '}}' }}"), "true");
}

#[test]
fn a_dollar_name_is_the_root_variable_even_inside_a_macro_of_that_name() {
    let data = json!({"n": 7});
    assert_eq!(over(&data, "[1].map(context, $context.data.n + context)"), "[8]");
    assert_eq!(over(&data, "cel.bind(context, 1, $context.data.n + context)"), "8");
    assert_eq!(over(&data, "[1].all(vars, $context.data.n == 7)"), "true");
}

#[test]
fn a_dollar_inside_a_text_is_a_dollar() {
    assert_eq!(text("'$context ' + r'$vars' + \"\"\"$steps\"\"\""), r#""$context $vars$steps""#);
    assert_eq!(text("{'$context': 1}['$context'] // $nothing"), "1");
}

#[test]
fn macros_of_the_language_work_over_what_was_sent() {
    let data = json!({"items": [{"n": 1, "tag": "a"}, {"n": 5, "tag": "b"}], "map": {"x": 1, "y": 2}});
    for (source, value) in [
        ("$context.data.items.exists(i, i.n > 4)", "true"),
        ("$context.data.items.all(i, i.n > 4)", "false"),
        ("$context.data.items.exists_one(i, i.tag == 'b')", "true"),
        ("$context.data.items.map(i, i.tag)", r#"["a","b"]"#),
        ("$context.data.items.map(i, i.n > 1, i)", r#"[{"n":5,"tag":"b"}]"#),
        ("$context.data.items.filter(i, i.tag == 'a')", r#"[{"n":1,"tag":"a"}]"#),
        ("$context.data.map.map(k, k)", r#"["x","y"]"#),
        ("$context.data.map.exists(k, $context.data.map[k] == 2)", "true"),
        ("has($context.data.map.x) && !has($context.data.map.z)", "true"),
        ("'x' in $context.data.map && !('z' in $context.data.map)", "true"),
        ("{'n': 5, 'tag': 'b'} in $context.data.items", "true"),
        ("$context.data.items[0] in $context.data.items", "true"),
        ("3 in [1, 2]", "false"),
    ] {
        assert_eq!(over(&data, source), value, "{source}");
    }
}

#[test]
fn macros_with_two_variables_see_index_and_item_or_key_and_value() {
    let data = json!({"list": ["a", "b"], "map": {"y": 2, "x": 1}});
    for (source, value) in [
        ("$context.data.list.all(i, v, i < 2 && v != '')", "true"),
        ("$context.data.map.exists(k, v, k == 'y' && v == 2)", "true"),
        ("$context.data.map.existsOne(k, v, v > 0)", "false"),
        ("$context.data.list.transformList(i, v, v + string(i))", r#"["a0","b1"]"#),
        ("$context.data.list.transformList(i, v, i > 0, v)", r#"["b"]"#),
        ("$context.data.map.transformList(k, v, k)", r#"["y","x"]"#),
        ("$context.data.map.transformMap(k, v, v * 10)", r#"{"x":10,"y":20}"#),
        ("$context.data.map.transformMap(k, v, v > 1, k)", r#"{"y":"y"}"#),
        ("[[1, 2], [3]].transformList(i, v, v.transformList(j, w, [i, j, w]))", "[[[0,0,1],[0,1,2]],[[1,0,3]]]"),
    ] {
        assert_eq!(over(&data, source), value, "{source}");
    }
}

#[test]
fn a_computed_map_is_visited_and_written_in_the_order_of_its_keys() {
    for _ in 0..20 {
        assert_eq!(text("{'c': 1, 'a': 2, 'b': 3}"), r#"{"a":2,"b":3,"c":1}"#);
        assert_eq!(text("{'c': 1, 'a': 2, 'b': 3}.map(k, k)"), r#"["a","b","c"]"#);
        assert_eq!(text("{3: 'x', 1: 'y'}.transformList(k, v, v)"), r#"["y","x"]"#);
    }
}

#[test]
fn optional_selection_yields_nothing_instead_of_an_error() {
    let data = json!({"a": {"b": 1}, "list": [1]});
    for (source, value) in [
        ("$context.data.?a.?b.orValue(0)", "1"),
        ("$context.data.?a.?x.orValue(0)", "0"),
        ("$context.data.?x.y.z.orValue('none')", r#""none""#),
        ("$context.data.list[?0].orValue(9)", "1"),
        ("$context.data.list[?5].orValue(9)", "9"),
        ("$context.data.?x.hasValue()", "false"),
        ("$context.data.?x", "null"),
        ("$context.data.?a.b.optMap(b, b + 1)", "2"),
        ("[?$context.data.?x, ?$context.data.a.?b]", "[1]"),
        ("{?'x': $context.data.?x, 'y': 2}", r#"{"y":2}"#),
        ("$context.data.?x.or(optional.of('else'))", r#""else""#),
    ] {
        assert_eq!(over(&data, source), value, "{source}");
    }
}

#[test]
fn names_that_are_no_identifiers_are_reached_in_quotes() {
    let data = json!({"user-id": 1, "in": 2, "$ref": 3});
    assert_eq!(over(&data, "$context.data['user-id']"), "1");
    assert_eq!(over(&data, "$context.data.`user-id`"), "1");
    assert_eq!(over(&data, "$context.data['$ref']"), "3");
}

#[test]
fn what_an_expression_reads_is_known_before_it_runs() {
    let references =
        |source: &str| Expr::compile(source).unwrap().references().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(references("$context.data.a.b == 1 && $vars.x != 2"), ["$context.data.a.b", "$vars.x"]);
    assert_eq!(references("has($context.data.a.b)"), ["$context.data.a.b"]);
    assert_eq!(references("$context.data.?a.?b.orValue(1)"), ["$context.data.a.b"]);
    assert_eq!(references("$context.data['a b'].c"), ["$context.data.a b.c"]);
    assert_eq!(references("$context.data.list[0].name"), ["$context.data.list"]);
    assert_eq!(references("$context.data[$vars.key]"), ["$context.data", "$vars.key"]);
    assert_eq!(references("$context.data.list.map(i, i.x + $item)"), ["$context.data.list", "$item"]);
    assert_eq!(references("$context"), ["$context"]);
    assert_eq!(references("header('x') == ''"), ["$context.headers"]);
    assert_eq!(references("1 + 1"), [] as [&str; 0]);
}

#[test]
fn a_reference_says_what_it_reads_below_a_path() {
    let within = |source: &str, names: &[&str]| {
        let expr = Expr::compile(source).unwrap();
        let reference = expr.references()[0].clone();
        reference.within("$context", names).map(|path| path.map(ToOwned::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(within("$context.data.a.b", &["data"]), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(within("$context", &["data"]), Some(Vec::new()));
    assert_eq!(within("$context.headers.x", &["data"]), None);
    assert_eq!(within("$vars.data", &["data"]), None);
}

#[test]
fn a_condition_that_is_no_truth_value_is_an_error_and_never_true() {
    let holds = |source: &str| Expr::compile(source).unwrap().holds(&scope(json!({"data": {"s": "true", "t": true}})));
    assert_eq!(holds("$context.data.t"), Ok(true));
    assert_eq!(holds("1 == 2"), Ok(false));
    for source in ["$context.data.s", "1", "'true'", "null", "[true]", "$context.data"] {
        let error = holds(source).unwrap_err();
        assert_eq!(error.reason, StepReason::ExpressionFailed, "{source}");
        assert_eq!(error.message, format!("evaluating `{source}`: it is neither true nor false"));
    }
}

#[test]
fn either_side_decides_a_condition_whose_other_side_fails() {
    assert_eq!(text("1 / 0 == 1 || true"), "true");
    assert_eq!(text("false && 1 / 0 == 1"), "false");
    assert_eq!(over(&json!({}), "$context.data.missing == 1 || true"), "true");
}

#[test]
fn the_same_expression_runs_on_many_threads() {
    let expr = Expr::compile("$context.data.items.map(i, i * 2)").unwrap();
    let scope = scope(json!({"data": {"items": [1, 2, 3]}}));
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(expr.eval(&scope).unwrap().to_string(), "[2,4,6]");
                }
            });
        }
    });
}
