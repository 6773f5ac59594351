//! The published cases of `tests/data/signatures`, asked of the verifier alone; the same cases go through a real port in
//! the workspace's own tests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;
use crate::plan::ApiKeyPlace;

const CASES: &str = include_str!("../../../../../tests/data/signatures/cases.jsonl");

fn texts(value: &Value) -> Vec<KeyValue> {
    value.as_array().unwrap().iter().map(|text| key(text.as_str().unwrap())).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The scheme and keys of a case.
fn subject(case: &Value) -> (Scheme, Vec<KeyValue>) {
    let config = &case["config"];
    let named = |name: &str| (preset(name), texts(&config["secrets"]));
    match case["scheme"].as_str().unwrap() {
        "github" => named("GitHub"),
        "gitlab-token" => named("GitLab"),
        "slack" => named("Slack"),
        "stripe" => named("Stripe"),
        "shopify" => named("Shopify"),
        "standard-webhooks" => named("StandardWebhooks"),
        "svix" => named("Svix"),
        "bearer" => (scheme(SchemeKind::Bearer), texts(&config["tokens"])),
        "query-token" => {
            (scheme(SchemeKind::ApiKey(ApiKeyPlace::Query(text(&config["param"])))), texts(&config["tokens"]))
        }
        "basic" => (scheme(SchemeKind::Basic), vec![pair(&text(&config["username"]), &text(&config["password"]))]),
        "hmac" => (custom(&config["generic"]), texts(&config["secrets"])),
        other => panic!("{other} is not a scheme of these cases"),
    }
}

fn custom(generic: &Value) -> Scheme {
    let format = match generic["format"].as_str().unwrap() {
        "raw" => SignatureFormat::Raw { prefix: String::new() },
        "prefix" => SignatureFormat::Raw { prefix: text(&generic["prefix"]) },
        "kv-list" => SignatureFormat::KeyValueList {
            separator: text(&generic["list_sep"]),
            assign: text(&generic["kv_sep"]),
            keys: vec![text(&generic["sig_key"])],
        },
        other => panic!("{other} is not a format of these cases"),
    };
    let mut scheme = hmac(HmacForm {
        header: text(&generic["header"]),
        format,
        algorithm: match generic["algorithm"].as_str().unwrap() {
            "sha1" => HashAlgorithm::SHA1,
            "sha256" => HashAlgorithm::SHA256,
            "sha512" => HashAlgorithm::SHA512,
            other => panic!("{other} is not an algorithm of these cases"),
        },
        encoding: match generic["encoding"].as_str().unwrap() {
            "hex" => SignatureEncoding::Hex,
            "base64" => SignatureEncoding::Base64,
            other => panic!("{other} is not an encoding of these cases"),
        },
        content: text(&generic["template"]),
        timestamp: generic["timestamp"].as_object().map(|time| TimestampSource {
            place: TimestampPlace::Header(text(&time["name"])),
            unit: TimestampUnit::Seconds,
            tolerance_ms: time["tolerance"].as_u64().unwrap() * 1_000,
        }),
        id_header: generic["vars"]["id"]["header"].as_str().map(str::to_owned),
    });
    scheme.keys[0].encoding = match generic["secret_encoding"].as_str().unwrap() {
        "utf8" => KeyEncoding::Plain,
        "hex" => KeyEncoding::Hex,
        other => panic!("{other} is not a key encoding of these cases"),
    };
    scheme
}

fn sent(case: &Value) -> RawRequest {
    let sent = &case["request"];
    let pairs: Vec<(String, String)> = serde_json::from_value(sent["headers"].clone()).unwrap();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut request = request(&pairs, &STANDARD.decode(sent["body_b64"].as_str().unwrap()).unwrap());
    let url = url::Url::parse(sent["url"].as_str().unwrap()).unwrap();
    url.path().clone_into(&mut request.path);
    request.query = url.query().map(str::to_owned);
    request.url = text(&sent["url"]).split('#').next().unwrap().to_owned();
    request
}

#[test]
fn every_published_case_gets_its_verdict() {
    let mut judged = 0;
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (scheme, keys) = subject(&case);
        let verdict = verifier(scheme, keys).verify(sent(&case), at(case["now"].as_i64().unwrap()));
        let accepted = case["expect"] != "reject";
        assert_eq!(verdict.is_ok(), accepted, "{}: {} ({verdict:?})", case["id"], case["why"]);
        judged += 1;
    }
    assert_eq!(judged, 72);
}
