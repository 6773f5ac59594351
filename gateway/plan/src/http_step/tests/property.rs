//! No payload breaks out of the place it stands in.

use proptest::prelude::*;
use serde_json::json;
use url::Url;

use super::{lists, render, step, texts};
use crate::plan::{CloudEvent, HttpBody, HttpStep, Part, PartContent};

/// What has a meaning somewhere, separated by spaces.
const MEANINGS: &str = "/ ? # & = % %2e %2F .. . \\ @ : // \r\n \n \0 \t \" ' {{$secrets.token}} $( }} < > ; , + [ ] | ^ ` \
    http://evil.test/ ü \u{202e} evil.test 127.0.0.1 X-Evil:1 -- boundary";

/// Texts rich in meanings.
fn payload() -> impl Strategy<Value = String> {
    let meanings: Vec<_> = MEANINGS.split(' ').collect();
    let piece =
        prop_oneof![prop::sample::select(meanings).prop_map(str::to_owned), Just(" ".to_owned()), any::<String>()];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn names(url: &Url) -> Vec<String> {
    url.query_pairs().map(|(name, _)| name.into_owned()).collect()
}

proptest! {
    #[test]
    fn a_url_keeps_its_shape(a in payload(), b in payload(), c in payload()) {
        let step = HttpStep {
            query: lists([("more", &["{{ $vars.c }}"])]),
            ..step("https://api.example.com:8443/v1/{{ $vars.a }}/x-{{ $vars.b }}?one={{ $vars.b }}&two=2")
        };
        let Ok(call) = render(&step, json!({"a": a, "b": b, "c": c})) else {
            // Only what no encoding keeps in its place, or what is too long, is refused.
            prop_assert!(a.is_empty() || a == "." || a == ".." || a.len() + b.len() + c.len() > 2000, "{a:?}");
            return Ok(());
        };
        let url = call.url;
        prop_assert_eq!(url.scheme(), "https");
        prop_assert_eq!(&url[url::Position::BeforeUsername..url::Position::BeforePath], "api.example.com:8443");
        prop_assert_eq!(url.fragment(), None);
        let segments: Vec<_> = url.path_segments().unwrap().collect();
        prop_assert_eq!(segments.len(), 3);
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
        prop_assert_eq!((segments[0], decoded(segments[1]), decoded(segments[2])), ("v1", a, format!("x-{b}")));
        prop_assert_eq!(names(&url), ["one", "two", "more"]);
        let values: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        prop_assert_eq!(values, [b, "2".to_owned(), c]);
    }

    #[test]
    fn a_host_stays_in_its_list(a in payload()) {
        let hosts = vec!["*.example.com".to_owned()];
        for template in ["https://{{ $vars.a }}.example.com/", "https://{{ $vars.a }}/", "{{ $vars.a }}", "{{ $vars.a }}/x"] {
            let step = HttpStep { hosts: hosts.clone(), ..step(template) };
            for value in [a.clone(), format!("https://{a}"), format!("https://{a}.example.com"), format!("https://a.example.com{a}")] {
                if let Ok(call) = render(&step, json!({"a": value})) {
                    let host = call.url.host_str().unwrap();
                    prop_assert!(host.ends_with(".example.com"), "{host}");
                    prop_assert_eq!(call.url.username(), "");
                }
            }
        }
    }

    #[test]
    fn a_header_stays_one_field(a in payload()) {
        let event = CloudEvent { type_: "t{{ $vars.a }}".to_owned(), source: "/s".to_owned(), subject: Some("x{{ $vars.a }}".to_owned()), data: None };
        let step = HttpStep {
            headers: texts([("X-A", "{{ $vars.a }}"), ("X-B", "b {{ $vars.a }}")]),
            body: Some(HttpBody::CloudEvent(Box::new(event))),
            ..step("https://a.test/")
        };
        if let Ok(call) = render(&step, json!({"a": a})) {
            prop_assert_eq!(call.headers.len(), 12);
            for value in call.headers.values() {
                prop_assert!(!value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
            }
        } else {
            prop_assert!(a.chars().any(char::is_control), "{a:?}");
        }
    }

    #[test]
    fn json_keeps_its_structure(a in payload(), b in payload()) {
        let body = json!({"a": "{{ $vars.a }}", "b": ["x {{ $vars.b }} y", {"c": "{{ $vars.a }}"}], "d": 1});
        let step = HttpStep { body: Some(HttpBody::Json(body.into())), ..step("https://a.test/") };
        let call = render(&step, json!({"a": a, "b": b})).unwrap();
        let sent: serde_json::Value = serde_json::from_slice(&call.body).unwrap();
        prop_assert_eq!(sent, json!({"a": a, "b": [format!("x {b} y"), {"c": a}], "d": 1}));
    }

    #[test]
    fn a_form_keeps_its_fields(a in payload(), b in payload()) {
        let form = HttpBody::Form(lists([("one", &["{{ $vars.a }}"]), ("two", &["{{ $vars.b }}", "{{ $vars.a }}"])]));
        let call = render(&HttpStep { body: Some(form), ..step("https://a.test/") }, json!({"a": a, "b": b})).unwrap();
        let sent: Vec<_> = url::form_urlencoded::parse(&call.body).into_owned().collect();
        prop_assert_eq!(sent, [("one".to_owned(), a.clone()), ("two".to_owned(), b), ("two".to_owned(), a)]);
    }

    #[test]
    fn a_multipart_body_keeps_its_parts(a in payload(), b in payload()) {
        let parts = vec![
            Part { name: "one".to_owned(), content: PartContent::Value("{{ $vars.a }}".to_owned()) },
            Part {
                name: "two".to_owned(),
                content: PartContent::File { filename: "{{ $vars.b }}".to_owned(), content_type: "text/plain".to_owned(), base64: String::new() },
            },
        ];
        let step = HttpStep { body: Some(HttpBody::Multipart(parts)), ..step("https://a.test/") };
        let Ok(call) = render(&step, json!({"a": a, "b": b})) else {
            prop_assert!(b.contains('\0'));
            return Ok(());
        };
        let content_type = super::field(&call, "content-type").unwrap();
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = std::str::from_utf8(&call.body).unwrap();
        let parts: Vec<_> = text.split(&format!("--{boundary}")).collect();
        prop_assert_eq!(parts.len(), 4);
        prop_assert_eq!(parts[1], format!("\r\nContent-Disposition: form-data; name=\"one\"\r\n\r\n{a}\r\n"));
        let (head, content) = parts[2].split_once("\r\n\r\n").unwrap();
        prop_assert_eq!(head.lines().filter(|line| !line.is_empty()).count(), 2);
        prop_assert_eq!(content, "\r\n");
        prop_assert_eq!((parts[0], parts[3]), ("", "--\r\n"));
    }
}
