//! Every published signature case through a real port: its configuration as a workflow, its request byte for byte, at its
//! moment, and the verdict that the provider's documentation gives.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "what does not hold ends the test")]

#[path = "signatures/negatives.rs"]
mod negatives;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_gateway::Clock;
use boathook_tests::served::{Served, TestSecret};
use boathook_tests::wire::{Answer, Sent, send};
use jiff::Timestamp;
use serde_json::{Value, json};

const CASES: &str = include_str!("../data/signatures/cases.jsonl");

/// What a refused signature, token or password may be told.
const REFUSALS: [(u16, &str); 5] = [
    (401, "SignatureMissing"),
    (401, "SignatureInvalid"),
    (401, "TimestampOutOfRange"),
    (401, "CredentialsInvalid"),
    (503, "KeyUnavailable"),
];

/// What a verified request may be told that is no JSON.
const VERIFIED: [(u16, &str); 1] = [(400, "MalformedBody")];

/// The names that the cases have for presets.
const PRESETS: &str = include_str!("../data/signatures/presets.json");

/// Schemes of the cases that are refused when a workflow names them, because they are not built.
const NOT_BUILT: [&str; 4] = ["atlassian-connect", "aws-sns", "dingtalk-callback", "http-signature"];

/// Where a case keeps the keys that verify.
const KEYS: [&str; 4] = ["secrets", "tokens", "public_keys", "client_states"];

/// Where a case keeps the keys of another use.
const OTHER_KEYS: [(&str, &str); 3] =
    [("verify_token", "Challenge"), ("verification_token", "Challenge"), ("encoding_aes_key", "Decrypt")];

/// The scheme of a case, as a workflow writes it, without its keys.
fn scheme(case: &Value) -> Value {
    let config = &case["config"];
    match case["scheme"].as_str().expect("a scheme") {
        "basic" => json!({"basic": {}}),
        "bearer" => json!({"bearer": {}}),
        "query-token" => json!({"apiKey": {"in": "Query", "name": config["param"]}}),
        "hmac" => json!({"hmac": form(&config["generic"])}),
        "jwt" => json!({"jwt": jwt(config)}),
        name => preset(name, config),
    }
}

/// The rules of a case's tokens.
fn jwt(config: &Value) -> Value {
    let mut jwt = json!({
        "issuer": config["issuer"],
        "audiences": [config["audience"]],
        "algorithms": config["algorithms"],
    });
    if config["jwks"].is_object() {
        jwt["jwksFrom"] = json!({"secretKeyRef": {"name": "keys", "key": "jwks"}});
    }
    jwt
}

/// The preset of a case, with the options that the case sets.
fn preset(name: &str, config: &Value) -> Value {
    let presets: Value = serde_json::from_str(PRESETS).expect("names");
    let mut scheme = json!({"preset": presets[name].as_str().expect("a preset")});
    if config["notification_url"].is_string() {
        scheme["publicURL"] = config["notification_url"].clone();
    }
    if config["receive_id"].is_string() {
        scheme["receiverID"] = config["receive_id"].clone();
    }
    if config["allowed_origins"].is_array() {
        scheme["allowedOrigins"] = config["allowed_origins"].clone();
    }
    // Only these cases set one that is not the preset's.
    if let (Some(seconds), "sendgrid") = (config["tolerance_seconds"].as_u64(), name) {
        scheme["tolerance"] = json!(format!("{seconds}s"));
    }
    scheme
}

