//! Proofs that the declarative form cannot reach: what their senders make is accepted, and every change of it is refused.

use super::*;

/// The example of Twilio's page, with the token that it uses.
const CALL: &[u8] =
    b"CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212";

fn twilio(public_url: Option<&str>) -> (Scheme, Verifier) {
    let mut scheme = preset("Twilio");
    scheme.options.public_url = public_url.map(str::to_owned);
    let verifier = verifier(scheme.clone(), vec![key("12345")]);
    (scheme, verifier)
}

fn form(signature: &str, body: &[u8]) -> RawRequest {
    request(&[("Content-Type", "application/x-www-form-urlencoded"), ("X-Twilio-Signature", signature)], body)
}

#[test]
fn the_example_of_twilios_page_is_accepted_and_its_parameters_have_no_order() {
    let (_, verifier) = twilio(Some("https://mycompany.com/myapp.php?foo=1&bar=2"));
    let signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    let documented =
        b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    assert_eq!(matched(&verifier, &form(signature, documented)), Ok(0));
    let shuffled = b"To=%2B18005551212&Digits=1234&Caller=%2B14158675309&From=%2B14158675309&CallSid=CA1234567890ABCDE";
    assert_eq!(matched(&verifier, &form(signature, shuffled)), Ok(0));
    let other = b"To=%2B18005551212&Digits=1235&Caller=%2B14158675309&From=%2B14158675309&CallSid=CA1234567890ABCDE";
    assert_eq!(matched(&verifier, &form(signature, other)), Err(Reason::SignatureInvalid));
}

#[test]
fn twilio_may_sign_the_url_with_its_port() {
    let signer = twilio(Some("https://hooks.example.test:443/in/hook")).0;
    let (_, verifier) = twilio(None);
    let sent = signed(&signer, &key("12345"), form("", CALL));
    assert_eq!(matched(&verifier, &sent), Ok(0));
    let other = twilio(Some("https://hooks.example.test:8443/in/hook")).0;
    let sent = signed(&other, &key("12345"), form("", CALL));
    assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid));
}

#[test]
fn every_damaged_request_of_twilio_is_refused() {
    let (scheme, verifier) = twilio(None);
    let sent = signed(&scheme, &key("12345"), form("", CALL));
    let good = header(&sent, "x-twilio-signature").to_owned();
    assert_eq!(matched(&verifier, &sent), Ok(0));
    for wrong in
        [&good[1..], &good[..good.len() - 1], &format!("{good}="), &format!("{good}{good}"), &good.to_lowercase()]
    {
        assert_eq!(matched(&verifier, &form(wrong, CALL)), Err(Reason::SignatureInvalid), "{wrong}");
    }
    assert_eq!(matched(&verifier, &form("", CALL)), Err(Reason::SignatureMissing));
    let mut twice = sent.clone();
    twice.headers.append("x-twilio-signature", HeaderValue::from_str(&good).unwrap());
    assert_eq!(matched(&verifier, &twice), Err(Reason::SignatureInvalid));
    assert_eq!(matched(&verifier, &with_query(sent.clone(), "a=1")), Err(Reason::SignatureInvalid));
    let another = signed(&scheme, &key("54321"), form("", CALL));
    assert_eq!(matched(&verifier, &another), Err(Reason::SignatureInvalid));
}

