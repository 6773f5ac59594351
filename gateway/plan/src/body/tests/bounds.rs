//! One account of memory for every kind.

use super::*;

/// Bodies of 3,000 small values each, of every kind that has such.
fn many() -> [(&'static str, String); 4] {
    let all = |start: &str, one: &str, end: &str| format!("{start}{}{end}", one.repeat(3_000));
    [
        ("application/json", all("[", "[],", "1]")),
        ("application/x-www-form-urlencoded", all("", "a=1&", "")),
        ("application/xml", all("<r>", "<a>1</a>", "</r>")),
        ("text/plain", all("", "0123456789", "")),
    ]
}

#[test]
fn a_body_beyond_its_room_is_refused_and_says_that_more_would_do() {
    for (media, body) in many() {
        let headers = fields(&[("content-type", media)]);
        let within = |room| read(&headers, body.as_bytes(), &Projection::All, Bounds { room, ..BOUNDS });
        let fault = within(10_000).unwrap_err();
        assert!(fault.wants_room(), "{media}: {fault}");
        assert_eq!(fault.reason().as_str(), "MalformedBody");
        let content = within(JSON_TREE_SIZE).unwrap();
        assert_eq!(within(content.size).unwrap(), content, "{media}: it takes what it said");
        assert!(within(content.size - 1).is_err(), "{media}");
    }
}

#[test]
fn other_faults_do_not_ask_for_more_room() {
    let deep = "[".repeat(65);
    for (media, body) in [("application/json", "{"), ("application/json", &deep), ("text/plain; charset=x", "1")] {
        assert!(!all(media, body).unwrap_err().wants_room(), "{body}");
    }
}
