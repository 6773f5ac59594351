//! Signed tokens: what they must say, who may have signed them, and how long they hold.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::plan::{JwtAlgorithm, JwtRules};
use crate::verify::VerifierError;
use crate::verify::sign::SignError;

const SECRET: &str = "a secret of thirty-two bytes or more";

fn rules(algorithms: &[JwtAlgorithm], key_set: bool) -> Scheme {
    scheme(SchemeKind::Jwt(Box::new(JwtRules {
        issuer: "https://issuer.test".to_owned(),
        audiences: vec!["hooks".to_owned(), "other".to_owned()],
        algorithms: algorithms.to_vec(),
        key_set,
    })))
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn jwk(seed: u8, id: &str) -> Value {
    let x = URL_SAFE_NO_PAD.encode(pair(seed).public_key().as_ref());
    json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": id, "use": "sig"})
}

/// A verifier by a key set.
fn of_set(keys: &[Value]) -> Verifier {
    verifier(rules(&[JwtAlgorithm::EdDSA], true), vec![key(&json!({"keys": keys}).to_string())])
}

fn claims() -> Value {
    json!({"iss": "https://issuer.test", "aud": "hooks", "sub": "svc", "exp": NOW + 60})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token of this header that `pair(seed)` signed.
fn token(seed: u8, header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(pair(seed).sign(signed.as_bytes()).as_ref()))
}

fn ours(claims: &Value) -> String {
    token(1, &json!({"alg": "EdDSA", "kid": "k1"}), claims)
}

fn bearing(token: &str) -> RawRequest {
    request(&[("Authorization", &format!("Bearer {token}"))], b"{}")
}

fn verdict(verifier: &Verifier, token: &str) -> Result<usize, Reason> {
    matched(verifier, &bearing(token))
}

#[test]
fn a_token_that_holds_says_whom_it_is_about() {
    let identity = identity(&of_set(&[jwk(1, "k1")]), &bearing(&ours(&claims()))).unwrap();
    assert_eq!(identity, Identity { scheme: "jwt".to_owned(), key: Some(0), subject: Some("svc".to_owned()) });
}

#[test]
fn a_token_is_held_to_issuer_audience_and_types() {
    let verifier = of_set(&[jwk(1, "k1")]);
    for claims in [with("aud", json!(["x", "other"])), with("sub", Value::Null), with("iat", json!(NOW))] {
        assert_eq!(verdict(&verifier, &ours(&claims)), Ok(0), "{claims}");
    }
    for claims in [
        with("iss", json!("https://issuer.test/")),
        with("iss", Value::Null),
        with("aud", json!("hook")),
        with("aud", json!([])),
        with("aud", Value::Null),
        with("exp", Value::Null),
        with("exp", json!("1790000060")),
        with("nbf", json!("soon")),
        with("sub", json!(7)),
        json!([claims()]),
    ] {
        assert_eq!(verdict(&verifier, &ours(&claims)), Err(Reason::CredentialsInvalid), "{claims}");
    }
}

#[test]
fn clocks_may_differ_by_thirty_seconds_and_no_more() {
    let verifier = of_set(&[jwk(1, "k1")]);
    for (name, value, expected) in [
        ("exp", json!(NOW - 29), Ok(0)),
        ("exp", json!(NOW - 30), Err(Reason::TimestampOutOfRange)),
        ("exp", json!(-1), Err(Reason::TimestampOutOfRange)),
        ("nbf", json!(NOW + 30), Ok(0)),
        ("nbf", json!(NOW + 31), Err(Reason::TimestampOutOfRange)),
        ("iat", json!(NOW + 31), Err(Reason::TimestampOutOfRange)),
        ("exp", json!(1_790_000_000.5), Ok(0)),
    ] {
        assert_eq!(verdict(&verifier, &ours(&with(name, value.clone()))), expected, "{name} {value}");
    }
}

#[test]
fn the_time_of_a_token_is_told_to_nobody_who_cannot_sign_one() {
    let verifier = of_set(&[jwk(1, "k1")]);
    let old = with("exp", json!(1));
    let forged = token(2, &json!({"alg": "EdDSA", "kid": "k1"}), &old);
    assert_eq!(verdict(&verifier, &forged), Err(Reason::CredentialsInvalid));
}

#[test]
fn kid_chooses_one_key_and_without_it_there_must_be_no_choice() {
    let both = of_set(&[jwk(1, "k1"), jwk(2, "k2")]);
    let sent = |seed, header| verdict(&both, &token(seed, &header, &claims()));
    assert_eq!(sent(2, json!({"alg": "EdDSA", "kid": "k2"})), Ok(0));
    assert_eq!(sent(1, json!({"alg": "EdDSA", "kid": "k2"})), Err(Reason::CredentialsInvalid));
    assert_eq!(sent(1, json!({"alg": "EdDSA", "kid": "k3"})), Err(Reason::CredentialsInvalid));
    assert_eq!(sent(1, json!({"alg": "EdDSA"})), Err(Reason::CredentialsInvalid));
    let alone = of_set(&[jwk(1, "k1")]);
    assert_eq!(verdict(&alone, &token(1, &json!({"alg": "EdDSA"}), &claims())), Ok(0));
}

#[test]
fn the_header_never_brings_a_key_or_an_algorithm() {
    let verifier = of_set(&[jwk(1, "k1")]);
    for header in [
        json!({"alg": "none", "kid": "k1"}),
        json!({"alg": "eddsa", "kid": "k1"}),
        json!({"alg": "HS256", "kid": "k1"}),
        json!({"kid": "k1"}),
        json!({"alg": "EdDSA", "kid": "k1", "crit": ["exp"]}),
        json!({"alg": "EdDSA", "kid": "k1", "crit": null}),
        json!(["EdDSA", "k1"]),
    ] {
        assert_eq!(verdict(&verifier, &token(1, &header, &claims())), Err(Reason::CredentialsInvalid), "{header}");
    }
    let brought = json!({"alg": "EdDSA", "kid": "k1", "jwk": jwk(2, "k1"), "jku": "https://evil.test"});
    assert_eq!(verdict(&verifier, &token(2, &brought, &claims())), Err(Reason::CredentialsInvalid));
    let twice = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","alg":"EdDSA","kid":"k1"}"#);
    let signed = format!("{twice}.{}", part(&claims()));
    let twice = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(pair(1).sign(signed.as_bytes()).as_ref()));
    assert_eq!(verdict(&verifier, &twice), Err(Reason::CredentialsInvalid));
}

