//! One accepted request of each scheme: the published one, made with the provider's own library where there is one. Where
//! none is published, the formula of the provider's page is written out here; the product's own signer has no part in it.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_tests::served::TestSecret;
use serde_json::{Value, json};

use super::request::Request;
use super::spot::{Covers, Place, SPOTS, Spot};
use crate::{CASES, PRESETS, keys, scheme};

/// A key that nothing here was signed with.
const STRANGER: [(&str, &str); 3] = [
    ("discord", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    ("standard-webhooks-v1a", "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    (
        "sendgrid",
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBOClD2XSOSvySkq0KrhReODSVBHzBFKMsOmDNB5kX4oDDmW7CKyGa8hNa/WBEoN5OPb+QKiDYbqw2PnMw1Hr5g==",
    ),
];

/// The cases that are started from where a scheme has several, for a body that is JSON, or a field that holds one signature.
const ORIGINALS: [(&str, &str); 6] = [
    ("github", "github/ok-bom"),
    ("twilio", "twilio/ok-json"),
    ("wecom", "wecom/ok-json"),
    ("linear", "linear/ok-json"),
    ("stripe", "stripe/ok-json"),
    ("hubspot-v2", "hubspot-v2/ok-json"),
];

const NOW: i64 = 1_790_000_000;
const BODY: &str = r#"{"id": "evt_1",  "type": "order.created", "data": {"amount": 19.90, "name": "caf\u00e9"}}"#;
const KEY: &str = "a key of one sender alone";

/// Senders without a published case: preset, field, what stands before the signature, what before the body, how it is
/// written.
const FORMULAS: [(&str, &str, &str, &str, Written); 8] = [
    ("Forgejo", "X-Forgejo-Signature", "", "", Written::Hex256),
    ("WooCommerce", "X-WC-Webhook-Signature", "", "", Written::Base64),
    ("Razorpay", "X-Razorpay-Signature", "", "", Written::Hex256),
    ("LemonSqueezy", "X-Signature", "", "", Written::Hex256),
    ("CircleCI", "circleci-signature", "v1=", "", Written::Hex256),
    ("Vercel", "x-vercel-signature", "", "", Written::Hex1),
    ("Doppler", "X-Doppler-Signature", "sha256=", "", Written::Hex256),
    ("WorkOS", "WorkOS-Signature", "t=1790000000000, v1=", "1790000000000.", Written::Hex256),
];

#[derive(Clone, Copy, Debug)]
enum Written {
    Hex256,
    Hex1,
    Base64,
}

/// A scheme, its keys, and a request that it accepts.
#[derive(Debug)]
pub(super) struct Subject {
    /// The scheme, as the cases call it.
    pub(super) name: &'static str,
    pub(super) preset: String,
    pub(super) now: i64,
    pub(super) request: Request,
    pub(super) spot: Spot,
    /// The key, as the provider shows it.
    pub(super) key: String,
    scheme: Value,
    path: String,
    secrets: Vec<TestSecret>,
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

pub(super) fn all() -> Vec<Subject> {
    SPOTS.iter().map(|spot| published(spot).unwrap_or_else(|| formula(spot))).collect()
}

fn published(spot: &Spot) -> Option<Subject> {
    let presets: Value = serde_json::from_str(PRESETS).expect("names");
    let preset = presets[spot.scheme].as_str()?;
    let wanted = ORIGINALS.iter().find(|(scheme, _)| *scheme == spot.scheme).map(|(_, id)| *id);
    let mut cases = CASES.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    let accepted = |case: &Value| case["scheme"] == spot.scheme && case["expect"] == "accept";
    let case = cases.find(|case| accepted(case) && wanted.is_none_or(|id| case["id"] == id)).expect("an accepted case");
    let (list, secrets) = keys(&case);
    let mut scheme = scheme(&case);
    scheme["keys"] = list;
    let sent = &case["request"];
    let url = sent["url"].as_str().expect("a URL");
    let target = url.strip_prefix("https://hooks.example.test").expect("our host").to_owned();
    let request = Request {
        method: sent["method"].as_str().expect("a method").to_owned(),
        headers: serde_json::from_value(sent["headers"].clone()).expect("header fields"),
        body: STANDARD.decode(sent["body_b64"].as_str().expect("a body")).expect("base64"),
        target,
    };
    let now = case["now"].as_i64().expect("seconds");
    Some(Subject::new(*spot, preset, now, request, (scheme, secrets)))
}

fn formula(spot: &Spot) -> Subject {
    let found = FORMULAS.iter().find(|(preset, ..)| *preset == spot.scheme).expect("a formula");
    let (preset, field, prefix, before, written) = *found;
    let message = [before, BODY].concat();
    let tag = |algorithm| {
        let key = hmac::Key::new(algorithm, KEY.as_bytes());
        hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
    };
    let text = match written {
        Written::Hex256 => hex(&tag(hmac::HMAC_SHA256)),
        Written::Hex1 => hex(&tag(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)),
        Written::Base64 => STANDARD.encode(tag(hmac::HMAC_SHA256)),
    };
    let signature = (field.to_owned(), format!("{prefix}{text}"));
    let json = ("Content-Type".to_owned(), "application/json".to_owned());
    let (method, target) = ("POST".to_owned(), "/in/hook".to_owned());
    let request = Request { method, target, headers: vec![json, signature], body: BODY.as_bytes().to_vec() };
    let scheme = json!({"preset": preset, "keys": [{"secretKeyRef": {"name": "keys", "key": "k0"}}]});
    let data = vec![("k0".to_owned(), KEY.to_owned())];
    let secrets = vec![TestSecret { name: "keys", type_: "", data }];
    Subject::new(*spot, preset, NOW, request, (scheme, secrets))
}

impl Subject {
    fn new(
        spot: Spot,
        preset: &str,
        now: i64,
        mut request: Request,
        (scheme, secrets): (Value, Vec<TestSecret>),
    ) -> Self {
        if spot.scheme == "pagerduty" {
            // The case is of a rotation: its first signature is another key's.
            let place = Place::Header("x-pagerduty-signature");
            let last = request.get(place).rsplit(',').next().expect("a signature").to_owned();
            request = request.with(place, &last);
        }
        let path = request.target.split('?').next().and_then(|path| path.strip_prefix("/in")).expect("our namespace");
        let (path, key) = (path.to_owned(), signing(&secrets[0]));
        Self { name: spot.scheme, preset: preset.to_owned(), now, request, spot, key, scheme, path, secrets }
    }

    /// The route that accepts the request, one whose keys differ from its own in one character (`/near`), and one whose
    /// keys are a stranger's (`/far`), with the Secrets of all.
    pub(super) fn routes(&self) -> (Vec<Value>, Vec<TestSecret>) {
        let webhook = |path: &str, secret: &str| {
            let mut scheme = self.scheme.clone();
            for key in scheme["keys"].as_array_mut().expect("keys") {
                key["secretKeyRef"]["name"] = json!(secret);
            }
            json!({"path": path, "methods": [self.request.method], "verification": {"schemes": [scheme]}})
        };
        let others = |name: &'static str, other: &dyn Fn(&str) -> String| {
            let data = self.secrets[0].data.iter().map(|(key, text)| (key.clone(), other(text))).collect();
            TestSecret { name, type_: "", data }
        };
        let stranger = STRANGER.iter().find(|(scheme, _)| *scheme == self.name).map(|(_, key)| (*key).to_owned());
        let near = |text: &str| stranger.clone().unwrap_or_else(|| changed(text, true));
        let far = |text: &str| stranger.clone().unwrap_or_else(|| changed(text, false));
        let webhooks = vec![webhook(&self.path, "keys"), webhook("/near", "near"), webhook("/far", "far")];
        (webhooks, vec![self.secrets[0].clone(), others("near", &near), others("far", &far)])
    }

    /// Whether the proof covers a body that there is.
    pub(super) fn covers_all(&self) -> bool {
        self.spot.covers == Covers::All && !self.request.body.is_empty()
    }
}

/// The last of the keys that verify: the one that signed, where two are in force.
fn signing(secret: &TestSecret) -> String {
    let key = secret.data.iter().rfind(|(name, _)| name.starts_with('k'));
    key.expect("a key").1.clone()
}

/// The text with one character changed, or all but its last two, each to one of its own kind. A prefix that says what the
/// key is stays.
fn changed(text: &str, only_one: bool) -> String {
    let prefix = if text.starts_with("whsec_") { 6 } else { 0 };
    let middle = prefix + (text.len() - prefix) / 2;
    let first = text[middle..].find(|char: char| char.is_ascii_alphanumeric()).expect("a letter") + middle;
    let (from, to) = if only_one { (first, first + 1) } else { (prefix, text.len() - 2) };
    let change = |(at, char): (usize, char)| match char {
        _ if at < from || at >= to => char,
        '0'..='8' | 'a'..='e' | 'A'..='Y' => char::from(u8::try_from(char).expect("ASCII") + 1),
        '9' => '0',
        'f' => 'a',
        'g'..='y' => 'z',
        'z' => 'y',
        'Z' => 'A',
        other => other,
    };
    text.char_indices().map(change).collect()
}
