//! Each preset that is built: what its sender makes is accepted, and every change of it is refused.

use super::*;
use crate::verify::preset::{Ack, KeyRole, Proof, SignMethod, find, names};

/// A key as Standard Webhooks shows it; elsewhere its text is the key.
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Presets whose signature carries its time, and how far off it may be, in milliseconds.
const TIMED: [(&str, u64); 10] = [
    ("GitLabSigned", 300_000),
    ("Slack", 300_000),
    ("Stripe", 300_000),
    ("Paddle", 5_000),
    ("StandardWebhooks", 300_000),
    ("Svix", 300_000),
    ("Zoom", 300_000),
    ("HubSpot", 300_000),
    ("WorkOS", 300_000),
    ("DingTalkRobot", 3_600_000),
];

/// Presets whose time is in the body, or is held to no window of its own.
const TIMED_OTHERWISE: [&str; 7] = ["Discord", "SendGrid", "Mailgun", "Linear", "WeChat", "WeCom", "Feishu"];

/// Presets whose proof says nothing of the body.
const BODY_UNCOVERED: [&str; 7] =
    ["WeChat", "GitLab", "Mailgun", "AzureEventGrid", "MicrosoftGraph", "CloudEvents", "DingTalkRobot"];

const BODY: &[u8] = br#"{"webhookTimestamp": 1790000000000, "zeta": 1.0, "name": "caf\u00e9", "big": 12345678901234567890, "dup": 1, "dup": 2}"#;

struct Sender {
    name: &'static str,
    scheme: Scheme,
    key: KeyValue,
    verifier: Verifier,
    field: String,
}

/// Every preset whose declarative form signs with a shared secret.
fn senders() -> impl Iterator<Item = Sender> {
    let built = names().filter(|(_, built)| *built).map(|(name, _)| name);
    let signing = built.filter(|name| {
        let variants = find(name).unwrap().variants();
        variants.first().is_some_and(|first| [SignMethod::Hmac, SignMethod::Digest].contains(&first.method))
    });
    signing.map(|name| Sender {
        name,
        scheme: preset(name),
        key: key(KEY),
        verifier: verifier(preset(name), vec![key(KEY)]),
        field: find(name).unwrap().variants()[0].form.header.clone(),
    })
}

fn covering() -> impl Iterator<Item = Sender> {
    senders().filter(|sender| !BODY_UNCOVERED.contains(&sender.name))
}

/// Those with a time beside the body, and their tolerance.
fn timed() -> impl Iterator<Item = (Sender, u64)> {
    senders().filter_map(|sender| {
        let (_, tolerance) = TIMED.iter().find(|(name, _)| *name == sender.name)?;
        Some((sender, *tolerance))
    })
}

#[test]
fn every_signing_preset_is_among_the_senders() {
    assert_eq!(senders().count(), 30);
    assert_eq!(timed().count(), TIMED.len());
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
    // A time in the body makes it JSON.
    for sender in covering().filter(|sender| sender.name != "Linear") {
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
        for value in damaged.into_iter().filter(|value| *value != good) {
            let sent = with_header(sent.clone(), &sender.field, Some(&value));
            assert!(matched(&sender.verifier, &sent).is_err(), "{}: {value}", sender.name);
        }
    }
}

