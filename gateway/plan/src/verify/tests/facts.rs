//! Events, delivery ids, handshakes and the signature that is shown.

use super::*;
use crate::json::Json;
use crate::verify::DeliveryId;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// Event, id and whether the id is signed, written as one line, of a request that the preset's sender makes.
fn facts(name: &str, headers: &[(&str, &str)], body: &str) -> String {
    let value = key("whsec_plJ3nmyCDGBKInavdOK15jsl");
    let scheme = preset(name);
    let verifier = verifier(scheme.clone(), vec![value.clone()]);
    let sent = signed(&scheme, &value, request(headers, body.as_bytes()));
    let passed = verifier.verify(sent, now()).unwrap();
    let data = json(body);
    let event = verifier.event(&passed, &data).unwrap_or("none".to_owned());
    let id = match verifier.delivery_id(&passed, &data) {
        Some(DeliveryId { id, signed: true }) => format!("{id} signed"),
        Some(DeliveryId { id, signed: false }) => format!("{id} unsigned"),
        None => "none".to_owned(),
    };
    format!("{event} / {id}")
}

#[test]
fn each_presets_event_and_id_are_where_its_row_says() {
    let github = [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "72d3162e")];
    assert_eq!(facts("GitHub", &github, "{}"), "push / 72d3162e unsigned");
    let gitlab = [("X-Gitlab-Event", "Push Hook"), ("Idempotency-Key", "a52f")];
    assert_eq!(facts("GitLab", &gitlab, "{}"), "Push Hook / a52f unsigned");
    let shopify = [("X-Shopify-Topic", "orders/create"), ("X-Shopify-Webhook-Id", "fcb3")];
    assert_eq!(facts("Shopify", &shopify, "{}"), "orders/create / fcb3 unsigned");
    let slack = r#"{"type":"event_callback","event":{"type":"app_mention"},"event_id":"Ev1"}"#;
    assert_eq!(facts("Slack", &[], slack), "app_mention / Ev1 signed");
    assert_eq!(facts("Slack", &[], r#"{"type":"app_rate_limited"}"#), "app_rate_limited / none");
    let stripe = r#"{"id":"evt_1","type":"invoice.paid"}"#;
    assert_eq!(facts("Stripe", &[], stripe), "invoice.paid / evt_1 signed");
    assert_eq!(facts("StandardWebhooks", &[], r#"{"type":"user.made"}"#), "user.made / msg_1 signed");
    assert_eq!(facts("Svix", &[], r#"{"type":"user.made"}"#), "user.made / msg_1 signed");
}

#[test]
fn a_fact_that_is_not_there_or_not_a_text_is_none() {
    assert_eq!(facts("GitHub", &[("X-GitHub-Event", "")], "{}"), "none / none");
    assert_eq!(facts("GitHub", &[("X-GitHub-Event", "a"), ("X-GitHub-Event", "b")], "{}"), "none / none");
    assert_eq!(facts("Stripe", &[], r#"{"id":null,"type":{}}"#), "none / none");
    assert_eq!(facts("Stripe", &[], r#"{"id":12345678901234567890}"#), "none / 12345678901234567890 signed");
    assert_eq!(facts("Stripe", &[], "[]"), "none / none");
}

#[test]
fn the_body_paths_are_what_the_projection_needs() {
    let verification = either(vec![preset("Slack"), preset("Stripe"), preset("GitHub")]);
    let verifier = Verifier::new(&verification, &[]).unwrap();
    let paths: Vec<&[&str]> = verifier.body_paths().collect();
    let expected: [&[&str]; 5] = [&["event", "type"], &["type"], &["event_id"], &["type"], &["id"]];
    assert_eq!(paths, expected);
}

#[test]
fn with_any_the_facts_are_of_the_scheme_that_held() {
    let verification = either(vec![preset("GitHub"), preset("Stripe")]);
    let verifier = Verifier::new(&verification, &[vec![Some(key("a"))], vec![Some(key("b"))]]).unwrap();
    let body = r#"{"type":"invoice.paid"}"#;
    let sent = signed(&preset("Stripe"), &key("b"), request(&[("X-GitHub-Event", "ping")], body.as_bytes()));
    let passed = verifier.verify(sent, now()).unwrap();
    assert_eq!(verifier.event(&passed, &json(body)), Some("invoice.paid".to_owned()));
    assert!(verifier.handshake(&passed).is_none());
}

/// Status, content type and body of the answer to a handshake of the preset's sender.
fn handshake(name: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<(u16, String, Vec<u8>)> {
    let scheme = preset(name);
    let verifier = verifier(scheme.clone(), vec![key("secret")]);
    let passed = verifier.verify(signed(&scheme, &key("secret"), request(headers, body)), now()).unwrap();
    let reply = verifier.handshake(&passed)?.unwrap();
    let content_type = reply.headers.get("content-type").unwrap().to_str().unwrap().to_owned();
    Some((reply.status.as_u16(), content_type, reply.body.to_vec()))
}

#[test]
fn githubs_ping_is_answered_pong() {
    let pong = (200, "application/json".to_owned(), br#"{"status":"pong"}"#.to_vec());
    assert_eq!(handshake("GitHub", &[("X-GitHub-Event", "ping")], b"{}"), Some(pong));
    assert_eq!(handshake("GitHub", &[("X-GitHub-Event", "push")], b"{}"), None);
    assert_eq!(handshake("GitHub", &[], br#"{"zen":"ping"}"#), None);
}

#[test]
fn slacks_challenge_is_echoed_as_plain_text() {
    let body = br#"{"token":"x","challenge":"<script>alert(1)</script>","type":"url_verification"}"#;
    let echo = (200, "text/plain; charset=utf-8".to_owned(), b"<script>alert(1)</script>".to_vec());
    assert_eq!(handshake("Slack", &[], body), Some(echo));
    let no_handshakes: [&[u8]; 6] = [
        br#"{"type":"event_callback","challenge":"x"}"#,
        br#"{"type":"url_verification"}"#,
        br#"{"type":"url_verification","challenge":{}}"#,
        br#"{"type":"url_verification","challenge":"x","type":"event_callback"}"#,
        br#"[{"type":"url_verification","challenge":"x"}]"#,
        b"payload=url_verification",
    ];
    for body in no_handshakes {
        assert_eq!(handshake("Slack", &[], body), None, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_handshake_is_verified_first() {
    let verifier = verifier(preset("Slack"), vec![key("secret")]);
    let body = br#"{"type":"url_verification","challenge":"x"}"#;
    assert_eq!(matched(&verifier, &request(&[], body)), Err(Reason::SignatureMissing));
    let stale = signed_at(&preset("Slack"), &key("secret"), request(&[], body), NOW - 301);
    assert_eq!(matched(&verifier, &stale), Err(Reason::TimestampOutOfRange));
    assert_eq!(verifier.handshake_methods(&HeaderMap::new()).collect::<Vec<_>>(), [Method::POST]);
}

#[test]
fn a_handshake_comes_by_its_own_method() {
    let verifier = verifier(preset("GitHub"), vec![key("secret")]);
    let mut sent = signed(&preset("GitHub"), &key("secret"), request(&[("X-GitHub-Event", "ping")], b"{}"));
    sent.method = Method::PUT;
    let passed = verifier.verify(sent, now()).unwrap();
    assert!(verifier.handshake(&passed).is_none());
}

#[test]
fn the_signature_is_shown_and_a_token_never_is() {
    let github = verifier(preset("GitHub"), vec![key("secret")]);
    let passed = github.verify(signed(&preset("GitHub"), &key("secret"), request(&[], b"body")), now()).unwrap();
    let shown = "sha256=dc46983557fea127b43af721467eb9b3fde2338fe3e14f51952aa8478c13d355";
    assert_eq!(github.signature(&passed), Some(shown));
    for scheme in [preset("GitLab"), scheme(SchemeKind::Bearer)] {
        let verifier = verifier(scheme.clone(), vec![key("secret")]);
        let passed = verifier.verify(signed(&scheme, &key("secret"), request(&[], b"")), now()).unwrap();
        assert_eq!(verifier.signature(&passed), None);
    }
}

#[test]
fn the_id_of_a_form_is_in_the_field_that_it_names() {
    for (content, signed) in [("{id}.{body}", true), ("{header.x-id}.{body}", true), ("{body}", false)] {
        let scheme = hmac(HmacForm { content: content.to_owned(), id_header: Some("X-Id".to_owned()), ..plain_form() });
        let verifier = verifier(scheme.clone(), vec![key("secret")]);
        let passed = verifier.verify(signed_request(&scheme), now()).unwrap();
        let id = DeliveryId { id: "msg_1".to_owned(), signed };
        assert_eq!(verifier.delivery_id(&passed, &Json::Null), Some(id), "{content}");
    }
}

fn signed_request(scheme: &Scheme) -> RawRequest {
    signed(scheme, &key("secret"), request(&[], b"body"))
}

#[test]
fn of_two_schemes_of_one_kind_the_facts_are_of_the_one_that_held() {
    let signs_its_id =
        HmacForm { content: "{id}.{body}".to_owned(), id_header: Some("X-Id".to_owned()), ..plain_form() };
    let signs_no_id = HmacForm { header: "X-Other".to_owned(), ..plain_form() };
    let verification = either(vec![hmac(signs_its_id), hmac(signs_no_id.clone())]);
    let verifier = Verifier::new(&verification, &[vec![Some(key("a"))], vec![Some(key("b"))]]).unwrap();
    let claims = request(&[("X-Id", "made-up"), ("X-Signature", "made-up")], b"body");
    let passed = verifier.verify(signed(&hmac(signs_no_id), &key("b"), claims), now()).unwrap();
    assert_eq!(verifier.delivery_id(&passed, &Json::Null), None);
    let shown = "0d3ba6e942a8a2007c767e73c88393698e10d253a5b864b7219eef2e6cd8a484";
    assert_eq!(verifier.signature(&passed), Some(shown));
}

#[test]
fn of_a_preset_with_two_names_for_its_fields_only_those_that_are_signed_count() {
    // Svix's sender under the unbranded names; somebody on the way adds an id under the branded one.
    let value = key("whsec_plJ3nmyCDGBKInavdOK15jsl");
    let sent = signed(&preset("StandardWebhooks"), &value, request(&[("svix-id", "made-up")], b"{}"));
    let svix = verifier(preset("Svix"), vec![value]);
    let passed = svix.verify(sent, now()).unwrap();
    let id = DeliveryId { id: "msg_1".to_owned(), signed: true };
    assert_eq!(svix.delivery_id(&passed, &Json::Null), Some(id));
}
