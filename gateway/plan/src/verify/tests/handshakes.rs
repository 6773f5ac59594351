//! Handshakes: what proves each one, what it is answered, and what is none.

use super::*;
use crate::plan::KeyUse;
use crate::reply::Reply;

/// The answer's status, its text, and one header field.
fn told(reply: &Reply, field: &str) -> (u16, String, String) {
    let value = reply.headers.get(field).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    (reply.status.as_u16(), String::from_utf8(reply.body.to_vec()).unwrap(), value)
}

/// What becomes of a request that brings no signature.
fn welcome(verifier: &Verifier, request: &RawRequest) -> Option<Result<(u16, String, String), Reason>> {
    let answer = verifier.welcome(request, now())?;
    Some(answer.map(|reply| told(&reply, "content-type")).map_err(|no| no.reason))
}

fn get(query: &str) -> RawRequest {
    let mut request = with_query(request(&[], b""), query);
    request.method = Method::GET;
    request
}

fn meta(tokens: &[&str]) -> Verifier {
    let mut scheme = preset("Meta");
    let mut values = vec![Some(key("app secret"))];
    for token in tokens {
        scheme.keys.push(KeySpec { use_: KeyUse::Challenge, ..spec() });
        values.push(Some(key(token)));
    }
    Verifier::new(&either(vec![scheme]), &[values]).unwrap()
}

#[test]
fn metas_challenge_is_proved_by_its_token_and_echoed_as_text() {
    let verifier = meta(&["old", "meatyhamhock"]);
    let asked = |token: &str| get(&format!("hub.mode=subscribe&hub.challenge=%3Cb%3E1&hub.verify_token={token}"));
    let echo = (200, "<b>1".to_owned(), "text/plain; charset=utf-8".to_owned());
    assert_eq!(welcome(&verifier, &asked("meatyhamhock")), Some(Ok(echo.clone())));
    assert_eq!(welcome(&verifier, &asked("old")), Some(Ok(echo)));
    for wrong in ["meatyhamhoc", "MEATYHAMHOCK", "app%20secret", "meatyhamhock%20"] {
        assert_eq!(welcome(&verifier, &asked(wrong)), Some(Err(Reason::CredentialsInvalid)), "{wrong}");
    }
    assert_eq!(welcome(&verifier, &asked("")), Some(Err(Reason::SignatureMissing)));
    let twice = get("hub.mode=subscribe&hub.challenge=1&hub.verify_token=old&hub.verify_token=old");
    assert_eq!(welcome(&verifier, &twice), Some(Err(Reason::SignatureMissing)));
    assert_eq!(welcome(&verifier, &get("hub.mode=subscribe&hub.verify_token=old")), None);
    assert_eq!(welcome(&verifier, &get("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=old")), None);
    let posted = with_query(request(&[], b""), "hub.mode=subscribe&hub.challenge=1&hub.verify_token=old");
    assert_eq!(welcome(&verifier, &posted), None);
    let no_token = meta(&[]);
    assert_eq!(welcome(&no_token, &asked("old")), Some(Err(Reason::KeyUnavailable)));
}

#[test]
fn the_token_of_a_challenge_signs_nothing_and_the_secret_proves_no_challenge() {
    let verifier = meta(&["token"]);
    let sent = signed(&preset("Meta"), &key("token"), request(&[], b"{}"));
    assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid));
    let sent = signed(&preset("Meta"), &key("app secret"), request(&[], b"{}"));
    assert_eq!(matched(&verifier, &sent), Ok(0));
}

/// What becomes of a signed request of a preset.
fn greeted(name: &str, body: &str) -> Option<Result<(u16, String, String), Reason>> {
    let (scheme, value) = (preset(name), key("Zk0m_secretTOKEN123456"));
    let verifier = verifier(scheme.clone(), vec![key("other"), value.clone()]);
    let passed = verifier.verify(signed(&scheme, &value, request(&[], body.as_bytes())), now()).unwrap();
    let answer = verifier.handshake(&passed)?;
    Some(answer.map(|reply| told(&reply, "content-type")).map_err(|no| no.reason))
}