#[test]
fn upper_case_hexadecimal_is_no_presets_signature() {
    for sender in senders() {
        let sent = sender.send();
        let (prefix, mac) = header(&sent, &sender.field).rsplit_once('=').unwrap_or_default();
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
        br#"{"webhookTimestamp":1790000000000,"zeta":1.0,"name":"caf\u00e9","big":12345678901234567890,"dup":1,"dup":2}"#,
        br#"{"webhookTimestamp":1790000000000,"zeta":1,"name":"caf\u00e9","big":12345678901234567000,"dup":2}"#,
        "{\"webhookTimestamp\": 1790000000000, \"zeta\": 1.0, \"name\": \"café\", \"big\": 12345678901234567890, \"dup\": 1, \"dup\": 2}".as_bytes(),
        b"",
    ];
    for sender in covering() {
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
fn the_window_is_the_presets_on_both_sides() {
    for (sender, tolerance) in timed() {
        let seconds = i64::try_from(tolerance / 1_000).unwrap();
        for (offset, verdict) in [
            (-seconds, Ok(0)),
            (seconds, Ok(0)),
            (-seconds - 1, Err(Reason::TimestampOutOfRange)),
            (seconds + 1, Err(Reason::TimestampOutOfRange)),
            (-86_400, Err(Reason::TimestampOutOfRange)),
        ] {
            let sent = signed_at(&sender.scheme, &sender.key, request(&[], BODY), NOW + offset);
            assert_eq!(matched(&sender.verifier, &sent), verdict, "{}: {offset} s", sender.name);
        }
    }
}

#[test]
fn a_tolerance_of_the_workflows_own_replaces_the_presets() {
    for (sender, _) in timed() {
        let scheme = Scheme { tolerance_ms: Some(10_000), ..sender.scheme.clone() };
        let verifier = verifier(scheme, vec![sender.key.clone()]);
        let sent = |second| signed_at(&sender.scheme, &sender.key, request(&[], BODY), second);
        assert_eq!(matched(&verifier, &sent(NOW - 10)), Ok(0));
        assert_eq!(matched(&verifier, &sent(NOW - 11)), Err(Reason::TimestampOutOfRange));
    }
}

#[test]
fn a_time_that_was_changed_is_refused() {
    for (sender, _) in timed() {
        let sent = signed_at(&sender.scheme, &sender.key, request(&[], BODY), NOW - 4_000);
        let mut forged = sent.clone();
        for value in forged.headers.values_mut() {
            let text = value.to_str().unwrap().replace("1789996000", "1790000000");
            *value = HeaderValue::from_str(&text).unwrap();
        }
        assert_ne!(forged.headers, sent.headers);
        sender.refuses(&forged, Reason::SignatureInvalid, "a time moved to now");
    }
}

#[test]
fn a_time_that_is_no_number_is_refused() {
    for (sender, _) in timed() {
        let sent = sender.send();
        for wrong in
            ["", "-1790000000", "+1790000000", "1790000000.0", "1.79e9", "NaN", "0x6ab13b80", "01790000000", " "]
        {
            let mut forged = sent.clone();
            for value in forged.headers.values_mut() {
                let text = value.to_str().unwrap();
                let text = text.replace("1790000000000", wrong).replace("1790000000", wrong);
                *value = HeaderValue::from_str(&text).unwrap();
            }
            assert!(matched(&sender.verifier, &forged).is_err(), "{}: {wrong:?}", sender.name);
        }
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

    let github = senders().find(|sender| sender.name == "GitHub").unwrap();
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

/// Presets whose sender says no event, and those whose sender gives a delivery no id that a retry has again.
const WITHOUT_EVENT: [&str; 5] = ["SendGrid", "HubSpot", "AzureEventGrid", "MicrosoftGraph", "CloudEvents"];
const WITHOUT_ID: [&str; 9] = [
    "LemonSqueezy",
    "SendGrid",
    "Meta",
    "Zoom",
    "HubSpot",
    "Doppler",
    "AzureEventGrid",
    "MicrosoftGraph",
    "CloudEvents",
];

#[test]
fn every_row_is_complete() {
    let missing: Vec<_> = names().filter(|(_, built)| !*built).map(|(name, _)| name).collect();
    assert_eq!(missing, ["AtlassianConnect", "AmazonSNS", "DingTalk"]);
    assert_eq!(names().count(), 44);
    for name in names().filter(|(_, built)| *built).map(|(name, _)| name) {
        let row = find(name).unwrap();
        assert_eq!(row.name, name);
        assert_eq!(row.event.is_empty(), WITHOUT_EVENT.contains(&name), "{name}");
        assert_eq!(row.delivery_id.is_empty(), WITHOUT_ID.contains(&name), "{name}");
        assert!(row.docs.starts_with("https://"), "{name}");
        assert!(row.keys.iter().any(|role| role.use_ == crate::plan::KeyUse::Sign), "{name}");
        assert_eq!(row.covers_body(), !BODY_UNCOVERED.contains(&name), "{name}");
        let is_timed = TIMED.iter().any(|(timed, _)| *timed == name) || TIMED_OTHERWISE.contains(&name);
        assert_eq!(row.has_timestamp(), is_timed, "{name}");
        let tokens = matches!(row.proof, Proof::Token(_));
        assert!(!tokens || !row.covers_body(), "{name}");
    }
    assert!(find("DingTalk").is_none() && find("github").is_none() && find("").is_none());
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
    let empty = [
        "Slack",
        "Shopify",
        "Paddle",
        "LemonSqueezy",
        "Twilio",
        "Mailgun",
        "Meta",
        "Zoom",
        "Linear",
        "Intercom",
        "WorkOS",
        "DingTalkRobot",
        "WeCom",
        "WeChat",
        "Feishu",
    ];
    for (name, _) in names().filter(|(_, built)| *built) {
        let expected = match name {
            "Discord" => Ack::NoContent,
            name if empty.contains(&name) => Ack::Empty,
            _ => Ack::Accepted,
        };
        assert_eq!(find(name).unwrap().ack, expected, "{name}");
    }
}

#[test]
fn ten_thousand_signatures_are_refused_although_one_is_right() {
    for sender in senders() {
        let sent = sender.send();
        let good = header(&sent, &sender.field).to_owned();
        for separator in [",", ";", " ", ", "] {
            let value = vec![good.as_str(); 10_000].join(separator);
            let sent = with_header(sent.clone(), &sender.field, Some(&value));
            sender.refuses(&sent, Reason::SignatureInvalid, "ten thousand signatures");
        }
    }
}