#[test]
fn a_public_key_is_no_secret() {
    let public = pair(1).public_key().as_ref().to_vec();
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &public[..]].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der));
    let verifier = verifier(rules(&[JwtAlgorithm::EdDSA], false), vec![key(&pem)]);
    assert_eq!(verdict(&verifier, &ours(&claims())), Ok(0));
    let confused = rules(&[JwtAlgorithm::HS256], false);
    let forged = signed(&confused, &key(&pem), request(&[], b"{}"));
    assert_eq!(matched(&verifier, &forged), Err(Reason::CredentialsInvalid));
    let mixed = rules(&[JwtAlgorithm::HS256, JwtAlgorithm::EdDSA], false);
    let refused = Verifier::new(&either(vec![mixed]), &[]).unwrap_err();
    assert_eq!(refused, VerifierError::JwtAlgorithms { scheme: 0 });
    assert_eq!(refused.field(), "schemes[0].jwt.algorithms");
}

#[test]
fn what_is_signed_with_a_shared_secret_is_accepted_and_no_bit_of_it_can_change() {
    for algorithm in [JwtAlgorithm::HS256, JwtAlgorithm::HS384, JwtAlgorithm::HS512] {
        let scheme = rules(&[algorithm], false);
        let secret = SECRET.repeat(2);
        let sent = signed(&scheme, &key(&secret), request(&[], b"{}"));
        let verifier = verifier(scheme.clone(), vec![key(&"another".repeat(16)), key(&secret)]);
        assert_eq!(matched(&verifier, &sent), Ok(1));
        let good = header(&sent, "authorization").to_owned();
        for at in "Bearer ".len()..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let changed = with_header(sent.clone(), "authorization", Some(&text));
            assert_eq!(matched(&verifier, &changed), Err(Reason::CredentialsInvalid), "{text}");
        }
        let cut = with_header(sent.clone(), "authorization", Some(&good[..good.len() - 1]));
        assert_eq!(matched(&verifier, &cut), Err(Reason::CredentialsInvalid));
    }
}

