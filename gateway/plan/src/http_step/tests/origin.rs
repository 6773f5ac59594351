//! Hop count and trace.

use http::HeaderMap;
use serde_json::json;

use super::{facts, field, program, scope, step};
use crate::http_step::{CallFacts, Origin};
use crate::reason::StepReason;

fn origin(name: &'static str, value: &str) -> Origin {
    Origin::of(&HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]))
}

fn sent(origin: Origin, name: &str) -> Option<String> {
    let facts = CallFacts { origin, ..facts() };
    let call = program(&step("https://a.test/")).render(&scope(json!({})), &facts).unwrap();
    field(&call, name).map(str::to_owned)
}

#[test]
fn each_pass_through_boathook_is_counted() {
    assert_eq!(sent(Origin::default(), "boathook-hops").as_deref(), Some("1"));
    assert_eq!(sent(origin("boathook-hops", "4"), "boathook-hops").as_deref(), Some("5"));
}

#[test]
fn more_than_five_hops_end_the_run() {
    for count in ["5", "6", "4294967295", "4294967296", "-1", "many", "1, 2"] {
        let facts = CallFacts { origin: origin("boathook-hops", count), ..facts() };
        let failure = program(&step("https://a.test/")).render(&scope(json!({})), &facts).unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::TooManyHops, false), "{count}");
    }
}

#[test]
fn without_an_incoming_trace_the_execution_is_the_trace() {
    // The span is the beginning of sha256("6f1c").
    let expected = "00-01935b3c000070008000000000000001-4d482d944eb0a676-00";
    assert_eq!(sent(Origin::default(), "traceparent").as_deref(), Some(expected));
}

#[test]
fn an_incoming_trace_goes_on() {
    let cases = [
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later",
    ];
    for incoming in cases {
        let expected = "00-0af7651916cd43dd8448eb211c80319c-4d482d944eb0a676-01";
        assert_eq!(sent(origin("traceparent", incoming), "traceparent").as_deref(), Some(expected));
    }
}

#[test]
fn flags_that_are_not_known_are_not_passed_on() {
    for (incoming, passed) in [("00", "00"), ("01", "01"), ("03", "03"), ("ff", "03"), ("fd", "01"), ("04", "00")] {
        let parent = format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{incoming}");
        let expected = format!("00-0af7651916cd43dd8448eb211c80319c-4d482d944eb0a676-{passed}");
        assert_eq!(sent(origin("traceparent", &parent), "traceparent"), Some(expected));
    }
}

#[test]
fn a_trace_that_is_not_valid_is_none() {
    let cases = [
        "",
        "00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
    ];
    for incoming in cases {
        assert_eq!(origin("traceparent", incoming), Origin::default(), "{incoming}");
    }
}
