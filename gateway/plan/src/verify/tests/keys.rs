//! Keys: how they are written, how long they are in force, and what can never be one.

use super::*;
use crate::plan::KeyUse;
use crate::verify::VerifierError;

const BODY: &[u8] = b"body";

fn with(spec: KeySpec) -> Scheme {
    Scheme { keys: vec![spec], ..hmac(plain_form()) }
}

/// Whether the key, written as `text` and described by `spec`, is the bytes `plain`.
fn is(spec: &KeySpec, text: &str, plain: &str) -> bool {
    let sent = signed(&hmac(plain_form()), &key(plain), request(&[], BODY));
    matched(&verifier(with(spec.clone()), vec![key(text)]), &sent) == Ok(0)
}

fn encoded(encoding: KeyEncoding, strip_prefix: Option<&str>) -> KeySpec {
    KeySpec { encoding, strip_prefix: strip_prefix.map(str::to_owned), ..spec() }
}

#[test]
fn a_key_is_decoded_as_its_spec_says() {
    assert!(is(&spec(), "secret", "secret"));
    assert!(is(&encoded(KeyEncoding::Hex, None), "736563726574", "secret"));
    assert!(is(
        &encoded(KeyEncoding::Hex, None),
        "73 65 63 72 65 74".replace(' ', "").to_uppercase().as_str(),
        "secret"
    ));
    assert!(is(&encoded(KeyEncoding::Base64, None), "c2VjcmV0", "secret"));
    assert!(is(&encoded(KeyEncoding::Base64, None), "c2VjcmV0cw==", "secrets"));
    assert!(is(&encoded(KeyEncoding::Base64, None), "c2VjcmV0cw", "secrets"));
    assert!(is(&encoded(KeyEncoding::Base64, Some("whsec_")), "whsec_c2VjcmV0", "secret"));
    assert!(is(&encoded(KeyEncoding::Base64, Some("whsec_")), "c2VjcmV0", "secret"));
    assert!(is(&encoded(KeyEncoding::Plain, Some("k-")), "k-k-secret", "k-secret"));
}

#[test]
fn a_key_is_never_trimmed() {
    assert!(is(&spec(), " secret\n", " secret\n"));
    assert!(!is(&spec(), "secret\n", "secret"));
    for encoding in [KeyEncoding::Hex, KeyEncoding::Base64] {
        for text in ["c2VjcmV0\n", " 736563726574", "736563726574\n"] {
            let verifier = verifier(with(encoded(encoding, None)), vec![key(text)]);
            assert_eq!(verifier.key_problems().len(), 1, "{encoding:?} {text:?}");
        }
    }
}

#[test]
fn a_key_that_is_empty_or_not_what_it_says_never_matches() {
    for (spec, text, message) in [
        (spec(), "", "the key must not be empty"),
        (encoded(KeyEncoding::Base64, Some("whsec_")), "whsec_", "the key must not be empty"),
        (encoded(KeyEncoding::Hex, None), "736", "the key must be hexadecimal, as its encoding says"),
        (encoded(KeyEncoding::Hex, None), "7g", "the key must be hexadecimal, as its encoding says"),
        (
            encoded(KeyEncoding::Base64, None),
            "c2Vj*",
            "the key must be base64, as its encoding says; a line break at its end is not part of it",
        ),
    ] {
        let verifier = verifier(with(spec), vec![key(text)]);
        assert_eq!(verifier.key_problems()[0].message, message);
        let sent = signed(&hmac(plain_form()), &key("x"), request(&[], BODY));
        assert_eq!(matched(&verifier, &sent), Err(Reason::KeyUnavailable), "{text}");
    }
    let verifier = verifier(hmac(plain_form()), vec![pair("a", "b"), key("secret")]);
    assert_eq!(verifier.key_problems()[0].key, 0);
    assert_eq!(matched(&verifier, &signed(&hmac(plain_form()), &key("secret"), request(&[], BODY))), Ok(1));
}

