//! CloudEvents in their three modes.

use super::*;

const EVENT: &str = r#"{"specversion":"1.0","id":"7","source":"/shop","type":"order.paid","data":{"n":1}}"#;
const STRUCTURED: &str = "application/cloudevents+json; charset=utf-8";
const BATCH: &str = "application/cloudevents-batch+json";

fn binary(pairs: &[(&str, &str)]) -> Result<(Json, Option<CloudEvent>), BodyFault> {
    let mut headers = fields(&[("content-type", "application/json")]);
    headers.extend(fields(pairs));
    let data = read(&headers, br#"{"n":1}"#, &Projection::All, BOUNDS)?.data;
    let event = CloudEvent::of(&headers, &data);
    Ok((data, event))
}

#[test]
fn a_structured_event_is_its_json_and_says_what_it_is() {
    assert_eq!(text(STRUCTURED, EVENT), EVENT);
    let data = part_of(STRUCTURED, EVENT, &only(&["data", "n"])).unwrap();
    assert_eq!(data.get(["data", "n"]).unwrap().to_string(), "1");
    let event = CloudEvent::of(&fields(&[("content-type", STRUCTURED)]), &data).unwrap();
    assert_eq!((event.kind.as_str(), event.id.as_str()), ("order.paid", "7"));
}

#[test]
fn a_batch_is_a_list_of_events() {
    assert_eq!(text(BATCH, format!("[{EVENT},{EVENT}]")), format!("[{EVENT},{EVENT}]"));
    assert_eq!(text(BATCH, "[]"), "[]");
    assert_eq!(CloudEvent::of(&fields(&[("content-type", BATCH)]), &Json::list([])), None);
    assert_eq!(refused(BATCH, EVENT).1, "the batch is not a list of events");
    assert_eq!(refused(BATCH, format!("[{EVENT},{{}}]")).1, "the event has no specversion, or it is no text");
}

#[test]
fn an_event_in_binary_mode_is_its_data_and_its_fields_say_what_it_is() {
    let attributes = [("ce-specversion", "1.0"), ("ce-id", "a%20b"), ("ce-source", "/shop"), ("ce-type", "order.paid")];
    let (data, event) = binary(&attributes).unwrap();
    assert_eq!(data.to_string(), r#"{"n":1}"#);
    assert_eq!(event, Some(CloudEvent { kind: "order.paid".to_owned(), id: "a b".to_owned() }));
    assert_eq!(binary(&[("ce-id", "7"), ("ce-type", "x")]).unwrap().1, None, "no version, no event");
}

#[test]
fn an_attribute_means_what_stands_in_its_quotes() {
    let attributes = [
        ("ce-specversion", "\"1.0\""),
        ("ce-id", "\"a \\\"b\\\\%20c\""),
        ("ce-source", "/shop"),
        ("ce-type", "\"order.paid\""),
    ];
    let event = binary(&attributes).unwrap().1;
    assert_eq!(event, Some(CloudEvent { kind: "order.paid".to_owned(), id: "a \"b\\ c".to_owned() }));
    for broken in ["\"7", "\"7\"8", "\"7\\", "\"\""] {
        let broken = [("ce-specversion", "1.0"), ("ce-id", broken), ("ce-source", "/"), ("ce-type", "x")];
        assert_eq!(binary(&broken).unwrap_err().to_string(), "the event has no id, or it is no text");
    }
}

#[test]
fn an_event_without_data_is_checked_too() {
    let empty = |list: &[(&'static str, &str)]| {
        read(&fields(list), b"", &Projection::All, BOUNDS)
            .map(|content| content.data)
            .map_err(|fault| fault.to_string())
    };
    let head = |version| [("ce-specversion", version), ("ce-id", "7"), ("ce-source", "/"), ("ce-type", "x")];
    assert_eq!(empty(&head("1.0")), Ok(Json::Null));
    assert_eq!(empty(&head("0.3")), Err("the event's specversion is not 1.0".to_owned()));
    assert_eq!(empty(&head("1.0")[..2]), Err("the event has no source, or it is no text".to_owned()));
    let none = "the event has no specversion, or it is no text".to_owned();
    assert_eq!(empty(&[("content-type", STRUCTURED)]), Err(none));
    assert_eq!(empty(&[("content-type", BATCH)]), Err("the batch is not a list of events".to_owned()));
    assert_eq!(empty(&[("content-type", "application/json")]), Ok(Json::Null));
}

#[test]
fn an_event_lacks_nothing_that_an_event_must_have() {
    for (name, value) in [("id", "7"), ("source", "/shop"), ("type", "order.paid")] {
        for other in ["null", "\"\"", "7"] {
            let body = EVENT.replace(&format!("\"{name}\":\"{value}\""), &format!("\"{name}\":{other}"));
            let message = format!("the event has no {name}, or it is no text");
            assert_eq!(refused(STRUCTURED, body), ("MalformedBody", message));
        }
    }
    let old = EVENT.replace("1.0", "0.3");
    assert_eq!(refused(STRUCTURED, old).1, "the event's specversion is not 1.0");
    let missing = [("ce-specversion", "1.0"), ("ce-id", "7"), ("ce-source", "/shop")];
    assert_eq!(binary(&missing).unwrap_err().to_string(), "the event has no type, or it is no text");
    let twice = [("ce-specversion", "1.0"), ("ce-id", "7"), ("ce-id", "8"), ("ce-source", "/"), ("ce-type", "x")];
    assert_eq!(binary(&twice).unwrap_err().to_string(), "the event has no id, or it is no text");
}
