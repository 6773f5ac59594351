//! Bounds: what is too much ends soon, on a small stack.

#![expect(clippy::disallowed_methods, reason = "what is tested is that it comes soon")]

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// Far above what anything here takes, far below what it would take without a budget.
const SOON: Duration = Duration::from_secs(2);

/// Runs on a thread with the stack of a server's worker.
fn on_small_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|threads| {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(threads, run).unwrap();
        thread.join().unwrap()
    })
}

/// The refusal or the value of an expression, which must come soon and on a small stack.
fn outcome(source: &str, data: &serde_json::Value) -> Result<Json, Failure> {
    let begun = Instant::now();
    let outcome = on_small_stack(|| {
        let expr = Expr::compile(source)?;
        Ok(expr.eval(&scope(json!({ "data": data })))?)
    });
    assert!(begun.elapsed() < SOON, "{source} took {:?}", begun.elapsed());
    outcome
}

fn is_refused(source: &str) -> bool {
    matches!(outcome(source, &json!({})), Err(Failure::Refused(_)))
}

fn is_exhausted(source: &str, data: &serde_json::Value) -> bool {
    matches!(outcome(source, data), Err(Failure::Failed(error)) if error.reason == StepReason::ResourceExhausted)
}

#[test]
fn poison_b01_a_sum_of_1400_terms_is_refused() {
    assert!(is_refused(&format!("1{}", " + 1".repeat(1_399))));
    assert!(is_refused(&format!("1{}", "+1".repeat(1_399))));
}

#[test]
fn an_expression_has_500_nodes_at_most() {
    let all_of = |ones: usize| format!("[{}1].all(x, x > 0)", "1,".repeat(ones - 1));
    assert!(Expr::compile(&all_of(480)).is_ok());
    assert_eq!(refusal(&all_of(495)).0, "an expression of more than 500 nodes");
}

#[test]
fn poison_b02_a_path_of_1400_members_is_refused() {
    assert!(is_refused(&format!("$context{}", ".a".repeat(1_400))));
    assert!(is_refused(&format!("[1].map(x, x{})", "[0]".repeat(1_000))));
}

#[test]
fn poison_b03_nested_loops_end_by_their_budget() {
    let data = json!(vec![0; 100]);
    let nested = |macro_name: &str, body: &str| {
        ["a", "b", "c", "d"]
            .into_iter()
            .fold(body.to_owned(), |inner, variable| format!("$context.data.{macro_name}({variable}, {inner})"))
    };
    assert!(is_exhausted(&nested("all", "a + b + c + d == 0"), &data));
    assert!(is_exhausted(&nested("map", "a"), &data));
    assert!(is_exhausted(&nested("exists", "a == 1"), &data));
    assert!(is_exhausted(
        "$context.data.all(i, a, $context.data.all(j, b, $context.data.all(k, c, a + b + c == 0)))",
        &data
    ));
}

#[test]
fn poison_b04_a_mountain_of_text_ends_by_its_budget() {
    let list = format!("[{}]", vec!["1"; 100].join(","));
    let text = format!("'{}'", "x".repeat(1_000));
    for source in [
        format!("{list}.map(a, $context.data.map(b, $context.data.map(c, {text})))"),
        format!("$context.data.map(a, {text} + string(a))"),
        format!("$context.data.map(a, {{'k': {text}}})"),
        format!("$context.data.map(a, cel.bind(t, {text}, [t, t, t]))"),
        format!("$context.data.map(a, optional.of({text}))"),
        format!("$context.data.transformMap(i, a, {text})"),
    ] {
        assert!(is_exhausted(&source, &json!(vec![0; 1_200])), "{source}");
    }
}

