//! Reports: their text, and what several pods add up to.

use jiff::Timestamp;
use uuid::Uuid;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn counted() -> Deliveries {
    Deliveries {
        received: 10,
        accepted: 4,
        duplicates: 1,
        filtered: 2,
        rejected: 3,
        succeeded: 2,
        failed: 1,
        running: 1,
        queued: 5,
        dead_lettered: 1,
        last_received: Some(at("2026-11-24T12:00:03Z")),
        last_success: Some(at("2026-11-24T12:00:02Z")),
        last_failure: Some(LastFailure {
            time: at("2026-11-24T12:00:01Z"),
            step: Some("call".to_owned()),
            reason: "Timeout".to_owned(),
        }),
        last_rejection: Some(LastRejection { time: at("2026-11-24T12:00:00Z"), reason: "SignatureInvalid".to_owned() }),
    }
}

const LITERAL: &str = r#"{"version":1,"instance":"00000000-0000-0000-0000-000000000000","revision":"a-2","sandbox":true,"workflows":[{"workflow":{"namespace":"shop","name":"hello","uid":"u-1"},"revision":"r","deliveries":{"received":10,"accepted":4,"duplicates":1,"filtered":2,"rejected":3,"succeeded":2,"failed":1,"running":1,"queued":5,"deadLettered":1,"lastReceived":"2026-11-24T12:00:03Z","lastSuccess":"2026-11-24T12:00:02Z","lastFailure":{"time":"2026-11-24T12:00:01Z","step":"call","reason":"Timeout"},"lastRejection":{"time":"2026-11-24T12:00:00Z","reason":"SignatureInvalid"}}}],"gone":[{"namespace":"shop","name":"old","uid":"u-0"}]}"#;

#[test]
fn a_report_is_written_so() {
    let of_one = WorkflowReport { workflow: workflow("hello", "u-1"), revision: "r".to_owned(), deliveries: counted() };
    let report = Report {
        version: VERSION,
        instance: Uuid::nil(),
        revision: Some(revision("a-2")),
        sandbox: Some(true),
        workflows: vec![of_one],
        gone: vec![workflow("old", "u-0")],
    };
    assert_eq!(serde_json::to_string(&report).unwrap(), LITERAL);
    assert_eq!(ReportReader::default().push(format!("{LITERAL}\n").as_bytes()).unwrap(), [report]);
}

#[test]
fn a_report_is_read_in_pieces_and_with_what_a_later_version_adds() {
    let mut reader = ReportReader::default();
    let line = r#"{"version":1,"new":7,"instance":"00000000-0000-0000-0000-000000000000","revision":null}"#;
    let (one, other) = line.split_at(20);
    assert_eq!(reader.push(one.as_bytes()).unwrap(), []);
    assert_eq!(reader.push(other.as_bytes()).unwrap(), []);
    let empty = Report {
        version: 1,
        instance: Uuid::nil(),
        revision: None,
        sandbox: None,
        workflows: Vec::new(),
        gone: Vec::new(),
    };
    assert_eq!(reader.push(b"\n\n").unwrap(), [empty]);
}

#[test]
fn a_report_of_another_version_is_refused_by_a_sentence() {
    let told = ReportReader::default().push(b"{\"version\":2,\"all\":\"new\"}\n").unwrap_err().to_string();
    assert_eq!(told, "the report is of version 2 of the channel; versions 1 to 1 are understood here");
}

#[test]
fn a_report_of_no_end_is_not_held() {
    let mut reader = ReportReader::default();
    let piece = vec![b'x'; 1 << 16];
    let fault = (0..).find_map(|_| reader.push(&piece).err()).unwrap();
    assert_eq!(fault.to_string(), "a line is longer than 1048576 bytes");
}

#[test]
fn what_two_pods_count_is_added_and_the_latest_is_the_latest_of_both() {
    let other = Deliveries {
        received: 1,
        queued: 7,
        last_received: Some(at("2026-11-24T11:00:00Z")),
        last_rejection: Some(LastRejection { time: at("2026-11-24T13:00:00Z"), reason: "RateLimited".to_owned() }),
        ..Deliveries::default()
    };
    for both in [counted().and(&other), other.clone().and(&counted())] {
        assert_eq!((both.received, both.accepted, both.queued, both.running), (11, 4, 7, 1));
        assert_eq!(both.last_received, Some(at("2026-11-24T12:00:03Z")));
        assert_eq!(both.last_failure, counted().last_failure);
        assert_eq!(both.last_rejection, other.last_rejection);
    }
}
