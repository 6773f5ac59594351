//! Tests of `template`.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::limits::JSON_DEPTH;
use crate::plan::Delimiters;
use crate::reason::StepReason;

fn scope(data: Json) -> Scope {
    Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil()).with("$context", Json::object([("data", data)]))
}

fn render(source: &str, data: serde_json::Value) -> Json {
    Template::parse(source, Delimiters::Braces).unwrap().render(&scope(data.into())).unwrap()
}

fn refusal(source: &str, delimiters: Delimiters) -> (String, usize) {
    let error = Template::parse(source, delimiters).unwrap_err();
    (error.message, error.column)
}

#[test]
fn a_string_that_is_exactly_one_template_yields_the_value_with_its_type() {
    let data = json!({"n": 1, "list": [1], "none": null, "s": "x", "email": "a@b.c"});
    assert_eq!(render("{{ $context.data.n }}", data.clone()).to_string(), "1");
    assert_eq!(render("{{ $context.data.list }}", data.clone()).to_string(), "[1]");
    assert_eq!(render("{{ $context.data.none }}", data.clone()), Json::Null);
    assert_eq!(render("{{ {'a': {'b': 1}} }}", data.clone()).to_string(), r#"{"a":{"b":1}}"#);
    assert_eq!(render("{{ {'a': {'b': 1}}}}", data.clone()).to_string(), r#"{"a":{"b":1}}"#);
    assert_eq!(render("{{$context.data.email}}", data), Json::text("a@b.c"));
}

#[test]
fn any_other_string_is_text_with_strings_raw_null_empty_and_the_rest_compact_json() {
    let data = json!({"s": "a\"b", "none": null, "n": 1.5, "t": true, "o": {"k": [1, "x"]}});
    assert_eq!(render("<{{ $context.data.s }}>", data.clone()), Json::text("<a\"b>"));
    assert_eq!(render("<{{ $context.data.none }}>", data.clone()), Json::text("<>"));
    assert_eq!(render("{{ $context.data.n }} {{ $context.data.t }}", data.clone()), Json::text("1.5 true"));
    assert_eq!(render(" {{ $context.data.o }}", data.clone()), Json::text(r#" {"k":[1,"x"]}"#));
    assert_eq!(render("{{ 1 }}{{ 2 }}", data), Json::text("12"));
}

#[test]
fn a_string_without_templates_is_itself() {
    for constant in ["", "plain", "}} $( {", "{ {x} }", "$context.data", "é"] {
        let template = Template::parse(constant, Delimiters::Braces).unwrap();
        assert!(template.is_constant(), "{constant}");
        assert_eq!(template.render(&scope(Json::Null)).unwrap(), Json::text(constant));
    }
    assert_eq!(Template::parse("", Delimiters::Braces).unwrap().parts().count(), 0);
}

#[test]
fn text_inside_of_a_template_may_hold_its_delimiters() {
    assert_eq!(render(r#"{{ "}}" }}"#, json!({})), Json::text("}}"));
    assert_eq!(render("{{ '{{' + \"}}\" }}!", json!({})), Json::text("{{}}!"));
    assert_eq!(render(r"{{ '\'}}' }}", json!({})), Json::text("'}}"));
    assert_eq!(render("{{ r'''}}''' }}", json!({})), Json::text("}}"));
    let parentheses = |source| Template::parse(source, Delimiters::Parentheses).unwrap().render(&scope(Json::Null));
    assert_eq!(parentheses("$( ')' )"), Ok(Json::text(")")));
    assert_eq!(parentheses("a $( size('$(') ) b {{ 1 }}"), Ok(Json::text("a 2 b {{ 1 }}")));
    assert_eq!(parentheses("$(1 + (2 * 3))"), Ok(Json::from(7_i64)));
    assert_eq!(parentheses("$x $ ()"), Ok(Json::text("$x $ ()")));
}

#[test]
fn a_bad_template_is_refused_where_it_stands_in_the_whole_string() {
    use Delimiters::{Braces, Parentheses};
    assert_eq!(refusal("é {{ 1", Braces), ("there is no end in a template `{{ … }}`".into(), 3));
    assert_eq!(refusal("a {{ 'x }}", Braces), ("a text without an end in a template `{{ … }}`".into(), 3));
    assert_eq!(refusal("{{ 1 ) }}", Braces), ("a bracket that nothing opened in a template `{{ … }}`".into(), 1));
    assert_eq!(refusal("{{ 1 } }", Braces), ("a bracket that nothing opened in a template `{{ … }}`".into(), 1));
    assert_eq!(refusal("é {{ 1 }} {{ foo }}", Braces), ("there is no variable `foo`".into(), 14));
    assert_eq!(refusal("x {{ $nope.a }}", Braces), ("there is no variable `$nope`".into(), 6));
    assert_eq!(refusal("a\nb $( 1 + )", Parentheses), ("the expression ends too early".into(), 12));
    assert_eq!(refusal("{{ }}", Braces).1, 4);
}

#[test]
fn a_template_tells_what_it_reads() {
    let template = Template::parse("{{ $vars.a }} {{ $context.data.b }} {{ $vars.a }}", Delimiters::Braces).unwrap();
    let references: Vec<_> = template.references().iter().map(ToString::to_string).collect();
    assert_eq!(references, ["$context.data.b", "$vars.a"]);
}

#[test]
fn a_missing_path_is_an_error_that_names_it() {
    let template = Template::parse("Hello {{ $context.data.name }}", Delimiters::Braces).unwrap();
    let error = template.render(&scope(Json::object([]))).unwrap_err();
    assert_eq!((error.reason, error.path.as_deref()), (StepReason::PathMissing, Some("$context.data.name")));
}

#[test]
fn json_is_rendered_leaf_by_leaf_and_names_are_left_alone() {
    let source: Json = json!({
        "{{ $vars.x }}": "{{ $context.data.n }}",
        "list": ["a {{ $context.data.n }}", 2, {"deep": "{{ $context.data }}"}],
        "constant": {"x": [true, null, "y"]},
    })
    .into();
    let template = JsonTemplate::parse(&source, Delimiters::Braces).unwrap();
    let references: Vec<_> = template.references().iter().map(ToString::to_string).collect();
    assert_eq!(references, ["$context.data", "$context.data.n"]);
    assert_eq!(
        template.render(&scope(json!({"n": 1}).into())).unwrap().to_string(),
        r#"{"{{ $vars.x }}":1,"list":["a 1",2,{"deep":{"n":1}}],"constant":{"x":[true,null,"y"]}}"#
    );
    assert!(!template.is_constant());
    assert!(JsonTemplate::parse(&json!({"a": ["b", 1]}).into(), Delimiters::Braces).unwrap().is_constant());
}

#[test]
fn a_bad_leaf_is_refused_with_its_path() {
    let error = JsonTemplate::parse(&json!({"a": [1, {"b": "x {{ 1 +"}]}).into(), Delimiters::Braces).unwrap_err();
    assert_eq!(error, ExprError::new(".a[1].b: there is no end in a template `{{ … }}`", 3));
}

#[test]
fn what_is_rendered_is_bounded_in_size_and_depth() {
    let data: Json = json!({"text": "x".repeat(600_000)}).into();
    let exhausted = |error: EvalError| assert_eq!(error.reason, StepReason::ResourceExhausted);
    let twice = Template::parse("{{ $context.data.text }}{{ $context.data.text }}", Delimiters::Braces).unwrap();
    exhausted(twice.render_text(&scope(data.clone())).unwrap_err());
    let pair: Json = json!(["{{ $context.data.text }}", "{{ $context.data.text }}"]).into();
    exhausted(JsonTemplate::parse(&pair, Delimiters::Braces).unwrap().render(&scope(data)).unwrap_err());
    let large: Json = json!("x".repeat(TEMPLATE_SIZE)).into();
    let whole = Template::parse("{{ $context.data }}", Delimiters::Braces).unwrap();
    exhausted(whole.render(&scope(large)).unwrap_err());
    let deep = (0..JSON_DEPTH).fold(Json::Null, |inner, _| Json::list([inner]));
    let nested: Json = json!(["{{ $context.data }}"]).into();
    exhausted(JsonTemplate::parse(&nested, Delimiters::Braces).unwrap().render(&scope(deep)).unwrap_err());
}

#[test]
fn ids_of_one_place_differ_from_leaf_to_leaf() {
    let source: Json = json!({"a": "{{ uuid() }}", "b": "{{ uuid() }}", "c": "x-{{ uuid() }}"}).into();
    let template = JsonTemplate::parse(&source, Delimiters::Braces).unwrap();
    let first = template.render(&scope(Json::Null)).unwrap();
    assert_eq!(first, template.render(&scope(Json::Null)).unwrap(), "a resumed run sees the same values");
    assert_ne!(first.get(["a"]), first.get(["b"]));
}

proptest! {
    /// Pitfall P29: quotes and line ends in a payload that is spliced into JSON.
    #[test]
    fn a_template_cannot_break_out_of_its_json(payload in crate::json::tests::values(), text in any::<String>()) {
        let source: Json = json!({"typed": "{{ $context.data.p }}", "text": "<{{ $context.data.t }}>", "list": ["{{ $context.data.t }}"], "last": 1}).into();
        let template = JsonTemplate::parse(&source, Delimiters::Braces).unwrap();
        let data = Json::object([("p", payload.clone()), ("t", Json::text(&text))]);
        let rendered = template.render(&scope(data)).unwrap().to_string();
        let back = crate::json::read(rendered.as_bytes(), &crate::json::Projection::all()).unwrap();
        let names: Vec<_> = back.as_object().unwrap().keys().map(ToString::to_string).collect();
        prop_assert_eq!(names, ["typed", "text", "list", "last"]);
        prop_assert_eq!(back.get(["typed"]), Some(&payload));
        let inside = format!("<{text}>");
        prop_assert_eq!(back.get(["text"]).and_then(Json::as_str), Some(inside.as_str()));
        prop_assert_eq!(back.get(["list"]).and_then(Json::as_array), Some(&[Json::text(&text)][..]));
    }

    #[test]
    fn a_payload_is_never_taken_for_a_template(text in any::<String>()) {
        let payload = format!("{text}{{{{ 1 + 1 }}}}$( 1 + 1 )");
        for (source, delimiters) in [
            ("{{ $context.data }}<{{ $context.data }}>", Delimiters::Braces),
            ("$( $context.data )<$( $context.data )>", Delimiters::Parentheses),
        ] {
            let template = Template::parse(source, delimiters).unwrap();
            let rendered = template.render(&scope(Json::text(&payload))).unwrap();
            prop_assert_eq!(rendered, Json::from(format!("{payload}<{payload}>")));
        }
    }

    #[test]
    fn any_string_is_split_or_refused_inside_of_itself(source in any::<String>(), more in "[{}$()'\" a.+]{0,30}") {
        let source = format!("{source}{more}");
        for delimiters in [Delimiters::Braces, Delimiters::Parentheses] {
            if let Err(error) = Template::parse(&source, delimiters) {
                prop_assert!((1..=source.chars().count() + 1).contains(&error.column));
            }
        }
    }
}
