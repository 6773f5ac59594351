//! Header grammars of every way to verify a sender, of client addresses and of media types: no header ends a process,
//! and none that was not made with the key is let in.
#![no_main]

use std::net::{IpAddr, Ipv4Addr};

use boathook_plan::address::{self, Networks};
use boathook_plan::body::{CloudEvent, Kind, MediaType};
use boathook_plan::json::Json;
use boathook_plan::plan::{
    ApiKeyPlace, HashAlgorithm, HmacForm, KeySpec, Match, Scheme, SchemeKind, SchemeOptions, SignatureEncoding, SignatureFormat,
    TimestampPlace, TimestampSource, TimestampUnit, Verification,
};
use boathook_plan::request::RawRequest;
use boathook_plan::secret::{KeyValue, Secret, SecretText};
use boathook_plan::verify::{Verifier, preset};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// A key that no mutation comes upon: 256 bits.
const KEY: &str = "9f3c1d7be4a2586f0c9d1e7a3b5f8246d0e1c2b3a4958677f6e5d4c3b2a19087";

const NOW: i64 = 1_790_000_000;

fn form(format: SignatureFormat, encoding: SignatureEncoding, place: TimestampPlace) -> SchemeKind {
    SchemeKind::Hmac(Box::new(HmacForm {
        header: "x-signature".to_owned(),
        format,
        algorithm: HashAlgorithm::SHA256,
        encoding,
        content: "{timestamp}.{header.x-other}.{body}".to_owned(),
        timestamp: Some(TimestampSource { place, unit: TimestampUnit::Seconds, tolerance_ms: 300_000 }),
        id_header: Some("x-id".to_owned()),
    }))
}

fn kinds() -> Vec<SchemeKind> {
    let list = SignatureFormat::KeyValueList {
        separator: ",".to_owned(),
        assign: "=".to_owned(),
        keys: vec!["v1".to_owned(), "v0".to_owned()],
    };
    let mut kinds = vec![
        form(SignatureFormat::Raw { prefix: "sha256=".to_owned() }, SignatureEncoding::Hex, header_time()),
        form(list, SignatureEncoding::Base64, TimestampPlace::SignatureKey("t".to_owned())),
        form(
            SignatureFormat::SpacedList { versions: vec!["v1".to_owned()] },
            SignatureEncoding::Base64URL,
            header_time(),
        ),
        SchemeKind::Basic,
        SchemeKind::Bearer,
        SchemeKind::ApiKey(ApiKeyPlace::Header("x-api-key".to_owned())),
        SchemeKind::ApiKey(ApiKeyPlace::Query("key".to_owned())),
    ];
    kinds.extend(preset::names().map(|(name, _)| SchemeKind::Preset(name.to_owned())));
    kinds
}

fn header_time() -> TimestampPlace {
    TimestampPlace::Header("x-timestamp".to_owned())
}

fn verifier(kind: SchemeKind) -> Option<Verifier> {
    let value = match kind {
        SchemeKind::Basic => format!("user:{{SHA}}{KEY}\n"),
        _ => KEY.to_owned(),
    };
    let key = KeyValue::Bytes(SecretText(Secret::new(value.into_bytes())));
    let scheme = Scheme { kind, keys: vec![KeySpec::default()], tolerance_ms: None, options: SchemeOptions::default() };
    Verifier::new(&Verification { match_: Match::Any, schemes: vec![scheme] }, &[vec![Some(key)]]).ok()
}

/// The fields that anything here reads.
const NAMES: [&str; 22] = [
    "x-signature", "x-timestamp", "x-other", "x-id", "authorization", "x-api-key", "x-forwarded-for", "content-type",
    "content-encoding", "ce-specversion", "ce-id", "x-hub-signature-256", "x-github-event", "x-gitlab-token",
    "stripe-signature", "x-slack-signature", "x-slack-request-timestamp", "webhook-signature", "webhook-timestamp",
    "webhook-id", "svix-signature", "origin",
];

/// One field a line: a byte that names it, and its value.
fn fields(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(32) {
        let Some((name, value)) = line.split_first() else { continue };
        let name = NAMES[usize::from(*name) % NAMES.len()];
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    headers
}

thread_local! {
    static VERIFIERS: Vec<Verifier> = kinds().into_iter().filter_map(verifier).collect();
}

fuzz_target!(|input: (&[u8], &[u8])| {
    let (head, rest) = input;
    let headers = fields(head);
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let trusted = Networks::of(&["127.0.0.0/8".parse().expect("a network"), "10.0.0.0/8".parse().expect("a network")]);
    let client = address::client(peer, &headers, &trusted);
    if let Ok(media) = MediaType::of(&headers) {
        let _ = (Kind::of(&media), media.top(), media.suffix(), media.parameter("charset"));
    }
    drop(CloudEvent::of(&headers, &Json::Null));
    let now = Timestamp::from_second(NOW).expect("a time");
    let request = RawRequest {
        method: Method::POST,
        path: "/in/hook".to_owned(),
        query: std::str::from_utf8(rest).ok().map(str::to_owned),
        headers,
        body: Bytes::copy_from_slice(rest),
        params: Vec::new(),
        client,
        received_at: now,
        url: "https://hooks.example.test/in/hook".to_owned(),
    };
    VERIFIERS.with(|verifiers| {
        for verifier in verifiers {
            if let Ok(verified) = verifier.verify(request.clone(), now) {
                panic!("let in without the key: {:?}", verified.identity());
            }
        }
    });
});
