//! Bearer tokens and API keys.

use super::*;
use crate::plan::ApiKeyPlace;

const TOKEN: &str = "tok_live_9aF3-_.~+/x=";

fn bearer() -> Verifier {
    verifier(scheme(SchemeKind::Bearer), vec![key(TOKEN), key("second")])
}

fn api_key(place: ApiKeyPlace) -> Verifier {
    verifier(scheme(SchemeKind::ApiKey(place)), vec![key("q+t/k=n 9")])
}

fn authorization(value: &str) -> RawRequest {
    request(&[("authorization", value)], b"")
}

#[test]
fn a_bearer_token_stands_behind_its_schemes_name() {
    let bearer = bearer();
    assert_eq!(matched(&bearer, &authorization(&format!("Bearer {TOKEN}"))), Ok(0));
    assert_eq!(matched(&bearer, &authorization("bEARER   second")), Ok(1));
    for value in [
        "Bearer nope",
        "Bearer tok_live_9aF3-_.~+/x",
        "Bearer tok_live_9aF3-_.~+/x==",
        "Bearer Second",
        "Bearer second, Bearer second",
    ] {
        assert_eq!(matched(&bearer, &authorization(value)), Err(Reason::CredentialsInvalid), "{value}");
    }
    for value in ["", "Bearer", "Bearer ", TOKEN, "Basic second", "Bearersecond"] {
        assert_eq!(matched(&bearer, &authorization(value)), Err(Reason::SignatureMissing), "{value}");
    }
}

#[test]
fn a_bearer_token_is_read_from_the_header_alone() {
    let in_query = with_query(request(&[], b"access_token=second"), "access_token=second");
    assert_eq!(matched(&bearer(), &in_query), Err(Reason::SignatureMissing));
    let twice = request(&[("authorization", "Bearer second"), ("authorization", "Bearer second")], b"");
    assert_eq!(matched(&bearer(), &twice), Err(Reason::CredentialsInvalid));
}

#[test]
fn a_refused_bearer_is_challenged() {
    let rejection = rejection(&bearer(), &request(&[], b""));
    assert_eq!(rejection.www_authenticate, Some(r#"Bearer realm="boathook""#));
}

#[test]
fn an_api_key_in_a_header_is_its_whole_value() {
    let verifier = api_key(ApiKeyPlace::Header("X-API-Key".to_owned()));
    assert_eq!(matched(&verifier, &request(&[("x-api-key", "q+t/k=n 9")], b"")), Ok(0));
    assert_eq!(matched(&verifier, &request(&[("x-api-key", "q+t/k=n 99")], b"")), Err(Reason::CredentialsInvalid));
    assert_eq!(matched(&verifier, &request(&[("x-api-key", "")], b"")), Err(Reason::SignatureMissing));
    assert_eq!(matched(&verifier, &request(&[], b"")), Err(Reason::SignatureMissing));
    let twice = request(&[("x-api-key", "q+t/k=n 9"), ("X-API-KEY", "q+t/k=n 9")], b"");
    assert_eq!(matched(&verifier, &twice), Err(Reason::CredentialsInvalid));
    assert_eq!(rejection(&verifier, &request(&[], b"")).www_authenticate, None);
}

#[test]
fn an_api_key_in_the_query_is_decoded_once() {
    let verifier = api_key(ApiKeyPlace::Query("token".to_owned()));
    let verdict = |query: &str| matched(&verifier, &with_query(request(&[], b""), query));
    for query in ["token=q%2Bt%2Fk%3Dn%209", "x=1&token=q%2Bt/k=n+9", "%74oken=q%2Bt%2fk=n%209&y"] {
        assert_eq!(verdict(query), Ok(0), "{query}");
    }
    for query in
        ["token=q%252Bt%252Fk%253Dn%25209", "token=q+t/k=n+9", "token=q%2Bt%2Fk%3Dn%209&token=q%2Bt%2Fk%3Dn%209"]
    {
        assert_eq!(verdict(query), Err(Reason::CredentialsInvalid), "{query}");
    }
    for query in ["", "token", "token=", "Token=q%2Bt%2Fk%3Dn%209", "x=token=q"] {
        assert_eq!(verdict(query), Err(Reason::SignatureMissing), "{query}");
    }
}

#[test]
fn an_api_key_has_a_place() {
    for place in
        [ApiKeyPlace::Header(String::new()), ApiKeyPlace::Header("a b".to_owned()), ApiKeyPlace::Query(String::new())]
    {
        let error = Verifier::new(&either(vec![scheme(SchemeKind::ApiKey(place))]), &[]).unwrap_err();
        assert_eq!(error.field(), "schemes[0].apiKey.name");
    }
}

#[test]
fn what_sign_makes_is_accepted() {
    let places = [
        SchemeKind::Bearer,
        SchemeKind::ApiKey(ApiKeyPlace::Header("X-Key".to_owned())),
        SchemeKind::ApiKey(ApiKeyPlace::Query("the key".to_owned())),
    ];
    for kind in places {
        let value = key("a b&c=d%20+");
        let scheme = scheme(kind);
        for request in [request(&[], b""), with_query(request(&[], b""), "x=1")] {
            let sent = signed(&scheme, &value, request);
            assert_eq!(matched(&verifier(scheme.clone(), vec![value.clone()]), &sent), Ok(0), "{}", sent.url);
        }
    }
}

#[test]
fn a_token_that_no_header_can_hold_is_told() {
    let message = "the key must be text that a header field can hold; a line break at its end is not part of it";
    for token in ["token\n", "token\r\n", " token", "token ", "to\0ken"] {
        for scheme in [scheme(SchemeKind::Bearer), preset("GitLab")] {
            let verifier = verifier(scheme, vec![key(token)]);
            assert_eq!(verifier.key_problems()[0].message, message, "{token:?}");
            assert!(!verifier.key_problems()[0].usable);
        }
    }
    let place = ApiKeyPlace::Query("key".to_owned());
    let in_query = verifier(scheme(SchemeKind::ApiKey(place)), vec![key("token\n")]);
    assert!(in_query.key_problems().is_empty());
    assert_eq!(matched(&in_query, &with_query(request(&[], b""), "key=token%0A")), Ok(0));
}
