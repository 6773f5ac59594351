//! Nothing that holds a key prints any of it.

use std::fmt::Debug;

use proptest::prelude::*;

use super::*;
use crate::plan::ApiKeyPlace;
use crate::secret::Keys;
use crate::verify::sign::SignError;

/// Whether a printed text holds the secret, or what a printer of bytes would make of it.
fn tells(printed: &str, text: &str) -> bool {
    let list = format!("{:?}", text.as_bytes());
    printed.contains(text) || printed.contains(list.trim_matches(['[', ']']))
}

fn silent(thing: &impl Debug, text: &str) {
    for printed in [format!("{thing:?}"), format!("{thing:#?}")] {
        assert!(!tells(&printed, text), "{printed}");
    }
}

proptest! {
    #[test]
    fn no_type_that_holds_a_secret_prints_it(text in "[g-zG-Z]{12,40}") {
        let value = key(&text);
        silent(&value, &text);
        silent(&pair(&text, &text), &text);
        silent(&Secret::new(text.clone().into_bytes()), &text);
        let keys = Keys {
            schemes: vec![vec![Some(value.clone()), Some(pair(&text, &text))]],
            secrets: [("token".to_owned(), secret(&text))].into(),
        };
        silent(&keys, &text);
        for scheme in [
            preset("GitHub"),
            preset("GitLab"),
            hmac(HmacForm { content: "{secret}{body}".to_owned(), ..plain_form() }),
            scheme(SchemeKind::Bearer),
            scheme(SchemeKind::ApiKey(ApiKeyPlace::Query("k".to_owned()))),
        ] {
            silent(&verifier(scheme, vec![value.clone()]), &text);
        }
        silent(&verifier(scheme(SchemeKind::Basic), vec![pair(&text, &text)]), &text);
        silent(&verifier(scheme(SchemeKind::Basic), vec![key(&format!("{text}:{text}"))]), &text);
    }

    #[test]
    fn no_message_about_a_key_holds_it(text in "[g-zG-Z]{12,40}") {
        let mut scheme = hmac(plain_form());
        scheme.keys[0].encoding = KeyEncoding::Hex;
        let verifier = verifier(scheme.clone(), vec![key(&text)]);
        prop_assert_eq!(verifier.key_problems().len(), 1);
        prop_assert!(!tells(&verifier.key_problems()[0].message, &text));
        let stamp = Stamp { now: now(), id: "m" };
        let error = sign(&scheme, &scheme.keys[0], &key(&text), request(&[], b""), stamp).unwrap_err();
        prop_assert!(matches!(&error, SignError::Key(message) if !tells(message, &text)), "{}", error);
        let file = super::verifier(super::scheme(SchemeKind::Basic), vec![key(&format!("{text}:{text}"))]);
        prop_assert!(!tells(&file.key_problems()[0].message, &text));
    }
}

#[test]
fn a_signed_request_does_not_print_its_token() {
    for scheme in [preset("GitLab"), scheme(SchemeKind::Bearer)] {
        let sent = signed(&scheme, &key("a long enough token"), request(&[], b""));
        silent(&sent, "a long enough token");
    }
}
