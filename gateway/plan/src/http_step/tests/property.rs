//! No payload breaks out of the place it stands in: what was made of it is read back by a reader of that place, and has
//! the shape that the workflow gave it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use serde_json::json;
use url::Url;

use super::{field, lists, render, step, texts};
use crate::json::Json;
use crate::plan::{CloudEvent, HttpAuth, HttpBody, HttpStep, Part, PartContent};
use crate::template::text_of;

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

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// What a header field makes of a text: white space around a value is no part of it (RFC 9110, 5.5).
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The meanings for which `keeps` does not hold.
fn breaking(keeps: impl Fn(&str) -> bool) -> Vec<&'static str> {
    MEANINGS.split(' ').filter(|meaning| !keeps(meaning)).collect()
}

#[test]
fn the_payloads_would_break_out_of_texts_that_they_are_spliced_into() {
    let path = breaking(|a| {
        let url = Url::parse(&format!("https://a.test/v1/{a}x/end?last=1")).unwrap();
        url.path_segments().unwrap().map(decoded).eq(["v1".to_owned(), format!("{a}x"), "end".to_owned()])
    });
    let query = breaking(|a| {
        let url = Url::parse(&format!("https://a.test/?q={a}&last=1")).unwrap();
        let pairs = [("q".to_owned(), a.to_owned()), ("last".to_owned(), "1".to_owned())];
        url.query_pairs().into_owned().eq(pairs)
    });
    let json = breaking(|a| {
        let read = serde_json::from_str::<serde_json::Value>(&format!(r#"{{"a":"{a}","last":1}}"#));
        read.is_ok_and(|value| value == json!({"a": a, "last": 1}))
    });
    let header = breaking(|a| format!("X-A: {a}\nX-Last: 1").lines().eq([&*format!("X-A: {a}"), "X-Last: 1"]));
    for (place, broken, some) in [
        ("path", path, &["/", "?", "#", "%2e", "%2F", "\\", "//", "\r\n"][..]),
        ("query", query, &["#", "&", "%2e", "%2F", "+", "\r\n"]),
        ("json", json, &["\r\n", "\n", "\0", "\t", "\"", "\\"]),
        ("header", header, &["\r\n", "\n"]),
    ] {
        assert!(some.iter().all(|meaning| broken.contains(meaning)), "{place}: {broken:?}");
    }
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
        prop_assert_eq!((segments[0], decoded(segments[1]), decoded(segments[2])), ("v1", a, format!("x-{b}")));
        prop_assert_eq!(names(&url), ["one", "two", "more"]);
        let values: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        prop_assert_eq!(values, [b, "2".to_owned(), c]);
    }

    #[test]
    fn a_value_of_any_type_is_one_segment_and_one_parameter(value in crate::json::tests::values()) {
        let vars = Json::object([("v", value.clone())]);
        let scope = super::scope(json!({})).with("$vars", vars);
        let template = step("https://a.test/v-{{ $vars.v }}/end?q={{ $vars.v }}&last=1");
        let Ok(call) = super::program(&template).render(&scope, &super::facts()) else {
            prop_assert!(text_of(&value).len() > 1000, "{value}");
            return Ok(());
        };
        let segments: Vec<_> = call.url.path_segments().unwrap().map(decoded).collect();
        prop_assert_eq!(segments, [format!("v-{}", text_of(&value)), "end".to_owned()]);
        let parameters: Vec<_> = call.url.query_pairs().into_owned().collect();
        prop_assert_eq!(parameters, [("q".to_owned(), text_of(&value)), ("last".to_owned(), "1".to_owned())]);
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
        let Ok(call) = render(&step, json!({"a": a})) else {
            prop_assert!(a.chars().any(char::is_control), "{a:?}");
            return Ok(());
        };
        prop_assert_eq!(call.headers.len(), 12);
        for value in call.headers.values() {
            prop_assert!(!value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        }
        let both = format!("b {a}");
        prop_assert_eq!((field(&call, "x-a"), field(&call, "x-b")), (Some(trimmed(&a)), Some(trimmed(&both))));
        let attributes = ["ce-type", "ce-subject"].map(|name| decoded(field(&call, name).unwrap()));
        prop_assert_eq!(attributes, [format!("t{a}"), format!("x{a}")]);
    }

    #[test]
    fn credentials_stay_in_their_field(a in payload(), b in payload()) {
        let with = |auth| HttpStep { auth: Some(auth), ..step("https://a.test/") };
        let vars = json!({"a": a, "b": b});
        let basic = HttpAuth::Basic { username: "{{ $vars.a }}".to_owned(), password: "{{ $vars.b }}".to_owned() };
        match render(&with(basic), vars.clone()) {
            Ok(call) => {
                prop_assert_eq!(call.headers.get_all("authorization").iter().count(), 1);
                let pair = STANDARD.decode(field(&call, "authorization").unwrap().strip_prefix("Basic ").unwrap()).unwrap();
                let pair = String::from_utf8(pair).unwrap();
                prop_assert_eq!(pair.split_once(':'), Some((&*a, &*b)));
            }
            Err(_) => prop_assert!(a.contains(':') || a.contains(char::is_control) || b.contains(char::is_control)),
        }
        match render(&with(HttpAuth::Bearer("{{ $vars.a }}".to_owned())), vars) {
            Ok(call) => prop_assert_eq!(field(&call, "authorization"), Some(&*format!("Bearer {a}"))),
            Err(_) => prop_assert!(a.is_empty() || !a.chars().all(|c| c.is_ascii_graphic())),
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
        prop_assert_eq!(head.matches('"').count(), 4);
        prop_assert_eq!(content, "\r\n");
        prop_assert_eq!((parts[0], parts[3]), ("", "--\r\n"));
    }
}
