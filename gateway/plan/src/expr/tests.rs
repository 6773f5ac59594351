use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::*;

fn scope(context: serde_json::Value) -> Scope {
    Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil()).with("$context", context.into())
}

fn eval(source: &str, context: serde_json::Value) -> Result<Json, EvalError> {
    Expr::compile(source).unwrap().eval(&scope(context))
}

#[test]
fn a_path_yields_its_value() {
    assert_eq!(eval("$context.data.name", json!({"data": {"name": "Ada"}})).unwrap(), Json::text("Ada"));
}
