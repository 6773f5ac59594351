//! Requests that the providers' own libraries sign while the test runs, against a gateway with the system's clock.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "what does not hold ends the test")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use boathook_gateway::Clock;
use boathook_tests::served::{Served, TestSecret};
use boathook_tests::wire::{Answer, Sent, send};
use serde_json::{Value, json};

/// A library, the preset of its senders, and a key as the provider shows it.
const LIBRARIES: [(&str, &str, &str); 5] = [
    ("@octokit/webhooks", "GitHub", "It's a Secret to Everybody"),
    ("standardwebhooks", "StandardWebhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("stripe", "Stripe", "whsec_5nXVz1xJ4mQ2kT7wPq8rLbC3dE6fG9hA"),
    ("svix", "Svix", "whsec_plJ3nmyCDGBKInavdOK15jsl"),
    ("twilio", "Twilio", "12345"),
];

/// Bodies that a parser would write differently.
const BODIES: [&str; 3] = [
    r#"{"zeta": 1.0, "name": "caf\u00e9", "big": 12345678901234567890, "dup": 1, "dup": 2}"#,
    "{\r\n  \"name\": \"Grüße, 世界 🚀\"\r\n}\r\n",
    "{}",
];

type Fields = Vec<(String, String)>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// What a library makes of a body: the query that it signs, where it signs one, and the header fields.
#[derive(serde::Deserialize)]
struct Signed {
    query: String,
    fields: Fields,
}

/// Each body, as the library signs it now.
fn sign(library: &str, secret: &str) -> Vec<Signed> {
    assert!(folder().join("node_modules").exists(), "no client libraries: run `npm ci --prefix tests/clients`");
    let mut node = Command::new("node")
        .arg(folder().join("sign.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let lines = BODIES.map(|body| json!({"library": library, "secret": secret, "body": body}).to_string());
    let input = node.stdin.take().expect("a pipe");
    writeln!(&input, "{}", lines.join("\n")).expect("node reads");
    drop(input);
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "{library} signs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a signed body")).collect()
}

async fn serve(preset: &str, secret: &str) -> Served {
    let keys = json!([{"secretKeyRef": {"name": "keys", "key": "k"}}]);
    let webhook = json!({"path": "/hook", "verification": {"schemes": [{"preset": preset, "keys": keys}]}});
    let data = vec![("k".to_owned(), secret.to_owned())];
    Served::start(webhook, vec![TestSecret { name: "keys", type_: "", data }], Clock::system()).await
}

async fn post(served: &Served, query: &str, fields: &Fields, body: &[u8]) -> Answer {
    let json = ("Content-Type".to_owned(), "application/json".to_owned());
    let headers: Fields = fields.iter().cloned().chain([json]).collect();
    let target = format!("/in/hook{query}");
    let sent = Sent { method: "POST", target: &target, headers: &headers, body };
    send(served.address(), &sent).await.expect("an answer")
}

/// The last letter or digit before any padding, changed to another of the same alphabet.
fn damaged(fields: &Fields) -> Fields {
    let mut fields = fields.clone();
    let (_, value) = fields.last_mut().expect("the signature is the last field");
    let at = value.trim_end_matches('=').len() - 1;
    let other = if value[at..].starts_with('0') { "1" } else { "0" };
    value.replace_range(at..=at, other);
    fields
}

#[tokio::test]
async fn what_the_providers_libraries_sign_is_accepted_and_nothing_else() {
    for (library, preset, secret) in LIBRARIES {
        let served = serve(preset, secret).await;
        let signed = sign(library, secret);
        assert_eq!(signed.len(), BODIES.len(), "{library}");
        for (body, Signed { query, fields }) in BODIES.iter().zip(&signed) {
            let right = post(&served, query, fields, body.as_bytes()).await;
            assert_eq!((right.status, right.body.as_str()), (200, r#"{"ran":true}"#), "{library}: {right:?}");
            let mut bytes = body.as_bytes().to_vec();
            bytes[1] ^= 1;
            let refused = [
                post(&served, query, fields, &bytes).await,
                post(&served, query, fields, &body.as_bytes()[1..]).await,
                post(&served, query, &damaged(fields), body.as_bytes()).await,
            ];
            for wrong in refused {
                assert_eq!((wrong.status, wrong.reason().as_str()), (401, "SignatureInvalid"), "{library}: {wrong:?}");
            }
            let unsigned = post(&served, query, &Fields::new(), body.as_bytes()).await;
            assert_eq!((unsigned.status, unsigned.reason().as_str()), (401, "SignatureMissing"), "{library}");
        }
    }
}

#[test]
fn the_lock_file_names_no_registry_but_npms_own() {
    let text = std::fs::read_to_string(folder().join("package-lock.json")).expect("a lock file");
    let lock: Value = serde_json::from_str(&text).expect("JSON");
    let packages = lock["packages"].as_object().expect("packages");
    assert!(packages.len() > LIBRARIES.len());
    for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
        let resolved = package["resolved"].as_str().unwrap_or("https://registry.npmjs.org/");
        assert!(resolved.starts_with("https://registry.npmjs.org/"), "{name} is from {resolved}");
        assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{name} has no hash");
    }
}
