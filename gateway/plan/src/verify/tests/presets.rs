//! Each preset that is built: what its sender makes is accepted, and every change of it is refused.

use super::*;
use crate::verify::preset::{Ack, KeyRole, Proof, find, names};

/// Presets that sign, with a key as their provider shows it.
const SIGNING: [(&str, &str); 6] = [
    ("GitHub", "It's a Secret to Everybody"),
    ("Slack", "8f742231b10e8888abcd99yyyzzz85a5"),
    ("Stripe", "whsec_5nXVz1xJ4mQ2kT7wPq8rLbC3dE6fG9hA"),
    ("Shopify", "hush-shpss_5c1f3d8a9b7e2c4d6f8a"),
    ("StandardWebhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("Svix", "whsec_plJ3nmyCDGBKInavdOK15jsl"),
];

/// Presets whose signature carries its time.
const TIMED: [&str; 4] = ["Slack", "Stripe", "StandardWebhooks", "Svix"];

const BODY: &[u8] = br#"{"zeta": 1.0, "name": "caf\u00e9", "big": 12345678901234567890, "dup": 1, "dup": 2}"#;

struct Sender {
    name: &'static str,
    scheme: Scheme,
    key: KeyValue,
    verifier: Verifier,
    field: String,
}

fn senders() -> impl Iterator<Item = Sender> {
    SIGNING.into_iter().map(|(name, text)| Sender {
        name,
        scheme: preset(name),
        key: key(text),
        verifier: verifier(preset(name), vec![key(text)]),
        field: find(name).unwrap().forms()[0].header.clone(),
    })
}

impl Sender {
    fn send(&self) -> RawRequest {
        signed(&self.scheme, &self.key, request(&[], BODY))
    }

    fn refuses(&self, request: &RawRequest, reason: Reason, what: &str) {
        assert_eq!(matched(&self.verifier, request), Err(reason), "{}: {what}", self.name);
    }
}

#[test]
fn what_the_sender_signs_is_accepted() {
    for sender in senders() {
        let identity = identity(&sender.verifier, &sender.send()).unwrap();
        assert_eq!(identity, Identity { scheme: sender.name.to_owned(), key: Some(0), subject: None });
    }
}

#[test]
fn bodies_are_bytes() {
    let bodies: [&[u8]; 6] =
        [b"", b"\xef\xbb\xbf{\"bom\":true}", b"{\r\n}\r\n", b"\xff\xfe\x00", b"a=1+2&b=%20", b"{timestamp}{secret}$&"];
    for sender in senders() {
        for body in bodies {
            let sent = signed(&sender.scheme, &sender.key, request(&[], body));
            assert_eq!(matched(&sender.verifier, &sent), Ok(0), "{}: {body:?}", sender.name);
        }
    }
}

#[test]
fn an_unsigned_request_is_refused() {
    for sender in senders() {
        let sent = sender.send();
        sender.refuses(&with_header(sent.clone(), &sender.field, None), Reason::SignatureMissing, "no header");
        sender.refuses(&with_header(sent, &sender.field, Some("")), Reason::SignatureMissing, "an empty header");
    }
}

#[test]
fn every_damaged_signature_is_refused() {
    for sender in senders() {
        let sent = sender.send();
        let good = header(&sent, &sender.field).to_owned();
        let damaged = [
            good[..good.len() - 1].to_owned(),
            good[..good.len() - 2].to_owned(),
            good[1..].to_owned(),
            format!("{good}00"),
            format!("{good}="),
            format!("{good}zz"),
            format!("x{good}"),
            good.replace(['=', ','], ""),
            "sha256=".to_owned(),
            "v0=".to_owned(),
            "v1,".to_owned(),
            "t=1790000000,v1=".to_owned(),
            "=".to_owned(),
            ",".to_owned(),
        ];
        for value in damaged {
            let sent = with_header(sent.clone(), &sender.field, Some(&value));
            assert!(matched(&sender.verifier, &sent).is_err(), "{}: {value}", sender.name);
        }
    }
}

#[test]
fn upper_case_hexadecimal_is_no_presets_signature() {
    for sender in senders() {
        let sent = sender.send();
        let (prefix, mac) = header(&sent, &sender.field).rsplit_once('=').unwrap();
        if mac.is_empty() {
            continue; // base64, whose case means something
        }
        let upper = format!("{prefix}={}", mac.to_uppercase());
        sender.refuses(&with_header(sent, &sender.field, Some(&upper)), Reason::SignatureInvalid, "upper case");
    }
}

#[test]
fn a_second_signature_header_is_refused_even_when_one_is_right() {
    for sender in senders() {
        let mut sent = sender.send();
        let name = HeaderName::from_bytes(sender.field.as_bytes()).unwrap();
        sent.headers.append(name, HeaderValue::from_static("x"));
        sender.refuses(&sent, Reason::SignatureInvalid, "two headers");
    }
}

#[test]
fn a_changed_body_is_refused() {
    let bodies: [&[u8]; 4] = [
        br#"{"zeta":1.0,"name":"caf\u00e9","big":12345678901234567890,"dup":1,"dup":2}"#,
        br#"{"zeta":1,"name":"caf\u00e9","big":12345678901234567000,"dup":2}"#,
        "{\"zeta\": 1.0, \"name\": \"café\", \"big\": 12345678901234567890, \"dup\": 1, \"dup\": 2}".as_bytes(),
        b"",
    ];
    for sender in senders() {
        for body in bodies {
            let mut sent = sender.send();
            sent.body = Bytes::copy_from_slice(body);
            sender.refuses(&sent, Reason::SignatureInvalid, "another body");
        }
    }
}

#[test]
fn another_routes_key_is_refused() {
    for sender in senders() {
        let other = key("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
        let sent = signed(&sender.scheme, &other, request(&[], BODY));
        sender.refuses(&sent, Reason::SignatureInvalid, "another key");
    }
}

#[test]
fn the_window_is_five_minutes_on_both_sides() {
    for sender in senders().filter(|sender| TIMED.contains(&sender.name)) {
        for (offset, verdict) in [
            (-300, Ok(0)),
            (300, Ok(0)),
            (-301, Err(Reason::TimestampOutOfRange)),
            (301, Err(Reason::TimestampOutOfRange)),
            (-86_400, Err(Reason::TimestampOutOfRange)),
        ] {
            let sent = signed_at(&sender.scheme, &sender.key, request(&[], BODY), NOW + offset);
            assert_eq!(matched(&sender.verifier, &sent), verdict, "{}: {offset} s", sender.name);
        }
    }
}

#[test]
fn a_tolerance_of_the_workflows_own_replaces_the_presets() {
    for sender in senders().filter(|sender| TIMED.contains(&sender.name)) {
        let scheme = Scheme { tolerance_ms: Some(10_000), ..sender.scheme.clone() };
        let verifier = verifier(scheme, vec![sender.key.clone()]);
        let sent = |second| signed_at(&sender.scheme, &sender.key, request(&[], BODY), second);
        assert_eq!(matched(&verifier, &sent(NOW - 10)), Ok(0));
        assert_eq!(matched(&verifier, &sent(NOW - 11)), Err(Reason::TimestampOutOfRange));
    }
}

#[test]
fn a_time_that_was_changed_is_refused() {
    for sender in senders().filter(|sender| TIMED.contains(&sender.name)) {
        let sent = signed_at(&sender.scheme, &sender.key, request(&[], BODY), NOW - 400);
        let mut forged = sent.clone();
        for value in forged.headers.values_mut() {
            let text = value.to_str().unwrap().replace("1789999600", "1790000000");
            *value = HeaderValue::from_str(&text).unwrap();
        }
        assert_ne!(forged.headers, sent.headers);
        sender.refuses(&forged, Reason::SignatureInvalid, "a time moved to now");
    }
}

#[test]
fn a_failing_signature_falls_back_to_no_other_header() {
    let svix = preset("Svix");
    let value = key("whsec_plJ3nmyCDGBKInavdOK15jsl");
    let verifier = verifier(svix.clone(), vec![value.clone()]);
    let unbranded = signed(&preset("StandardWebhooks"), &value, request(&[], BODY));
    assert_eq!(matched(&verifier, &unbranded), Ok(0));
    let both = with_header(unbranded, "svix-signature", Some("v1,AAAA"));
    assert!(matched(&verifier, &both).is_err());

    let github = senders().next().unwrap();
    let legacy = request(&[("x-hub-signature", "sha1=b3aec827fca8283cb5c71eccda348a88c8339430")], BODY);
    github.refuses(&legacy, Reason::SignatureMissing, "only the old header");
}

#[test]
fn gitlabs_token_is_compared_whole() {
    let verifier = verifier(preset("GitLab"), vec![key("glpat-like-Secret_Token-9f8e7d")]);
    let verdict = |token: &str| matched(&verifier, &request(&[("X-Gitlab-Token", token)], BODY));
    assert_eq!(verdict("glpat-like-Secret_Token-9f8e7d"), Ok(0));
    assert_eq!(verdict(""), Err(Reason::SignatureMissing));
    for wrong in ["glpat-like-Secret_Token-9f8e7", "glpat-like-Secret_Token-9f8e7dd", "GLPAT-LIKE-SECRET_TOKEN-9F8E7D"]
    {
        assert_eq!(verdict(wrong), Err(Reason::CredentialsInvalid), "{wrong}");
    }
    let twice = request(&[("X-Gitlab-Token", "glpat-like-Secret_Token-9f8e7d"), ("X-Gitlab-Token", "x")], BODY);
    assert_eq!(matched(&verifier, &twice), Err(Reason::CredentialsInvalid));
}

#[test]
fn every_row_is_complete() {
    let built: Vec<_> = names().filter(|(_, built)| *built).map(|(name, _)| name).collect();
    assert_eq!(built, ["GitHub", "GitLab", "Slack", "Stripe", "Shopify", "StandardWebhooks", "Svix"]);
    assert_eq!(names().count(), 44);
    for name in built {
        let row = find(name).unwrap();
        assert_eq!(row.name, name);
        assert!(!row.event.is_empty() && !row.delivery_id.is_empty(), "{name}");
        assert!(row.docs.starts_with("https://"), "{name}");
        assert!(row.keys.iter().any(|role| role.use_ == crate::plan::KeyUse::Sign), "{name}");
        assert_eq!(row.covers_body(), matches!(row.proof, Proof::Hmac(_)), "{name}");
        assert_eq!(row.has_timestamp(), TIMED.contains(&name), "{name}");
    }
    assert!(find("Twilio").is_none() && find("github").is_none() && find("").is_none());
}

#[test]
fn standard_webhooks_keys_are_base64_and_stripes_are_text() {
    let [KeyRole { encoding, strip_prefix, .. }] = find("StandardWebhooks").unwrap().keys else { panic!("one role") };
    assert_eq!((*encoding, *strip_prefix), (KeyEncoding::Base64, Some("whsec_")));
    let [KeyRole { encoding, strip_prefix, .. }] = find("Stripe").unwrap().keys else { panic!("one role") };
    assert_eq!((*encoding, *strip_prefix), (KeyEncoding::Plain, None));
}

#[test]
fn acknowledgements_are_what_the_senders_ask_for() {
    for (name, _) in names().filter(|(_, built)| *built) {
        let expected = if ["Slack", "Shopify"].contains(&name) { Ack::Empty } else { Ack::Accepted };
        assert_eq!(find(name).unwrap().ack, expected, "{name}");
    }
}

#[test]
fn the_documentation_has_each_row() {
    let page = include_str!("../../../../../docs/verification.md");
    for (name, built) in names() {
        let line = page.lines().find(|line| line.starts_with(&format!("| [{name}](")));
        assert_eq!(line.is_some(), built, "{name}");
        let (Some(line), Some(row)) = (line, find(name)) else { continue };
        assert!(line.contains(row.docs), "{name}: its provider's page");
        assert_eq!(line.contains("**no**"), !row.covers_body(), "{name}: whether the body is covered");
        assert_eq!(line.contains("± 5 min"), row.has_timestamp(), "{name}: the time");
        assert_eq!(line.contains(", signed"), row.delivery_id.iter().any(|id| id.signed), "{name}: the id");
    }
}
