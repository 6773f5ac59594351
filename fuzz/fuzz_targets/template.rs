//! Templates: compiling and rendering any string ends no process, yields the same twice, and stays within the size that
//! a template may yield.
#![no_main]

use boathook_plan::json::Json;
use boathook_plan::limits::TEMPLATE_SIZE;
use boathook_plan::plan::Delimiters;
use boathook_plan::scope::Scope;
use boathook_plan::template::{JsonTemplate, Template};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fn scope() -> Scope {
    let data = serde_json::json!({"data": {"a": [1, 2.5, "x", null, true], "b": {"c": "d\"é"}}, "headers": {"x": "y"}});
    Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil()).with("$context", data.into())
}

fn render(text: &str, delimiters: Delimiters) {
    let Ok(template) = Template::parse(text, delimiters) else { return };
    let value = template.render(&scope());
    assert_eq!(value.as_ref().ok(), template.render(&scope()).as_ref().ok());
    if let Ok(value) = value {
        assert!(value.text_size() <= TEMPLATE_SIZE);
        if template.is_constant() {
            assert_eq!(value, Json::text(text));
        }
    }
    let leaf = Json::object([("k", Json::list([Json::text(text)]))]);
    let json = JsonTemplate::parse(&leaf, delimiters).expect("a leaf compiles as its string does");
    if let Ok(rendered) = json.render(&scope()) {
        assert_eq!(rendered.to_string().parse::<serde_json::Value>().map(|_| ()).ok(), Some(()));
    }
}

fuzz_target!(|text: &str| {
    render(text, Delimiters::Braces);
    render(text, Delimiters::Parentheses);
});