#[test]
fn what_is_no_token_is_refused_and_nothing_at_all_is_missing() {
    let verifier = of_set(&[jwk(1, "k1")]);
    for text in ["x", "..", "a.b", "a.b.c.d", "e30.e30.", "\u{e9}", &"a".repeat(40_000)] {
        assert_eq!(verdict(&verifier, text), Err(Reason::CredentialsInvalid), "{text:.20}");
    }
    for sent in [request(&[], b""), request(&[("Authorization", "Bearer ")], b""), request(&[("X-Token", "t")], b"")] {
        assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureMissing));
    }
    let good = format!("Bearer {}", ours(&claims()));
    let twice = request(&[("Authorization", &good), ("Authorization", &good)], b"");
    assert_eq!(matched(&verifier, &twice), Err(Reason::CredentialsInvalid));
    let refused = rejection(&verifier, &bearing("x"));
    assert_eq!(refused.www_authenticate, Some(r#"Bearer realm="boathook""#));
}

#[test]
fn keys_that_cannot_verify_are_told_and_leave_no_key() {
    let too_many: Vec<_> = (0..65).map(|at| jwk(1, &format!("k{at}"))).collect();
    let mut for_encryption = jwk(1, "k1");
    for_encryption["use"] = json!("enc");
    let mut of_another = jwk(1, "k1");
    of_another["alg"] = json!("ES256");
    for (set, message) in [
        (json!({"keys": too_many}), "the key set must have at most 64 keys"),
        (
            json!({"keys": [for_encryption]}),
            "the key set must be a JWK Set (RFC 7517) with a key for one of `algorithms`",
        ),
        (json!({"keys": [of_another]}), "the key set must be a JWK Set (RFC 7517) with a key for one of `algorithms`"),
        (json!("keys"), "the key set must be a JWK Set (RFC 7517) with a key for one of `algorithms`"),
    ] {
        let verifier = verifier(rules(&[JwtAlgorithm::EdDSA], true), vec![key(&set.to_string())]);
        assert_eq!(verifier.key_problems()[0].message, message);
        assert_eq!(verdict(&verifier, &ours(&claims())), Err(Reason::KeyUnavailable));
    }
    for published in [
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n".to_owned(),
        json!({"keys": [jwk(1, "k1")]}).to_string(),
        jwk(1, "k1").to_string(),
    ] {
        let forged = verifier(rules(&[JwtAlgorithm::HS256], false), vec![key(&published)]);
        assert_eq!(forged.key_problems()[0].message, "the key is a public one, or a key set: whoever has it could sign");
    }
    let short = verifier(rules(&[JwtAlgorithm::HS256], false), vec![key("thirty-one bytes are not enough")]);
    assert_eq!(short.key_problems().len(), 1);
    let private = verifier(rules(&[JwtAlgorithm::RS256], false), vec![key("-----BEGIN PRIVATE KEY-----")]);
    assert_eq!(private.key_problems()[0].message, "the key must be the public key that the sender shows");
}

#[test]
fn what_cannot_be_read_of_a_set_is_passed_over() {
    let odd = [json!({"kid": "no kind"}), json!({"kty": "OKP", "kid": 5}), json!({"kty": "OKP", "key_ops": "verify"})];
    let verifier = of_set(&[odd.to_vec(), vec![jwk(1, "k1")]].concat());
    assert!(verifier.key_problems().is_empty());
    assert_eq!(verdict(&verifier, &ours(&claims())), Ok(0));
    let small = json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode([255; 128]), "e": "AQAB"});
    let keys = vec![key(&json!({"keys": [small]}).to_string())];
    assert_eq!(super::verifier(rules(&[JwtAlgorithm::RS256], true), keys).key_problems().len(), 1);
}

#[test]
fn nobody_signs_with_a_public_key() {
    let scheme = rules(&[JwtAlgorithm::EdDSA], false);
    let stamp = Stamp { now: now(), id: "m" };
    let error = sign(&scheme, &spec(), &key(SECRET), request(&[], b""), stamp).unwrap_err();
    assert_eq!(error, SignError::Key("the key is a public one: only the sender can sign".to_owned()));
}

#[test]
fn a_token_goes_no_further_than_its_verification() {
    let verifier = of_set(&[jwk(1, "k1")]);
    let places: Vec<_> = verifier.secret_places().collect();
    assert_eq!(places, [crate::verify::SecretPlace::Header(http::header::AUTHORIZATION)]);
}