/// The declarative form of a case, in the words of a workflow.
fn form(generic: &Value) -> Value {
    let name = |value: &Value, names: &[(&str, &str)]| {
        let found = names.iter().find(|(theirs, _)| value == *theirs);
        found.map_or_else(|| panic!("{value} is not in these cases"), |(_, ours)| (*ours).to_owned())
    };
    let mut form = json!({
        "header": generic["header"],
        "format": name(&generic["format"], &[("raw", "Raw"), ("prefix", "Raw"), ("kv-list", "KeyValueList")]),
        "algorithm": name(&generic["algorithm"], &[("sha1", "SHA1"), ("sha256", "SHA256"), ("sha512", "SHA512")]),
        "encoding": name(&generic["encoding"], &[("hex", "Hex"), ("base64", "Base64")]),
        "content": generic["template"],
    });
    if generic["format"] == "prefix" {
        form["prefix"] = generic["prefix"].clone();
    }
    if generic["format"] == "kv-list" {
        form["list"] =
            json!({"separator": generic["list_sep"], "assign": generic["kv_sep"], "keys": [generic["sig_key"]]});
    }
    if let Some(time) = generic["timestamp"].as_object() {
        let tolerance = format!("{}s", time["tolerance"]);
        form["timestamp"] = json!({"header": time["name"], "unit": "Seconds", "tolerance": tolerance});
    }
    if let Some(id) = generic["vars"]["id"]["header"].as_str() {
        form["id"] = json!({"header": id});
    }
    form
}

/// The keys of a case: as a scheme lists them, and the Secrets that hold them.
fn keys(case: &Value) -> (Value, Vec<TestSecret>) {
    let config = &case["config"];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    if case["scheme"] == "basic" {
        let data = ["username", "password"].map(|name| (name.to_owned(), text(&config[name])));
        let pair = TestSecret { name: "pair", type_: "kubernetes.io/basic-auth", data: data.to_vec() };
        return (json!([{"secretRef": {"name": "pair"}}]), vec![pair]);
    }
    if config["jwks"].is_object() {
        let data = vec![("jwks".to_owned(), config["jwks"].to_string())];
        return (Value::Null, vec![TestSecret { name: "keys", type_: "", data }]);
    }
    let listed = KEYS.iter().find_map(|field| config[*field].as_array().cloned());
    let alone = [
        &config["query_token"]["token"],
        &config["encrypt_key"],
        &config["token"],
        &config["secret"],
        &json!("not this sender's"),
    ];
    let values = listed.unwrap_or_else(|| alone.into_iter().find(|key| key.is_string()).into_iter().cloned().collect());
    let mut data: Vec<_> = values.iter().enumerate().map(|(at, value)| (format!("k{at}"), text(value))).collect();
    let encoding = match config["generic"]["secret_encoding"].as_str() {
        Some("hex") if case["scheme"] == "hmac" => Some("Hex"),
        _ => None,
    };
    let list = data.iter().map(|(name, _)| match encoding {
        Some(encoding) => json!({"secretKeyRef": {"name": "keys", "key": name}, "encoding": encoding}),
        None => json!({"secretKeyRef": {"name": "keys", "key": name}}),
    });
    let mut list: Vec<_> = list.collect();
    for (field, use_) in OTHER_KEYS {
        if config[field].is_string() {
            list.push(json!({"secretKeyRef": {"name": "keys", "key": field}, "use": use_}));
            data.push((field.to_owned(), text(&config[field])));
        }
    }
    (list.into(), vec![TestSecret { name: "keys", type_: "", data }])
}

/// Serves the case's workflow at the case's moment and sends the case's request.
async fn answer(case: &Value) -> Answer {
    let sent = &case["request"];
    let url = sent["url"].as_str().expect("a URL").split('#').next().expect("a part before the fragment");
    let target = url.strip_prefix("https://hooks.example.test").expect("our host");
    let path = target.split('?').next().and_then(|path| path.strip_prefix("/in")).expect("our namespace");
    let (list, secrets) = keys(case);
    let mut scheme = scheme(case);
    if list.is_array() {
        scheme["keys"] = list;
    }
    let now = Timestamp::from_second(case["now"].as_i64().expect("seconds")).expect("a time");
    // A handshake comes by a method that the workflow does not list.
    let is_handshake = case["expect"] == "challenge" || sent["method"] == "OPTIONS";
    let method = if is_handshake { json!("POST") } else { sent["method"].clone() };
    let webhook = json!({"path": path, "methods": [method], "verification": {"schemes": [scheme]}});
    let clock = Clock::new(move || now);
    let served = match decrypted(case) {
        // What was decrypted is said again.
        Some(_) => Served::answering(&json!({"raw": "{{ string($context.raw) }}"}), &webhook, secrets, clock).await,
        None => Served::start(webhook, secrets, clock).await,
    };
    let headers: Vec<(String, String)> = serde_json::from_value(sent["headers"].clone()).expect("header fields");
    let body = STANDARD.decode(sent["body_b64"].as_str().expect("a body")).expect("base64");
    let method = sent["method"].as_str().expect("a method");
    send(served.address(), &Sent { method, target, headers: &headers, body: &body }).await.expect("an answer")
}