#[test]
fn poison_b05_brackets_and_bangs_are_refused_soon() {
    let motif = "!!(!!!!!!(".repeat(12);
    let begun = Instant::now();
    assert!(is_refused(&motif));
    assert!(is_refused(&format!("{motif}true{}", ")".repeat(23))));
    assert!(is_refused(&"(".repeat(1_000)));
    assert!(is_refused(&format!("{}1{}", "[".repeat(65), "]".repeat(65))));
    assert!(is_refused(&"!".repeat(4_096)));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[test]
fn poison_b06_nested_repeats_are_refused_or_linear() {
    assert!(is_refused(r"'a'.matches('((a{1,100}){1,100}){1,100}')"));
    let text = json!("a".repeat(60_000));
    for pattern in ["(a+)+$", "(a|aa)+b", "(.*)*x", "a{0,500}b", "(a?){100}a{100}"] {
        let found = outcome(&format!("$context.data.matches(r'{pattern}')"), &text);
        assert!(found.is_ok(), "{pattern}: {found:?}");
    }
    assert!(is_exhausted("lists.range(500).all(i, !$context.data.matches('b+'))", &text));
    assert!(is_exhausted("lists.range(100).all(i, 'aaaaaa'.matches($context.data.substring(0, 5)))", &text));
}

#[test]
fn a_search_pays_for_what_it_does_and_not_for_what_its_text_is_long() {
    let mut seed = 1_u32;
    let mut coin = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if seed >> 31 == 0 { 'a' } else { 'b' }
    };
    let tossed = json!((0..1_000_000).map(|_| coin()).collect::<String>());
    // Each byte of such a text leads to a new state of the automaton.
    assert!(is_exhausted("$context.data.matches('[ab]*a[ab]{500}c')", &tossed));
    assert!(is_exhausted("$context.data.matches('[ab]*a[ab]{4000}c')", &tossed));
    assert!(is_exhausted("regex.extract($context.data, '[ab]*a([ab]{500})c') == optional.none()", &tossed));
    // Each of these matches is known to be one only at the end of the text.
    let same = json!("a".repeat(1_000_000));
    assert!(is_exhausted("regex.extractAll($context.data, '.*?b|a')", &same));
    assert!(is_exhausted("regex.replace($context.data, '.*?b|a', '')", &same));
    let words = json!("word and  word\n".repeat(2_000));
    let replaced = outcome("regex.replace($context.data, r'\\s+', ' ').size()", &words);
    assert_eq!(replaced, Ok(Json::from(28_000_i64)));
    assert_eq!(outcome("regex.extractAll($context.data, '(w)ord').size()", &words), Ok(Json::from(4_000_i64)));
    assert_eq!(outcome("$context.data.matches('[xyz]')", &same), Ok(Json::Bool(false)));
}

#[test]
fn what_is_lent_is_paid_for_however_it_is_wrapped() {
    let list = |last: u32| (0..350).chain([last]).collect::<Vec<_>>();
    let data = json!({"big": (0..280).map(list).collect::<Vec<_>>(), "text": "x".repeat(500_000)});
    for source in [
        "$context.data.big.distinct()",
        "lists.range(5000).all(i, [$context.data.big] == [$context.data.big])",
        "lists.range(5000).all(i, {'a': $context.data.big} == {'a': $context.data.big})",
        "lists.range(5000).all(i, [$context.data.big] in [[$context.data.big]])",
        "lists.range(5000).all(i, '%s'.format([[$context.data.big]]) != 'x')",
        "lists.range(5000).all(i, $context.data.big.flatten() != [])",
        "lists.range(3000).map(i, $context.data.text)",
        "lists.range(3000).map(i, $context.data.big)",
    ] {
        assert!(is_exhausted(source, &data), "{source}");
    }
    // Lists of different sizes differ, however large they are.
    assert_eq!(outcome("lists.range(5000).all(i, $context.data.big != [1])", &data), Ok(Json::Bool(true)));
}

#[test]
fn numbers_of_many_digits_are_paid_for() {
    let data = json!({"format": "%.100f".repeat(40_000), "numbers": vec![1e300; 40_000]});
    assert!(is_exhausted("$context.data.format.format($context.data.numbers)", &data));
    assert_eq!(outcome("'%.2f%s'.format([1.5, 'x'])", &data), Ok(Json::text("1.50x")));
}

#[test]
fn poison_b07_what_is_undefined_or_of_the_wrong_type_is_never_true() {
    assert!(is_refused("undefined == undefined"));
    assert!(is_refused("undefined()"));
    for source in ["$context.data.undefined", "$context.data + 1 == 1", "$context.data == 'a' + 1", "!$context.data"] {
        let condition = Expr::compile(source).unwrap();
        assert!(condition.holds(&scope(json!({"data": {}}))).is_err(), "{source}");
    }
}

