//! The filter alone: how long a delivery's condition takes, once its body is read.

use std::hint::black_box;
use std::time::Instant;

use boathook_plan::expr::Expr;
use boathook_plan::json::Json;
use boathook_plan::scope::Scope;

use super::client::push;

/// Conditions as people write them.
const FILTERS: [&str; 3] = [
    "$context.data.ref == 'refs/heads/main'",
    "$context.data.ref == 'refs/heads/main' && $context.data.repository.full_name != ''",
    "$context.headers['x-github-event'] == 'push' && $context.data.ref.startsWith('refs/heads/')",
];

/// Prints the table, of so many runs each.
pub fn measure(runs: usize) {
    println!("| filter, of a push of 8 KiB | µs |");
    println!("|---|---|");
    let data: Json = serde_json::from_str(&push(8 << 10)).expect("JSON");
    let headers = Json::object([("x-github-event", Json::from("push"))]);
    let context = Json::object([("data", data), ("headers", headers)]);
    let (now, id) = (jiff::Timestamp::UNIX_EPOCH, uuid::Uuid::nil());
    for source in FILTERS {
        let filter = Expr::compile(source).expect("it compiles");
        let holds = || {
            let scope = Scope::new(now, id).with("$context", context.clone());
            filter.holds(&scope).expect("it is decided")
        };
        assert!(holds(), "{source}");
        let began = Instant::now();
        for _ in 0..runs {
            black_box(holds());
        }
        println!("| `{source}` | {:.2} |", began.elapsed().as_secs_f64() * 1e6 / runs as f64);
    }
}
