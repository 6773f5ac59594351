//! Any and All: what several schemes mean together, and what a refusal gives away.

use super::*;
use crate::plan::ApiKeyPlace;

const BODY: &[u8] = b"{}";

fn api_key() -> Scheme {
    scheme(SchemeKind::ApiKey(ApiKeyPlace::Header("X-Key".to_owned())))
}

/// GitHub's signature and an API key, together by `match_`.
fn both(match_: Match) -> Verifier {
    let verification = Verification { match_, schemes: vec![preset("GitHub"), api_key()] };
    Verifier::new(&verification, &[vec![Some(key("secret"))], vec![Some(key("token"))]]).unwrap()
}

fn sent(signature: Option<&str>, token: Option<&str>) -> RawRequest {
    let mut request = request(&[], BODY);
    if let Some(secret) = signature {
        request = signed(&preset("GitHub"), &key(secret), request);
    }
    with_header(request, "x-key", token)
}

#[test]
fn any_needs_one_scheme() {
    let any = both(Match::Any);
    assert_eq!(identity(&any, &sent(Some("secret"), None)).unwrap().scheme, "GitHub");
    assert_eq!(identity(&any, &sent(None, Some("token"))).unwrap().scheme, "apiKey");
    assert_eq!(identity(&any, &sent(Some("wrong"), Some("token"))).unwrap().scheme, "apiKey");
    assert!(identity(&any, &sent(None, None)).is_err());
    assert!(identity(&any, &sent(Some("wrong"), Some("wrong"))).is_err());
}

#[test]
fn any_tells_how_near_the_nearest_scheme_was() {
    let any = both(Match::Any);
    for (signature, token, reason) in [
        (None, None, Reason::SignatureMissing),
        (Some("wrong"), None, Reason::SignatureInvalid),
        (None, Some("wrong"), Reason::CredentialsInvalid),
        (Some("wrong"), Some("wrong"), Reason::CredentialsInvalid),
    ] {
        assert_eq!(identity(&any, &sent(signature, token)), Err(reason));
    }
}

#[test]
fn all_needs_every_scheme() {
    let all = both(Match::All);
    let identity_of_both = identity(&all, &sent(Some("secret"), Some("token"))).unwrap();
    assert_eq!(identity_of_both, Identity { scheme: "GitHub".to_owned(), key: Some(0), subject: None });
    for (signature, token) in [
        (Some("secret"), None),
        (None, Some("token")),
        (None, None),
        (Some("secret"), Some("wrong")),
        (Some("wrong"), Some("token")),
    ] {
        assert!(identity(&all, &sent(signature, token)).is_err());
    }
}

#[test]
fn all_does_not_tell_whether_a_token_is_right_while_the_signature_is_wrong() {
    let all = both(Match::All);
    for signature in [None, Some("wrong")] {
        let right = identity(&all, &sent(signature, Some("token")));
        assert_eq!(right, identity(&all, &sent(signature, Some("guess"))));
    }
    assert_eq!(identity(&all, &sent(Some("secret"), Some("guess"))), Err(Reason::CredentialsInvalid));
}

#[test]
fn a_missing_key_closes_all_and_leaves_the_other_scheme_of_any() {
    let schemes = vec![preset("GitHub"), api_key()];
    let keys = [vec![None], vec![Some(key("token"))]];
    let all = Verifier::new(&Verification { match_: Match::All, schemes: schemes.clone() }, &keys).unwrap();
    assert_eq!(identity(&all, &sent(Some("secret"), Some("token"))), Err(Reason::KeyUnavailable));
    let any = Verifier::new(&Verification { match_: Match::Any, schemes }, &keys).unwrap();
    assert!(identity(&any, &sent(None, Some("token"))).is_ok());
    assert_eq!(identity(&any, &sent(Some("secret"), None)), Err(Reason::KeyUnavailable));
    assert_eq!(identity(&any, &sent(None, None)), Err(Reason::SignatureMissing));
}

#[test]
fn a_password_is_hashed_only_when_cheaper_schemes_do_not_decide() {
    // A bcrypt hash of cost 12 that would take a quarter of a second: with a cheap scheme decided, it is not computed,
    // so a thousand requests end at once.
    let file = key("ada:$2y$12$uWJo9XfMMHOwsAs0ruXdd.fvYA1ND80FCFcsgOKkv7OWw8tI9TZlO");
    let verification = |match_| Verification { match_, schemes: vec![scheme(SchemeKind::Basic), api_key()] };
    let keys = [vec![Some(file)], vec![Some(key("token"))]];
    let any = Verifier::new(&verification(Match::Any), &keys).unwrap();
    let all = Verifier::new(&verification(Match::All), &keys).unwrap();
    let login = request(&[("authorization", "Basic YWRhOng=")], BODY);
    for _ in 0..1_000 {
        assert!(identity(&any, &with_header(login.clone(), "x-key", Some("token"))).is_ok());
        assert!(identity(&all, &with_header(login.clone(), "x-key", Some("wrong"))).is_err());
    }
}

#[test]
fn the_identity_of_all_is_the_first_schemes_whatever_is_asked_first() {
    let verification = Verification { match_: Match::All, schemes: vec![scheme(SchemeKind::Basic), api_key()] };
    let file = key("ada:$2y$04$uWJo9XfMMHOwsAs0ruXdd.fvYA1ND80FCFcsgOKkv7OWw8tI9TZlO");
    let verifier = Verifier::new(&verification, &[vec![Some(file)], vec![Some(key("token"))]]).unwrap();
    let login = request(&[("authorization", "Basic YWRhOnMzY3JldA=="), ("x-key", "token")], BODY);
    assert_eq!(identity(&verifier, &login).unwrap().subject.as_deref(), Some("ada"));
}

#[test]
fn public_admits_everybody_and_says_so() {
    let identity = identity(&Verifier::public(), &request(&[], b"")).unwrap();
    assert_eq!(identity, Identity { scheme: "public".to_owned(), key: None, subject: None });
}

#[test]
fn the_challenge_is_of_the_first_scheme_that_has_one() {
    let schemes = vec![preset("GitHub"), scheme(SchemeKind::Bearer), scheme(SchemeKind::Basic)];
    let keys = [vec![Some(key("a"))], vec![Some(key("b"))], vec![Some(pair("c", "d"))]];
    let verifier = Verifier::new(&either(schemes), &keys).unwrap();
    assert_eq!(rejection(&verifier, &request(&[], b"")).www_authenticate, Some(r#"Bearer realm="boathook""#));
}