#[test]
fn an_exhausted_budget_is_not_forgiven_by_what_forgives_errors() {
    let data = json!(vec![0; 200]);
    let costly = "$context.data.all(a, $context.data.all(b, a == b))";
    for source in [
        format!("{costly} || true"),
        format!("!({costly} && false)"),
        format!("[1].exists(x, {costly} || x == 1)"),
        format!("[?optional.of({costly})] == [] || true"),
        format!("{{'a': 1}}[?{costly}].hasValue() || true"),
        format!("({costly} ? 1 : 2) == 3 || true"),
    ] {
        assert!(is_exhausted(&source, &data), "{source}");
    }
}

#[test]
fn a_text_grows_only_as_far_as_the_budget() {
    let data = json!("x".repeat(100_000));
    for source in [
        "$context.data.replace('x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy')",
        "$context.data.replace('', '----------------')",
        "$context.data.split('')",
        "lists.range(1000).map(i, string(i)).join($context.data)",
        "regex.replace($context.data, 'x', '0123456789012345678901234567890')",
        "cel.bind(a, $context.data + $context.data, cel.bind(b, a + a + a, b + b))",
        "'%s%s%s%s%s%s%s%s%s%s%s%s'.format([$context.data, $context.data, $context.data, $context.data, $context.data, $context.data, $context.data, $context.data, $context.data, $context.data, $context.data, $context.data])",
        "[$context.data].map(t, [t + '', t + '', t + '', t + '', t + '', t + '', t + '', t + '', t + '', t + '', t + ''])",
    ] {
        assert!(is_exhausted(source, &data), "{source}");
    }
    assert!(is_exhausted("lists.range(1000000)", &data));
    assert!(is_exhausted("lists.range(30000)", &data));
}

#[test]
fn searching_and_comparing_is_paid_for() {
    // Quadratic in the crate: 500,000 places times 250,000 characters.
    let data = json!({"hay": "a".repeat(500_000), "needle": format!("{}b", "a".repeat(250_000))});
    assert_eq!(outcome("$context.data.hay.indexOf($context.data.needle)", &data), Ok(Json::from(-1_i64)));
    assert_eq!(outcome("$context.data.hay.lastIndexOf($context.data.needle)", &data), Ok(Json::from(-1_i64)));
    assert!(is_exhausted("lists.range(100).all(i, !$context.data.hay.contains($context.data.needle))", &data));
    assert!(is_exhausted("lists.range(100).all(i, $context.data.hay.lowerAscii() != '')", &data));
    let lists = json!({"a": (0..20_000).collect::<Vec<_>>(), "b": (0..20_000).collect::<Vec<_>>()});
    assert_eq!(outcome("$context.data.a == $context.data.b", &lists), Ok(Json::Bool(true)));
    assert!(is_exhausted("lists.range(100).all(i, $context.data.a == $context.data.b)", &lists));
    assert!(is_exhausted("lists.range(100).all(i, !(-1 in $context.data.a))", &lists));
    assert!(is_exhausted("$context.data.a.distinct()", &lists));
    assert!(is_exhausted("lists.range(100).all(i, $context.data.a.sort().size() > 0)", &lists));
    assert!(is_exhausted("lists.range(100).all(i, toJson($context.data.a) != '')", &lists));
}

#[test]
fn what_is_copied_again_and_again_is_paid_for() {
    let data =
        json!({"list": (0..9_000).collect::<Vec<_>>(), "text": format!("{{\"s\":\"{}\"}}", "x".repeat(200_000))});
    for source in [
        "cel.bind(big, $context.data.list.map(x, x), lists.range(5000).all(i, cel.bind(y, 1, big).size() > 0))",
        "cel.bind(big, $context.data.list.map(x, x), lists.range(5000).all(i, [big][0].size() > 0))",
        "cel.bind(big, [$context.data.list.map(x, x)], lists.range(5000).all(i, big[?0].hasValue()))",
        "cel.bind(big, [[$context.data.list.map(x, x)]], lists.range(5000).all(i, big.exists(b, b.size() == 1)))",
    ] {
        assert!(is_exhausted(source, &data), "{source}");
    }
    // Each text of a value that `json` has read is copied once.
    let source = "cel.bind(j, json($context.data.text), lists.range(5000).all(i, has(j.s) && j.s != 'y'))";
    assert_eq!(outcome(source, &data), Ok(Json::Bool(true)));
}

