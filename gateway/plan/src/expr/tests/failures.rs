//! What a failure and a refusal say, and that they repeat no value.

use super::*;

fn missing(source: &str, context: serde_json::Value) -> Option<String> {
    let error = eval(source, context).unwrap_err();
    assert_eq!(error.reason, StepReason::PathMissing, "{source}: {error}");
    error.path
}

fn message(source: &str, context: serde_json::Value) -> String {
    let error = eval(source, context).unwrap_err();
    assert_eq!(error.reason, StepReason::ExpressionFailed, "{source}: {error}");
    error.message
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let context = json!({"data": {"user": null, "name": "x", "list": [{"id": 1}], "map": {}}});
    for (source, path) in [
        ("$context.data.email", "$context.data.email"),
        ("$context.data.user.email == 'x'", "$context.data.user.email"),
        ("$context.data.name.first", "$context.data.name.first"),
        ("$context.data['e-mail']", "$context.data['e-mail']"),
        ("$context.data.list[3].id", "$context.data.list[3].id"),
        ("size($context.data.missing) > 0", "$context.data.missing"),
        ("$item", "$item"),
        ("$context.data.list.map(i, i.name)", "i.name"),
        ("cel.bind(d, $context.data, d.map.email)", "d.map.email"),
        ("true && $context.data.a.b.c", "$context.data.a.b.c"),
        ("$context.data.map[$context.data.name]", "[…]"),
        ("[1, 2][5]", "[…]"),
        ("has($context.data.user.email)", "$context.data.user.email"),
    ] {
        assert_eq!(missing(source, context.clone()).as_deref(), Some(path), "{source}");
    }
    let error = eval("$context.data.email", context).unwrap_err();
    assert_eq!(error.to_string(), "there is nothing at `$context.data.email`");
    assert_eq!(crate::reason::StepFailure::from(error).reason, StepReason::PathMissing);
}

#[test]
fn a_failure_says_what_was_evaluated_and_why() {
    let context = json!({"data": {"s": "secret", "n": 1}});
    for (source, reason) in [
        ("$context.data.s + 1", "`+` does not take (string, int)"),
        ("$context.data.s - 1", "`-` does not take (string, int)"),
        ("$context.data.s > 1", "`>` does not take (string, int)"),
        ("1 / ($context.data.n - 1)", "division by zero"),
        ("9223372036854775807 + $context.data.n", "an integer beyond 64 bits"),
        ("int($context.data.s)", "`int` cannot be done with its arguments"),
        ("$context.data.s.contains(1)", "`contains` does not take (string, int)"),
        ("{'a': 1, 'a': 2}", "a map with a repeated key"),
        ("$context.data.n ? 1 : 2", "found int where bool is needed"),
        ("$context.data.n.map(x, x)", "found int where iterable is needed"),
        ("timestamp($context.data.s)", "`timestamp` cannot be done with its arguments"),
        ("join([$context.data.n])", ""),
    ] {
        if reason.is_empty() {
            assert_eq!(refusal(source), ("there is no function `join`".into(), 1));
            continue;
        }
        assert_eq!(message(source, context.clone()), format!("evaluating `{source}`: {reason}"));
    }
}

#[test]
fn no_message_repeats_a_value() {
    let secret = "hunter2";
    for source in [
        "{'a': 1}[$secrets.key]",
        "int($secrets.key)",
        "duration($secrets.key)",
        "$secrets.key + 1",
        "$secrets.key - 'x'",
        "$secrets.key < 1",
        "-$secrets.key",
        "json($secrets.key)",
        "'a'.matches('(' + $secrets.key)",
        "{$secrets.key: 1, $secrets.key: 2}",
        "[$secrets.key] - [$secrets.key]",
        "[1][$secrets.key]",
        "$secrets.key.format([])",
        "'a'.charAt(size($secrets.key) * 1000)",
        "$secrets.key.nothing",
        "'%d'.format([$secrets.key])",
        "base64.decode($secrets.key + '!')",
        "now().getHours($secrets.key)",
        "$secrets.key",
    ] {
        let scope = scope(json!({})).with("$secrets", json!({"key": secret}).into());
        let expr = Expr::compile(source).unwrap();
        if let Err(error) = expr.holds(&scope) {
            let shown = format!("{error} {error:?} {:?}", crate::reason::StepFailure::from(error.clone()));
            assert!(!shown.contains(secret), "{source}: {shown}");
        } else {
            panic!("{source} did not fail");
        }
    }
    assert!(!format!("{:?}", scope(json!({"a": secret}))).contains(secret));
}

#[test]
fn what_is_unknown_is_refused_with_the_expression_and_its_column() {
    for (source, message, column) in [
        ("$contxt.data", "there is no variable `$contxt`", 1),
        ("1 + $foo", "there is no variable `$foo`", 5),
        ("context.data == 1", "there is no variable `context`; did you mean `$context`?", 1),
        ("[1].map(x, y)", "there is no variable `y`", 12),
        ("[1].map(x, x) == x", "there is no variable `x`", 18),
        ("true && foo(1)", "there is no function `foo`", 9),
        ("'é' + 'a'.foo()", "there is no function `foo` of a value", 11),
        ("math.foo(1)", "there is no function `math.foo`", 6),
        ("size(1, 2)", "`size` takes 1 argument, not 2", 1),
        ("'a'.substring()", "`substring` takes 1 to 2 arguments, not 0", 5),
        ("Foo{a: 1}", "there is no message type `Foo`", 4),
        ("[1].map($x, $x)", "`$x` cannot be the variable of a macro", 5),
        ("{{ 1 + }}", "the expression ends too early", 8),
    ] {
        let refused = refusal(source);
        assert!(refused.0.starts_with(message), "{source}: {refused:?}");
        assert_eq!(refused.1, column, "{source}: {refused:?}");
    }
}

#[test]
fn a_syntax_error_names_its_place_on_any_line() {
    assert_eq!(refusal("1 +\n  * 2").1, 7);
    assert_eq!(refusal("'é' +\n\n$context.data)").1, 21);
    assert_eq!(refusal("").1, 1);
    assert_eq!(refusal("$context.data &&& 1"), ("unexpected `& `".into(), 17));
    assert_eq!(refusal("1 $context"), ("unexpected `$context`".into(), 3));
    assert_eq!(refusal("1 + )"), ("unexpected `)`".into(), 5));
    assert_eq!(refusal("[1].map(1, 2)"), ("argument must be a simple name".into(), 9));
}

#[test]
fn no_name_of_ours_can_be_written() {
    for source in
        ["@run", "@p0", "@keep(1)", "[1].map(@result, 1)", "'a'.@sortByAssociatedKeys([1])", "math.@max(1, 2)"]
    {
        assert!(Expr::compile(source).is_err(), "{source}");
    }
}
