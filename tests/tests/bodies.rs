//! Bodies on the wire, against a whole gateway on a real port: every kind is read, and each hostile one ends as its reason.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "what does not hold ends the test")]

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use boathook_gateway::Clock;
use boathook_tests::boathook::Run;
use boathook_tests::served::Served;
use boathook_tests::wire::{Answer, Sent, send};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=b";
const XML: &str = "application/xml";

/// A body, its type and coding, and how it ends.
struct Case {
    name: &'static str,
    media: &'static str,
    coding: &'static str,
    body: Vec<u8>,
    ends: (u16, &'static str),
}

const MALFORMED: (u16, &str) = (400, "MalformedBody");
const TOO_LARGE: (u16, &str) = (413, "BodyTooLarge");
const UNSUPPORTED: (u16, &str) = (415, "UnsupportedMediaType");

fn case(name: &'static str, media: &'static str, body: impl Into<Vec<u8>>, ends: (u16, &'static str)) -> Case {
    Case { name, media, coding: "", body: body.into(), ends }
}

fn coded(name: &'static str, coding: &'static str, body: Vec<u8>, ends: (u16, &'static str)) -> Case {
    Case { coding, ..case(name, JSON, body, ends) }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(text, 19).expect("memory")
}

fn parts(count: usize, head: &str) -> String {
    format!("--b\r\n{head}\r\n\r\n1\r\n").repeat(count) + "--b--"
}

/// What no coding may do.
fn codings() -> Vec<Case> {
    let zeros = vec![b' '; 64 << 20];
    let cut = gzip(b"{\"a\":1}");
    vec![
        coded("a gzip bomb", "gzip", gzip(&zeros), TOO_LARGE),
        coded("a zstd bomb", "zstd", zstd(&zeros), TOO_LARGE),
        coded("within the limit, beyond the ratio", "gzip", gzip(&zeros[..500 << 10]), TOO_LARGE),
        coded("nested codings", "gzip, gzip", gzip(&gzip(b"1")), UNSUPPORTED),
        coded("an unknown coding", "compress", b"1".to_vec(), UNSUPPORTED),
        coded("a coding that lies", "br", b"{\"a\":1}".to_vec(), MALFORMED),
        coded("another coding than it says", "gzip", zstd(b"1"), MALFORMED),
        coded("gzip that breaks off", "gzip", cut[..cut.len() - 4].to_vec(), MALFORMED),
        coded("gzip with bytes behind its end", "gzip", [&cut[..], b"{}"].concat(), MALFORMED),
    ]
}

/// What no JSON may be.
fn texts() -> Vec<Case> {
    let deep = "[".repeat(65) + &"]".repeat(65);
    let many = format!("[{}0]", "0,".repeat(100_000));
    vec![
        case("65 levels", JSON, deep, MALFORMED),
        case("a million levels", JSON, "[".repeat(1_000_000), MALFORMED),
        case("100,001 values", JSON, many, MALFORMED),
        case("NaN", JSON, "NaN", MALFORMED),
        case("half a surrogate pair", JSON, "\"\\ud800\"", MALFORMED),
        case("bytes behind the end", JSON, "{}{}", MALFORMED),
        case("no UTF-8", JSON, b"\"\xff\"".to_vec(), MALFORMED),
        case("a charset of no use", "application/json; charset=utf-7", "1", UNSUPPORTED),
        case("no type", "", "1", UNSUPPORTED),
    ]
}

/// What no form, no parts and no XML may be.
fn others() -> Vec<Case> {
    let name = "Content-Disposition: form-data; name=a";
    let fields = (0..100_000).map(|number| format!("f{number}&")).collect::<Vec<_>>().concat();
    let entity = "<!DOCTYPE a [<!ENTITY b \"0123456789\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;&c;&c;</a>";
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    let upwards = format!("{name}; filename=\"../../x\"");
    vec![
        case("a form of 100,000 fields", FORM, fields, MALFORMED),
        case("a form that is no UTF-8", FORM, "a=%ff", MALFORMED),
        case("65 parts", PARTS, parts(65, name), MALFORMED),
        case("parts without a boundary", "multipart/form-data", parts(1, name), UNSUPPORTED),
        case(
            "a part's head of a megabyte",
            PARTS,
            parts(1, &format!("{name}\r\nX: {}", "y".repeat(1_000_000))),
            MALFORMED,
        ),
        case("a file's name that leads upwards", PARTS, parts(1, &upwards), MALFORMED),
        case("JSON that pretends to have parts", PARTS, "{\"a\":1}", MALFORMED),
        case("entities that multiply", XML, entity, MALFORMED),
        case("an entity that names a file", XML, file, MALFORMED),
        case("XML that is none", XML, "<a><b></a>", MALFORMED),
        case("a million elements deep", XML, "<a>".repeat(300_000), MALFORMED),
    ]
}

async fn echo() -> Served {
    let webhook = json!({"path": "/hook", "public": true, "request": {"maxBodySize": "1Mi"}});
    Served::answering(&json!("{{ $context.data }}"), &webhook, Vec::new(), Clock::system()).await
}

async fn post(served: &Served, media: &str, coding: &str, body: &[u8]) -> Answer {
    let fields = [("Content-Type", media), ("Content-Encoding", coding)];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let headers: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let sent = Sent { method: "POST", target: "/in/hook", headers: &headers, body };
    send(served.address(), &sent).await.expect("an answer")
}

#[tokio::test]
async fn every_hostile_body_ends_as_its_reason_and_the_next_one_is_served() {
    let served = echo().await;
    for case in codings().into_iter().chain(texts()).chain(others()) {
        let answer = post(&served, case.media, case.coding, &case.body).await;
        assert_eq!((answer.status, answer.reason().as_str()), case.ends, "{}: {}", case.name, answer.body);
        let next = post(&served, JSON, "", b"{\"a\":1}").await;
        assert_eq!((next.status, next.body.as_str()), (200, "{\"a\":1}"), "after {}", case.name);
    }
}

#[tokio::test]
async fn numbers_of_any_size_and_marks_are_read_and_of_repeated_names_the_last() {
    let served = echo().await;
    let long = "9".repeat(400);
    for (body, expected) in
        [("1e400", "1e400"), (&*long, &*long), ("\u{feff}[1]", "[1]"), ("{\"a\":1,\"a\":2}", "{\"a\":2}")]
    {
        let answer = post(&served, JSON, "", body.as_bytes()).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, expected));
    }
}

#[tokio::test]
async fn a_form_of_many_fields_is_read_in_a_moment() {
    let served = echo().await;
    let fields = (0..50_000).map(|number| format!("{number:x}&")).collect::<Vec<_>>().concat();
    let before = Instant::now();
    let answer = post(&served, FORM, "", fields.as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert!(before.elapsed() < Duration::from_secs(2), "50,000 fields took {:?}", before.elapsed());
}

#[tokio::test]
async fn bodies_of_every_kind_and_coding_are_read() {
    let served = echo().await;
    let body = parts(1, "Content-Disposition: form-data; name=a; filename=f.txt\r\nContent-Type: text/csv");
    for (media, coding, body, expected) in [
        (JSON, "gzip", gzip(b"{\"a\":[1]}"), json!({"a": [1]})),
        (JSON, "zstd", zstd(b"{\"a\":[1]}"), json!({"a": [1]})),
        ("text/plain; charset=iso-8859-1", "", b"caf\xe9".to_vec(), json!("café")),
        (FORM, "", b"a=1&b=%C3%A9&a=2".to_vec(), json!({"a": ["1", "2"], "b": "é"})),
        (
            PARTS,
            "",
            body.into(),
            json!({"a": {"filename": "f.txt", "contentType": "text/csv", "size": 1, "base64": "MQ=="}}),
        ),
        (XML, "gzip", gzip(b"<a id='7'><b>1</b><b>2</b></a>"), json!({"@id": "7", "b": ["1", "2"]})),
        ("application/pdf", "", b"%PDF".to_vec(), json!({"base64": "JVBERg=="})),
    ] {
        let answer = post(&served, media, coding, &body).await;
        let data: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        assert_eq!((answer.status, data), (200, expected), "{media} {coding}");
    }
}

#[tokio::test]
async fn the_example_of_a_form_sends_its_visitor_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/form/contact.yaml");
    std::fs::copy(example, folder.path().join("contact.yaml")).expect("a copy");
    let run = Run::start(folder.path());
    let headers = [("Content-Type".to_owned(), FORM.to_owned())];
    let target = "/api/webhooks/default/contact";
    let post = async |body: &str| {
        let sent = Sent { method: "POST", target, headers: &headers, body: body.as_bytes() };
        send(run.listen, &sent).await.expect("an answer")
    };
    let told = post("email=ada%40example.com&message=Hello+there").await;
    assert_eq!((told.status, told.header("location")), (303, "https://www.example.com/thanks"));
    let refused = post("email=nobody&message=Hello").await;
    assert_eq!((refused.status, refused.reason().as_str()), (422, "SchemaViolation"));
}