#[test]
fn ordinary_work_is_far_below_the_budget() {
    let commits: Vec<_> =
        (0..1_000).map(|n| json!({"id": format!("{n:040}"), "added": ["a.rs", "b.md"], "n": n})).collect();
    let data = json!({ "commits": commits });
    for source in [
        "$context.data.commits.map(c, c.id)",
        "$context.data.commits.filter(c, c.n > 10).map(c, {'id': c.id, 'n': c.n})",
        "$context.data.commits.exists(c, c.added.exists(f, f.endsWith('.rs')))",
        "$context.data.commits.all(c, c.added.all(f, f.startsWith('a') || f.endsWith('.md')))",
        "$context.data.commits.map(c, c.id).join(',').size() > 0",
        "toJson($context.data.commits).size() > 0",
        "$context.data.commits.sortBy(c, -c.n)[0].n == 999",
    ] {
        let found = outcome(source, &data);
        assert!(found.is_ok(), "{source}: {found:?}");
    }
}

#[test]
fn the_largest_expressions_that_are_accepted_fit_a_small_stack() {
    let nest = |levels: usize, open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
    };
    let mut accepted = 0;
    for levels in 1..=500 {
        for source in [
            format!("1{}", "+1".repeat(levels)),
            format!("''{}", "+''".repeat(levels)),
            format!("[1]{}", "+[1]".repeat(levels)),
            format!("true{}", "&&true".repeat(levels)),
            format!("$context.data{}", ".a".repeat(levels)),
            format!("[[1]].map(x, x{})", "[0]".repeat(levels)),
            nest(levels, "(", "1", ")"),
            nest(levels, "[", "1", "]"),
            nest(levels, "{1:", "1", "}"),
            nest(levels, "!", "true", ""),
            nest(levels, "-", "1", ""),
            nest(levels, "true?1:", "1", ""),
            nest(levels, "true?", "1", ":1"),
            nest(levels, "dyn(", "1", ")"),
            nest(levels, "[1].map(x,", "x", ")"),
            nest(levels, "cel.bind(x,1,", "x", ")"),
            nest(levels, "[1].all(i,x,", "true", ")"),
            nest(levels, "optional.of(", "1", ")"),
            nest(levels, "'%s'.format([", "1", "])"),
            format!("'a'{}", ".trim()".repeat(levels)),
            format!("optional.of(1){}", ".optMap(x,x)".repeat(levels)),
        ] {
            if source.len() <= crate::limits::EXPRESSION_SIZE {
                accepted += usize::from(!matches!(outcome(&source, &json!({})), Err(Failure::Refused(_))));
            }
        }
    }
    assert!(accepted > 1_000, "only {accepted} were accepted");
}

/// Pieces that expressions are made of, good and bad.
const PIECES: &str = "$context¦.data¦.a¦[0]¦['a']¦.?a¦[?0]¦(¦)¦[¦]¦{¦}¦,¦:¦?¦!¦-¦+¦*¦==¦!=¦&&¦||¦<¦ in ¦1¦1u¦1.5¦'a'¦b'a'¦true\
    ¦null¦has(¦.map(x,¦.all(x,¦.exists(i,x,¦.transformMap(k,v,¦cel.bind(x,¦x¦.size()¦size(¦string(¦.join(',')¦.split('')\
    ¦.replace('a','b')¦toJson(¦json(¦list(¦sum(¦uuid()¦now()¦header('a')¦.matches('a')¦math.greatest(¦optional.of(¦.orValue(1)\
    ¦.sort()¦.distinct()¦.flatten()¦lists.range(¦{'a':¦//¦`¦@¦$¦\"¦'''¦\\¦é¦\n¦.sortBy(x,¦%";

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_written_can_crash(pieces in prop::collection::vec(prop::sample::select(PIECES.split('¦').collect::<Vec<_>>()), 0..40)) {
        let source = pieces.concat();
        let outcome = on_small_stack(|| Expr::compile(&source).map(|expr| expr.eval(&scope(json!({"data": {"a": [1, {"a": "x"}]}})))));
        if let Err(error) = outcome {
            prop_assert!((1..=source.chars().count() + 1).contains(&error.column), "{source}: {error}");
        }
    }
}
