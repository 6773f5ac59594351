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
    for name in ["ada", "bob"] {
        assert_eq!(identity(&verifier, &login(name, "s3cret")).unwrap().subject.as_deref(), Some(name));
        assert_eq!(matched(&verifier, &login(name, "S3cret")), Err(Reason::CredentialsInvalid));
        assert_eq!(matched(&verifier, &login(name, "")), Err(Reason::CredentialsInvalid));
    }
    assert_eq!(matched(&verifier, &login("nobody", "s3cret")), Err(Reason::CredentialsInvalid));
    assert_eq!(matched(&verifier, &login("# users", "s3cret")), Err(Reason::CredentialsInvalid));
}

/// Whether the check of this login is to be made on a thread where it disturbs nobody.
fn is_expensive(verifier: &Verifier, request: &RawRequest) -> bool {
    verifier.is_expensive_for(request, now())
}

#[test]
fn only_a_login_that_must_be_hashed_by_bcrypt_is_expensive() {
    let bcrypt = file(&format!("{ADA}\n{BOB}"));
    assert!(is_expensive(&bcrypt, &login("ada", "s3cret")));
    assert!(is_expensive(&bcrypt, &login("nobody", "s3cret")));
    for header in ["", "Basic", "Basic !", "Basic aG9vaw==", "Bearer aG9vazp3b3Jk"] {
        assert!(!is_expensive(&bcrypt, &request(&[("authorization", header)], b"")), "{header}");
    }
    assert!(!is_expensive(&bcrypt, &request(&[], b"")));
    assert!(!is_expensive(&verifier(scheme(SchemeKind::Basic), vec![pair("hook", "word")]), &login("hook", "word")));
    assert!(!is_expensive(&file(BOB), &login("bob", "s3cret")));
    assert!(!is_expensive(&Verifier::public(), &login("bob", "s3cret")));
}

#[test]
fn a_login_that_held_is_remembered_and_no_other_is() {
    let old = "ada:$2y$04$abcdefghijklmnopqrstuuE012345678901234567890123456789";
    let verifier = verifier(scheme(SchemeKind::Basic), vec![key(old), key(ADA)]);
    assert_eq!(matched(&verifier, &login("ada", "wrong")), Err(Reason::CredentialsInvalid));
    assert!(is_expensive(&verifier, &login("ada", "wrong")));
    for _ in 0..2 {
        assert_eq!(matched(&verifier, &login("ada", "s3cret")), Ok(1));
        assert!(!is_expensive(&verifier, &login("ada", "s3cret")));
    }
    for (name, password) in [("ada", "s3cre"), ("ada", "s3cret "), ("ada", ""), ("eve", "s3cret")] {
        assert!(is_expensive(&verifier, &login(name, password)), "{name}:{password}");
        assert_eq!(matched(&verifier, &login(name, password)), Err(Reason::CredentialsInvalid), "{name}:{password}");
    }
}

#[test]
fn a_login_of_a_key_that_is_out_of_force_is_not_remembered() {
    let mut expiring = scheme(SchemeKind::Basic);
    expiring.keys = vec![KeySpec { not_after_ms: Some(NOW * 1_000), ..spec() }, spec()];
    let values = [vec![Some(key(ADA)), Some(key(BOB))]];
    let verifier = Verifier::new(&either(vec![expiring]), &values).unwrap();
    assert_eq!(matched(&verifier, &login("ada", "s3cret")), Ok(0));
    let later = verifier.verify(login("ada", "s3cret"), at(NOW + 1)).map_err(|no| no.reason);
    assert_eq!(later.map(|_| ()), Err(Reason::CredentialsInvalid));
}

#[test]
fn an_empty_password_lets_nobody_in() {
    // The hashes of the empty text, by `htpasswd -s` and by crypt(3).
    let bcrypt = "$2b$04$uWJo9XfMMHOwsAs0ruXdd.pNCB0erQfbUTte52rMrKQ8NyKu4/Hg6";
    let verifier = file(&format!("bob:{{SHA}}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\nada:{bcrypt}"));
    for name in ["bob", "ada", "ada"] {
        assert_eq!(matched(&verifier, &login(name, "")), Err(Reason::CredentialsInvalid), "{name}");
    }
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
    assert!(sign(&scheme, &spec(), &key(BOB), request(&[], b""), stamp).is_err());
}
