//! `basic`: pairs and password files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// Lines as `htpasswd` writes them; the hashes of `s3cret` were made by crypt(3) and OpenSSL.
const ADA: &str = "ada:$2y$04$uWJo9XfMMHOwsAs0ruXdd.fvYA1ND80FCFcsgOKkv7OWw8tI9TZlO";
const BOB: &str = "bob:{SHA}/vNB+F2HQ559kaLUZbmHHvZrXpg=";
const EVE: &str = "eve:$apr1$abcdefgh$M2T3erDstkD7SsE2QQnfH0";

fn login(name: &str, password: &str) -> RawRequest {
    request(&[("authorization", &format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))], b"")
}

fn file(text: &str) -> Verifier {
    verifier(scheme(SchemeKind::Basic), vec![key(text)])
}

#[test]
fn a_pair_is_compared_as_utf8_bytes_and_its_first_colon_splits() {
    let verifier = verifier(scheme(SchemeKind::Basic), vec![pair("hook", "p:äss w0rd"), pair("hook", "a:b:c")]);
    let first = Identity { scheme: "basic".to_owned(), key: Some(0), subject: Some("hook".to_owned()) };
    assert_eq!(identity(&verifier, &login("hook", "p:äss w0rd")), Ok(first));
    assert_eq!(matched(&verifier, &login("hook", "a:b:c")), Ok(1));
    for (name, password) in
        [("hook", "p:äss w0r"), ("Hook", "a:b:c"), ("", "a:b:c"), ("hook", ""), ("hook", "p:a\u{308}ss w0rd")]
    {
        assert_eq!(matched(&verifier, &login(name, password)), Err(Reason::CredentialsInvalid), "{name}:{password}");
    }
}

#[test]
fn what_is_not_base64_of_a_pair_is_refused() {
    let verifier = verifier(scheme(SchemeKind::Basic), vec![pair("hook", "word")]);
    let verdict = |value: &str| matched(&verifier, &request(&[("authorization", value)], b""));
    assert_eq!(verdict("bAsIc aG9vazp3b3Jk"), Ok(0));
    for value in [
        "Basic aG9vazp3b3J",
        "Basic aG9vazp3b3Jk=",
        "Basic aG9vazp3b3Jk, Basic aG9vazp3b3Jk",
        "Basic hook:word",
        "Basic aG9vaw==",
        "Basic ====",
    ] {
        assert_eq!(verdict(value), Err(Reason::CredentialsInvalid), "{value}");
    }
    for value in ["", "Basic", "Basic ", "Bearer aG9vazp3b3Jk", "aG9vazp3b3Jk"] {
        assert_eq!(verdict(value), Err(Reason::SignatureMissing), "{value}");
    }
}

#[test]
fn a_password_file_has_users() {
    let verifier = file(&format!("# users\n\n{ADA}\r\n{BOB}\n"));
    assert!(verifier.key_problems().is_empty());
    assert!(verifier.is_expensive());
    for name in ["ada", "bob"] {
        assert_eq!(identity(&verifier, &login(name, "s3cret")).unwrap().subject.as_deref(), Some(name));
        assert_eq!(matched(&verifier, &login(name, "S3cret")), Err(Reason::CredentialsInvalid));
        assert_eq!(matched(&verifier, &login(name, "")), Err(Reason::CredentialsInvalid));
    }
    assert_eq!(matched(&verifier, &login("nobody", "s3cret")), Err(Reason::CredentialsInvalid));
    assert_eq!(matched(&verifier, &login("# users", "s3cret")), Err(Reason::CredentialsInvalid));
}

#[test]
fn a_pair_and_sha_are_not_expensive() {
    assert!(!verifier(scheme(SchemeKind::Basic), vec![pair("hook", "word")]).is_expensive());
    assert!(!file(BOB).is_expensive());
    assert!(!Verifier::public().is_expensive());
}

#[test]
fn weak_hashes_are_refused_with_the_way_out_and_the_other_users_stay() {
    let verifier = file(&format!("{EVE}\n{BOB}\nplain:s3cret\ncrypt:rl.3StKT.4T8M"));
    assert!(verifier.key_problems().iter().all(|problem| problem.usable));
    let messages: Vec<_> = verifier.key_problems().iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "line 1 must be hashed with bcrypt (htpasswd -B): apr1, crypt and plain text are not accepted",
            "line 3 must be hashed with bcrypt (htpasswd -B): apr1, crypt and plain text are not accepted",
            "line 4 must be hashed with bcrypt (htpasswd -B): apr1, crypt and plain text are not accepted",
        ]
    );
    assert!(matched(&verifier, &login("bob", "s3cret")).is_ok());
    for name in ["eve", "plain", "crypt"] {
        assert_eq!(matched(&verifier, &login(name, "s3cret")), Err(Reason::CredentialsInvalid), "{name}");
    }
}

#[test]
fn the_cost_of_bcrypt_is_bounded() {
    let costly = ADA.replace("$04$", "$13$");
    assert_ne!(costly, ADA);
    assert_eq!(file(&costly).key_problems()[0].message, "line 1 must have a bcrypt cost of at most 12");
    assert!(file(&ADA.replace("$04$", "$12$")).key_problems().is_empty());
}

#[test]
fn lines_that_are_no_users_are_problems() {
    for (line, message) in [
        ("ada", "line 1 must be user:hash"),
        (":{SHA}/vNB+F2HQ559kaLUZbmHHvZrXpg=", "line 1 must be user:hash"),
        ("ada:", "line 1 must be user:hash"),
        ("ada:{SHA}", "line 1 must hold a complete hash"),
        ("ada:{SHA}AAAA", "line 1 must hold a complete hash"),
        ("ada:$2y$04$short", "line 1 must hold a complete hash"),
        ("ada:$2y$xx$abcdefghijklmnopqrstuuE0123456789012345678901234567890", "line 1 must hold a complete hash"),
    ] {
        assert_eq!(file(line).key_problems()[0].message, message, "{line}");
    }
    assert_eq!(file("# nobody\n").key_problems()[0].message, "the htpasswd file must name a user");
    assert!(!file("# nobody\n").key_problems()[0].usable);
    let long = format!("{BOB}\n").repeat(3_000);
    assert_eq!(file(&long).key_problems()[0].message, "the htpasswd file must have at most 65536 bytes");
}

#[test]
fn an_incomplete_pair_is_no_key() {
    for incomplete in [pair("", "word"), pair("hook", ""), pair("", "")] {
        let verifier = verifier(scheme(SchemeKind::Basic), vec![incomplete]);
        assert_eq!(verifier.key_problems().len(), 1);
        assert_eq!(matched(&verifier, &login("", "")), Err(Reason::KeyUnavailable));
    }
}

#[test]
fn a_refused_login_is_challenged() {
    let challenge = rejection(&file(BOB), &request(&[], b"")).www_authenticate;
    assert_eq!(challenge, Some(r#"Basic realm="boathook", charset="UTF-8""#));
}

#[test]
fn what_sign_makes_is_accepted_and_a_file_signs_nothing() {
    let scheme = scheme(SchemeKind::Basic);
    let value = pair("hook", "p:äss");
    let sent = signed(&scheme, &value, request(&[], b""));
    assert_eq!(matched(&verifier(scheme.clone(), vec![value]), &sent), Ok(0));
    let stamp = Stamp { now: now(), id: "" };
    assert!(sign(&scheme.kind, &spec(), &key(BOB), request(&[], b""), stamp).is_err());
}
