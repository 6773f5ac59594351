//! The published cases of `tests/data/signatures`, asked of the verifier alone; the same cases go through a real port in
//! the workspace's own tests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;
use crate::plan::{ApiKeyPlace, JwtRules, KeyUse};

const CASES: &str = include_str!("../../../../../tests/data/signatures/cases.jsonl");

/// The names that the cases have for presets.
const PRESETS: &str = include_str!("../../../../../tests/data/signatures/presets.json");

/// Where a case keeps the keys that verify.
const KEYS: [&str; 4] = ["secrets", "tokens", "public_keys", "client_states"];

/// Where a case keeps the keys of another use.
const OTHER_KEYS: [(&str, KeyUse); 3] = [
    ("verify_token", KeyUse::Challenge),
    ("verification_token", KeyUse::Challenge),
    ("encoding_aes_key", KeyUse::Decrypt),
];

/// The one key that verifies. A case of Feishu without encryption has none: any other is not its sender's.
fn alone(config: &Value) -> &str {
    let given = [&config["query_token"]["token"], &config["encrypt_key"], &config["token"]];
    given.into_iter().find_map(Value::as_str).unwrap_or("not this sender's")
}

fn texts(value: &Value) -> Vec<KeyValue> {
    value.as_array().unwrap().iter().map(|text| key(text.as_str().unwrap())).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The scheme and keys of a case; `None` where the scheme is not built.
fn subject(case: &Value) -> Option<(Scheme, Vec<KeyValue>)> {
    let config = &case["config"];
    match case["scheme"].as_str().unwrap() {
        "bearer" => Some((scheme(SchemeKind::Bearer), texts(&config["tokens"]))),
        "query-token" => {
            Some((scheme(SchemeKind::ApiKey(ApiKeyPlace::Query(text(&config["param"])))), texts(&config["tokens"])))
        }
        "basic" => {
            Some((scheme(SchemeKind::Basic), vec![pair(&text(&config["username"]), &text(&config["password"]))]))
        }
        "hmac" => Some((custom(&config["generic"]), texts(&config["secrets"]))),
        "jwt" => Some(of_jwt(config)),
        name => {
            let presets: Value = serde_json::from_str(PRESETS).unwrap();
            let preset = presets[name].as_str()?;
            crate::verify::preset::find(preset).map(|_| of_preset(preset, config))
        }
    }
}

fn of_preset(name: &str, config: &Value) -> (Scheme, Vec<KeyValue>) {
    let mut scheme = preset(name);
    let listed = KEYS.iter().find(|field| config[**field].is_array());
    let mut values = match listed {
        Some(field) => texts(&config[*field]),
        None => vec![key(alone(config))],
    };
    let first = scheme.keys[0].clone();
    scheme.keys.resize(values.len(), first);
    for (field, use_) in OTHER_KEYS {
        if let Some(text) = config[field].as_str() {
            scheme.keys.push(KeySpec { use_, ..spec() });
            values.push(key(text));
        }
    }
    scheme.options.receiver_id = config["receive_id"].as_str().map(str::to_owned);
    // Only SendGrid's cases set one that is not the preset's.
    scheme.tolerance_ms =
        config["tolerance_seconds"].as_u64().filter(|_| name == "SendGrid").map(|seconds| seconds * 1_000);
    scheme.options.public_url = config["notification_url"].as_str().map(str::to_owned);
    let origins = config["allowed_origins"].as_array();
    scheme.options.allowed_origins = origins.into_iter().flatten().map(text).collect();
    (scheme, values)
}

fn of_jwt(config: &Value) -> (Scheme, Vec<KeyValue>) {
    let secret = config["secret"].as_str();
    let rules = JwtRules {
        issuer: text(&config["issuer"]),
        audiences: vec![text(&config["audience"])],
        algorithms: serde_json::from_value(config["algorithms"].clone()).unwrap(),
        key_set: secret.is_none(),
    };
    let value = secret.map_or_else(|| config["jwks"].to_string(), str::to_owned);
    (scheme(SchemeKind::Jwt(Box::new(rules))), vec![key(&value)])
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
    request.method = sent["method"].as_str().unwrap().parse().unwrap();
    let url = url::Url::parse(sent["url"].as_str().unwrap()).unwrap();
    url.path().clone_into(&mut request.path);
    request.query = url.query().map(str::to_owned);
    request.url = text(&sent["url"]).split('#').next().unwrap().to_owned();
    request
}

/// What becomes of a request: a handshake's answer counts as its acceptance.
fn judge(verifier: &Verifier, request: RawRequest, now: Timestamp) -> Result<(), Reason> {
    if let Some(answer) = verifier.welcome(&request, now) {
        return answer.map(|_| ()).map_err(|no| no.reason);
    }
    let passed = verifier.verify(request, now).map_err(|no| no.reason)?;
    verifier.handshake(&passed).map_or(Ok(()), |answer| answer.map(|_| ()).map_err(|no| no.reason))
}

#[test]
fn every_published_case_gets_its_verdict() {
    let mut judged = 0;
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let Some((mut scheme, keys)) = subject(&case) else { continue };
        let first = scheme.keys[0].clone();
        scheme.keys.resize_with(keys.len().max(scheme.keys.len()), || first.clone());
        let keys = keys.into_iter().map(Some).collect();
        let verifier = Verifier::new(&either(vec![scheme]), &[keys]).unwrap();
        let verdict = judge(&verifier, sent(&case), at(case["now"].as_i64().unwrap()));
        let accepted = case["expect"] != "reject";
        assert_eq!(verdict.is_ok(), accepted, "{}: {} ({verdict:?})", case["id"], case["why"]);
        judged += 1;
    }
    assert_eq!(judged, 225);
}