#[test]
fn zooms_token_is_hashed_under_the_key_that_verified_and_nothing_else_is() {
    let body = r#"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event":"endpoint.url_validation"}"#;
    let answer = concat!(
        r#"{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","#,
        r#""encryptedToken":"cbb16a5181891cb06d01e886d84fa96c436d621cb1b96acb10946667929c6e25"}"#
    );
    assert_eq!(greeted("Zoom", body), Some(Ok((200, answer.to_owned(), "application/json".to_owned()))));
    for token in
        [r#""v0:1790000000:{}""#, r#""""#, r#""a b""#, r#"["a"]"#, "null", "{}", &format!("{:?}", "a".repeat(129))]
    {
        let body = format!(r#"{{"payload":{{"plainToken":{token}}},"event":"endpoint.url_validation"}}"#);
        assert_eq!(greeted("Zoom", &body), Some(Err(Reason::MalformedBody)), "{token}");
    }
    assert_eq!(greeted("Zoom", r#"{"payload":{"plainToken":"a"},"event":"meeting.started"}"#), None);
}

#[test]
fn event_grids_code_is_answered_where_the_secret_is_right() {
    let verifier = verifier(preset("AzureEventGrid"), vec![key("s3cret==")]);
    let body = br#"[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d"}}]"#;
    let passed = verifier.verify(with_query(request(&[], body), "code=s3cret%3D%3D"), now()).unwrap();
    let reply = verifier.handshake(&passed).unwrap().unwrap();
    assert_eq!(told(&reply, "content-type").1, r#"{"validationResponse":"512d"}"#);
    let wrong = with_query(request(&[], body), "code=nope");
    assert_eq!(matched(&verifier, &wrong), Err(Reason::CredentialsInvalid));
    let event = br#"[{"eventType":"Contoso.Items.Received","data":{"validationCode":"512d"}}]"#;
    let passed = verifier.verify(with_query(request(&[], event), "code=s3cret%3D%3D"), now()).unwrap();
    assert!(verifier.handshake(&passed).is_none());
}

fn options(field: &str, origin: &str) -> RawRequest {
    let mut request = request(&[(field, origin)], b"");
    request.method = Method::OPTIONS;
    request
}

fn of_origins(name: &str) -> Verifier {
    let mut scheme = preset(name);
    scheme.options.allowed_origins = vec!["eventemitter.example.com".to_owned()];
    verifier(scheme, vec![key("token")])
}

#[test]
fn an_origin_is_allowed_whole_and_in_any_case() {
    let verifier = of_origins("CloudEvents");
    for origin in ["eventemitter.example.com", "EVENTEMITTER.example.com"] {
        let reply = verifier.welcome(&options("WebHook-Request-Origin", origin), now()).unwrap().unwrap();
        let allowed = (200, String::new(), "eventemitter.example.com".to_owned());
        assert_eq!(told(&reply, "webhook-allowed-origin"), allowed);
    }
    for origin in ["xeventemitter.example.com", "eventemitter.example.com.evil.test", "*", ""] {
        let refused = welcome(&verifier, &options("WebHook-Request-Origin", origin));
        assert_eq!(refused, Some(Err(Reason::CredentialsInvalid)), "{origin}");
    }
    assert_eq!(welcome(&verifier, &options("Origin", "eventemitter.example.com")), None);
}

#[test]
fn of_event_grid_the_origin_is_proved_beside_the_secret() {
    let verifier = of_origins("AzureEventGrid");
    let asked = options("WebHook-Request-Origin", "eventemitter.example.com");
    assert_eq!(welcome(&verifier, &asked), None);
    assert_eq!(matched(&verifier, &asked), Err(Reason::SignatureMissing));
    let passed = verifier.verify(with_query(asked, "code=token"), now()).unwrap();
    let reply = verifier.handshake(&passed).unwrap().unwrap();
    assert_eq!(told(&reply, "webhook-allowed-origin").2, "eventemitter.example.com");
}

#[test]
fn only_an_options_that_asks_for_an_origin_comes_to_the_handshake() {
    let verifier = of_origins("CloudEvents");
    let methods = |request: &RawRequest| verifier.handshake_methods(&request.headers).collect::<Vec<_>>();
    assert_eq!(methods(&options("WebHook-Request-Origin", "a")), [Method::OPTIONS]);
    assert_eq!(methods(&options("Origin", "a")), Vec::<Method>::new());
}

#[test]
fn microsoft_graph_hears_its_own_text_and_nothing_is_run() {
    let verifier = verifier(preset("MicrosoftGraph"), vec![key("state")]);
    let asked = with_query(request(&[], b""), "validationToken=Validation%3a+%3Cb%3E");
    let echo = (200, "Validation: <b>".to_owned(), "text/plain; charset=utf-8".to_owned());
    assert_eq!(welcome(&verifier, &asked), Some(Ok(echo)));
}

#[test]
fn with_all_a_handshake_without_a_signature_needs_the_other_schemes() {
    let schemes = vec![preset("MicrosoftGraph"), scheme(SchemeKind::Bearer)];
    let verification = Verification { match_: Match::All, schemes };
    let verifier = Verifier::new(&verification, &[vec![Some(key("state"))], vec![Some(key("token"))]]).unwrap();
    let asked = with_query(request(&[], b""), "validationToken=a");
    assert_eq!(welcome(&verifier, &asked), Some(Err(Reason::SignatureMissing)));
    let with_token = with_header(asked, "authorization", Some("Bearer token"));
    assert_eq!(welcome(&verifier, &with_token).map(|answer| answer.is_ok()), Some(true));
}
