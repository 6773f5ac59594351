//! The gate before CEL: whatever it lets through compiles and runs within the bounds of stack, steps and memory, and
//! yields the same twice.
#![no_main]

use boathook_plan::expr::Expr;
use boathook_plan::scope::Scope;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fn scope() -> Scope {
    let list: Vec<_> = (0..100).collect();
    let data = serde_json::json!({"data": {"l": list, "s": "text", "n": 1.5, "m": {"k": [null, true]}}, "event": "push"});
    Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil()).with("$context", data.into())
}

fuzz_target!(|source: &str| {
    match Expr::compile(source) {
        Ok(expression) => {
            let value = expression.eval(&scope());
            assert_eq!(value.as_ref().ok(), expression.eval(&scope()).as_ref().ok());
            drop(expression.holds(&scope()));
        }
        // A column that an editor can show: within the source, or right behind it.
        Err(error) => assert!(error.column <= source.chars().count() + 1, "{error:?}"),
    }
});