#[test]
fn the_mac_of_an_empty_key_is_no_signature() {
    // HMAC-SHA256 of `body` under the empty key, which anybody can compute.
    let forged = "7ec3619ea7f921721b6d8bec83ea2d0c6d557e0b164daf577e62c8cc88ed74ae";
    for values in [vec![key("")], vec![key(""), key("secret")]] {
        let verdict = matched(&verifier(hmac(plain_form()), values), &request(&[("x-signature", forged)], BODY));
        assert!(verdict.is_err());
    }
}

#[test]
fn a_key_is_in_force_until_its_time_and_not_longer() {
    let mut scheme = hmac(plain_form());
    scheme.keys = vec![KeySpec { not_after_ms: Some(NOW * 1_000), ..spec() }, spec()];
    let keys = [vec![Some(key("old")), Some(key("new"))]];
    let verifier = Verifier::new(&either(vec![scheme.clone()]), &keys).unwrap();
    let verdict = |text: &str, ms: i64| {
        let sent = signed(&scheme, &key(text), request(&[], BODY));
        let now = Timestamp::from_millisecond(NOW * 1_000 + ms).unwrap();
        verifier.verify(sent, now).map(|passed| passed.identity().key).map_err(|no| no.reason)
    };
    assert_eq!(verdict("old", 0), Ok(Some(0)));
    assert_eq!(verdict("new", 0), Ok(Some(1)));
    assert_eq!(verdict("old", 1), Err(Reason::SignatureInvalid));
    assert_eq!(verdict("new", 1), Ok(Some(1)));
    assert_eq!(verdict("neither", 0), Err(Reason::SignatureInvalid));
}

#[test]
fn without_a_key_in_force_nothing_can_be_verified() {
    let expired = KeySpec { not_after_ms: Some(NOW * 1_000 - 1), ..spec() };
    let good = signed(&hmac(plain_form()), &key("secret"), request(&[], BODY));
    for (spec, value) in [(spec(), None), (expired, Some(key("secret")))] {
        let verifier = Verifier::new(&either(vec![with(spec)]), &[vec![value]]).unwrap();
        for sent in [&good, &request(&[], BODY)] {
            let rejection = rejection(&verifier, sent);
            assert_eq!((rejection.reason, rejection.www_authenticate), (Reason::KeyUnavailable, None));
        }
    }
}

#[test]
fn a_keys_use_is_one_that_the_scheme_has() {
    let decrypt = KeySpec { use_: KeyUse::Decrypt, ..spec() };
    let scheme = Scheme { keys: vec![spec(), decrypt.clone()], ..preset("GitHub") };
    let error = Verifier::new(&either(vec![scheme]), &[]).unwrap_err();
    assert_eq!(
        (error.field().as_str(), &error),
        ("schemes[0].keys[1].use", &VerifierError::KeyUse { scheme: 0, key: 1 })
    );
    let none = Scheme { keys: Vec::new(), ..preset("GitHub") };
    assert_eq!(Verifier::new(&either(vec![none]), &[]).unwrap_err(), VerifierError::NoKey { scheme: 0 });
}

#[test]
fn keys_and_schemes_pair_up() {
    let verification = either(vec![preset("GitHub"), scheme(SchemeKind::Bearer)]);
    let error = Verifier::new(&verification, &[vec![Some(key("a"))]]).unwrap_err();
    assert_eq!(error, VerifierError::KeysDoNotPair { keys: 1, schemes: 2 });
    assert_eq!(Verifier::new(&either(Vec::new()), &[]).unwrap_err(), VerifierError::NoScheme);
}

#[test]
fn a_tolerance_needs_a_time() {
    for scheme in [preset("GitHub"), preset("GitLab"), scheme(SchemeKind::Bearer)] {
        let error = Verifier::new(&either(vec![Scheme { tolerance_ms: Some(1), ..scheme }]), &[]).unwrap_err();
        assert_eq!(error.field(), "schemes[0].tolerance");
    }
}

#[test]
fn a_preset_that_is_not_built_does_not_compile() {
    for name in ["DingTalk", "github", ""] {
        let scheme = scheme(SchemeKind::Preset(name.to_owned()));
        assert_eq!(Verifier::new(&either(vec![scheme]), &[]).unwrap_err().field(), "schemes[0].preset");
    }
}