/// Whether an answer is the verdict that the case expects.
fn holds(case: &Value, answer: &Answer) -> bool {
    let told = |expected: &[(u16, &str)]| expected.contains(&(answer.status, answer.reason().as_str()));
    match case["expect"].as_str().expect("a verdict") {
        "accept" if decrypted(case).is_some() => {
            let said = serde_json::from_str::<Value>(&answer.body).unwrap_or_default();
            answer.status == 200 && Some(&said["raw"]) == decrypted(case)
        }
        "accept" => (answer.status, answer.body.as_str()) == (200, r#"{"ran":true}"#) || told(&VERIFIED),
        "reject" => is_refused(case, answer) && (case.get("expect_response").is_none_or(|it| is_expected(it, answer))),
        "challenge" => is_expected(&case["expect_response"], answer),
        other => panic!("{other} is not a verdict of these cases"),
    }
}

/// The message inside an encrypted request.
fn decrypted(case: &Value) -> Option<&Value> {
    case.get("expect_response")
        .and_then(|expected| expected.get("decrypted_body"))
        .filter(|_| case["expect"] == "accept")
}

/// A signed handshake that cannot be answered is malformed; whatever else is refused, its proof is.
fn is_refused(case: &Value, answer: &Answer) -> bool {
    let of_zoom = case["id"].as_str().is_some_and(|id| id.starts_with("zoom/no-ch-"));
    let malformed = of_zoom && (answer.status, answer.reason().as_str()) == (400, "MalformedBody");
    malformed || REFUSALS.contains(&(answer.status, answer.reason().as_str()))
}

/// Whether the answer to a handshake is the expected one; what no case expects is refused, not passed over.
fn is_expected(expected: &Value, answer: &Answer) -> bool {
    expected.as_object().expect("an expected answer").iter().all(|(what, value)| match what.as_str() {
        "status" => value == answer.status,
        "status_class" => value == answer.status / 100,
        "content_type" => answer.header("content-type").starts_with(value.as_str().expect("a type")),
        "not_contains" => {
            let texts = value.as_array().expect("texts");
            texts.iter().all(|text| !answer.body.contains(text.as_str().expect("a text")))
        }
        "headers" => value.as_object().expect("fields").iter().all(|(name, allowed)| {
            let allowed = allowed.as_array().expect("values");
            allowed.iter().any(|value| value == answer.header(&name.to_lowercase()))
        }),
        "absent_headers" => {
            let names = value.as_array().expect("names");
            names.iter().all(|name| answer.header(&name.as_str().expect("a name").to_lowercase()).is_empty())
        }
        // No sender's URL is ever called: the gateway has no code for it.
        "action" => value.is_null(),
        "text" => value == answer.body.as_str(),
        "json" => serde_json::from_str::<Value>(&answer.body).is_ok_and(|body| body == *value),
        "any_of" => value.as_array().expect("alternatives").iter().any(|one| is_expected(one, answer)),
        "not_content_type" => {
            let types = value.as_array().expect("types");
            types.iter().all(|type_| !answer.header("content-type").starts_with(type_.as_str().expect("a type")))
        }
        other => panic!("{other} is not expected in these cases"),
    })
}

#[tokio::test]
async fn every_published_case_gets_its_verdict_through_a_real_port() {
    let mut judged = 0;
    let mut wrong = Vec::new();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).expect("a case");
        if NOT_BUILT.iter().any(|scheme| case["scheme"] == **scheme) {
            continue;
        }
        let answer = answer(&case).await;
        if !holds(&case, &answer) {
            wrong.push(format!("{}: {} ({}), got {answer:?}", case["id"], case["expect"], case["why"]));
        }
        judged += 1;
    }
    println!("{judged} of {} cases judged; schemes not built: {}", CASES.lines().count(), NOT_BUILT.join(", "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(judged, 225);
}