#[test]
fn a_body_of_twilio_that_nothing_would_sign_is_refused() {
    let (scheme, verifier) = twilio(None);
    // The MAC of the URL alone, as of a request without a body.
    let bare = signed(&scheme, &key("12345"), request(&[], b""));
    assert_eq!(matched(&verifier, &bare), Ok(0));
    let with_body = RawRequest { body: Bytes::from_static(br#"{"a":1}"#), ..bare };
    assert_eq!(matched(&verifier, &with_body), Err(Reason::SignatureInvalid));
    let long = form("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", &vec![b'a'; (64 << 10) + 1]);
    assert_eq!(matched(&verifier, &long), Err(Reason::SignatureInvalid));
}

#[test]
fn a_body_of_twilio_is_held_to_its_hash_in_the_url() {
    let (scheme, verifier) = twilio(None);
    let hash = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
    let json = with_query(request(&[], br#"{"a":1}"#), &format!("bodySHA256={hash}"));
    let sent = signed(&scheme, &key("12345"), json);
    assert_eq!(matched(&verifier, &sent), Ok(0));
    let changed = RawRequest { body: Bytes::from_static(br#"{"a":2}"#), ..sent.clone() };
    assert_eq!(matched(&verifier, &changed), Err(Reason::SignatureInvalid));
    let twice = with_query(sent, &format!("bodySHA256={hash}&bodySHA256={hash}"));
    assert_eq!(matched(&verifier, &twice), Err(Reason::SignatureInvalid));
}

const TOKEN: &str = "7b6bdbca0aa48c3812290cbf8a6ccb8e85dfe6b4b62e474fba";
const MAILGUN_KEY: &str = "3ax6xnjp29jd6fds4gc373sgvjxteol0";
const MAC: &str = "27d34e7e08368b899ee60da3610b544d05f78a9d6b547d92cd80530727b5ce56";

fn mailgun(body: &str, key_text: &str, second: i64) -> Result<usize, Reason> {
    let verifier = verifier(preset("Mailgun"), vec![key("another"), key(key_text)]);
    let verdict = verifier.verify(request(&[], body.as_bytes()), at(second));
    verdict.map(|passed| passed.identity().key.unwrap()).map_err(|no| no.reason)
}

fn claim(time: &str, token: &str, signature: &str) -> String {
    format!(r#"{{"signature":{{"token":"{token}","timestamp":"{time}","signature":{signature}}},"event-data":{{}}}}"#)
}

#[test]
fn mailguns_signature_is_read_from_json_and_from_forms() {
    let json = claim("1790000000", TOKEN, &format!("{MAC:?}"));
    assert_eq!(mailgun(&json, MAILGUN_KEY, NOW), Ok(1));
    let form = format!("timestamp=1790000000&token={TOKEN}&signature={MAC}&subject=x");
    assert_eq!(mailgun(&form, MAILGUN_KEY, NOW), Ok(1));
    assert_eq!(mailgun(&json, MAILGUN_KEY, NOW + 300), Ok(1));
    assert_eq!(mailgun(&json, MAILGUN_KEY, NOW + 301), Err(Reason::TimestampOutOfRange));
    assert_eq!(mailgun(&json, MAILGUN_KEY, NOW - 301), Err(Reason::TimestampOutOfRange));
    assert_eq!(mailgun(&json, "wrong", NOW), Err(Reason::SignatureInvalid));
}

#[test]
fn every_damaged_claim_of_mailgun_is_refused() {
    let quoted = format!("{MAC:?}");
    // The last digit of the time in front of the token: the same signed bytes.
    let shifted = claim("179000000", &format!("0{TOKEN}"), &quoted);
    let other_way = claim("17900000007", &TOKEN[1..], &quoted);
    let upper = claim("1790000000", TOKEN, &quoted.to_uppercase());
    let cut = claim("1790000000", TOKEN, &format!("{:?}", &MAC[..63]));
    let long = claim("1790000000", TOKEN, &format!("\"{MAC}00\""));
    for body in [shifted, other_way, upper, cut, long] {
        assert_eq!(mailgun(&body, MAILGUN_KEY, NOW), Err(Reason::SignatureInvalid), "{body}");
    }
    let list = claim("1790000000", TOKEN, &format!("[{quoted}]"));
    let twice = format!("timestamp=1790000000&token={TOKEN}&signature={MAC}&signature={MAC}");
    let large = format!("timestamp=1790000000&token={TOKEN}&signature={MAC}&x={}", "x".repeat(64 << 10));
    for body in [list.as_str(), twice.as_str(), large.as_str(), "", "{}", "[]", "null"] {
        assert_eq!(mailgun(body, MAILGUN_KEY, NOW), Err(Reason::SignatureMissing));
    }
}

fn graph(body: &str) -> Result<usize, Reason> {
    let verifier = verifier(preset("MicrosoftGraph"), vec![key("old-state"), key("state")]);
    matched(&verifier, &request(&[], body.as_bytes()))
}

#[test]
fn every_item_of_microsoft_graph_must_have_a_state_of_ours() {
    assert_eq!(graph(r#"{"value":[{"clientState":"state"},{"clientState":"old-state","a":{"b":[1]}}]}"#), Ok(1));
    assert_eq!(graph(r#"{"value":[{"clientState":"st\u0061te"}]}"#), Ok(1));
    for body in [
        r#"{"value":[{"clientState":"state"},{"clientState":"stat"}]}"#,
        r#"{"value":[{"clientState":"STATE"}]}"#,
        r#"{"value":[{"clientState":""}]}"#,
    ] {
        assert_eq!(graph(body), Err(Reason::CredentialsInvalid), "{body}");
    }
    for body in [
        r#"{"value":[]}"#,
        r#"{"value":[{"clientState":"state"},{}]}"#,
        r#"{"value":[{"clientState":null}]}"#,
        r#"{"value":[{"clientState":["state"]}]}"#,
        r#"{"value":[{"clientState":"state","clientState":"state"}]}"#,
        r#"{"value":[{"clientState":"state"}],"value":[]}"#,
        r#"{"clientState":"state"}"#,
        r#"[{"clientState":"state"}]"#,
        "",
    ] {
        assert_eq!(graph(body), Err(Reason::SignatureMissing), "{body}");
    }
    let large = format!(r#"{{"value":[{{"clientState":"state"}}],"x":"{}"}}"#, "x".repeat(64 << 10));
    assert_eq!(graph(&large), Err(Reason::SignatureMissing));
}
