//! `auth` and `sign`.

use serde_json::json;

use super::{failure, field, render, step};
use crate::plan::{HttpAuth, HttpBody, HttpStep};
use crate::reason::StepReason;

fn basic(username: &str, password: &str) -> HttpStep {
    let auth = HttpAuth::Basic { username: username.to_owned(), password: password.to_owned() };
    HttpStep { auth: Some(auth), ..step("https://a.test/") }
}

fn bearer(token: &str) -> HttpStep {
    HttpStep { auth: Some(HttpAuth::Bearer(token.to_owned())), ..step("https://a.test/") }
}

#[test]
fn basic_is_as_rfc_7617_says() {
    // Section 2 of the RFC: user-id "Aladdin", password "open sesame".
    let call = render(&basic("Aladdin", "open sesame"), json!({})).unwrap();
    assert_eq!(field(&call, "authorization"), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    // base64("a:b:c:d")
    assert_eq!(field(&render(&basic("a", "b:c:d"), json!({})).unwrap(), "authorization"), Some("Basic YTpiOmM6ZA=="));
    assert!(call.headers["authorization"].is_sensitive());
}

#[test]
fn a_user_name_with_a_colon_and_a_password_with_a_line_feed_are_refused() {
    let (reason, message) = failure(&basic("{{ $vars.v }}", "p"), json!({"v": "a:b"}));
    assert_eq!(
        (reason, &*message),
        (StepReason::InvalidRequest, "auth.basic.username: must not contain a colon or control characters")
    );
    let (_, message) = failure(&basic("u", "{{ $vars.v }}"), json!({"v": "p\n"}));
    assert_eq!(message, "auth.basic.password: must not contain control characters, such as a line feed at its end");
}

#[test]
fn a_bearer_token_is_visible_ascii() {
    let call = render(&bearer("{{ $secrets.token }}"), json!({})).unwrap();
    assert_eq!(field(&call, "authorization"), Some("Bearer correct-horse"));
    for value in ["", "a b", "a\n", "a\r\nX: y", "ü"] {
        let (reason, message) = failure(&bearer("{{ $vars.v }}"), json!({"v": value}));
        assert_eq!(reason, StepReason::InvalidRequest, "{value:?}");
        assert_eq!(message, "auth.bearer: must be visible ASCII without spaces or a line feed, and not empty");
    }
}

#[test]
fn a_request_is_signed_as_standard_webhooks_says() {
    let signed = |secret: &str| {
        let step = HttpStep {
            method: "POST".to_owned(),
            body: Some(HttpBody::Json(json!({"test": 2_432_232_314_i64}).into())),
            sign_standard_webhooks: Some(secret.to_owned()),
            ..step("https://a.test/")
        };
        render(&step, json!({}))
    };
    let call = signed("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    assert_eq!(field(&call, "webhook-id"), Some("6f1c"));
    assert_eq!(field(&call, "webhook-timestamp"), Some("1795514400"));
    // printf '6f1c.1795514400.{"test":2432232314}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
    assert_eq!(field(&call, "webhook-signature"), Some("v1,bthJFZC5log6w0ooQGvsBkPmX7C+1Y4Cu/UMzMouw/o="));
    let bare = signed("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    assert_eq!(field(&bare, "webhook-signature"), field(&call, "webhook-signature"));
    for secret in ["whsec_", "whsec_not base64", "whsec_MTIz\n"] {
        let failure = signed(secret).unwrap_err();
        assert_eq!(
            failure.message, "sign.standardWebhooks: must be base64, with or without whsec_ before it",
            "{secret}"
        );
    }
}
