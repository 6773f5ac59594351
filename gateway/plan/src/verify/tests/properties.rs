//! Over all schemes that sign: no bit of an accepted request can change, and no garbage is a panic.

use proptest::prelude::*;

use super::*;

const SECRET: &str = "whsec_plJ3nmyCDGBKInavdOK15jsl";

/// Schemes whose every part is signed, and the fields that carry those parts.
fn schemes() -> Vec<(Scheme, Vec<&'static str>)> {
    vec![
        (preset("GitHub"), vec!["x-hub-signature-256"]),
        (preset("Shopify"), vec!["x-shopify-hmac-sha256"]),
        (preset("Slack"), vec!["x-slack-signature", "x-slack-request-timestamp"]),
        (preset("Stripe"), vec!["stripe-signature"]),
        (preset("StandardWebhooks"), vec!["webhook-signature", "webhook-timestamp", "webhook-id"]),
        (preset("Svix"), vec!["svix-signature", "svix-timestamp", "svix-id"]),
        (hmac(timed_form()), vec!["x-signature", "x-time"]),
    ]
}

fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

#[test]
fn no_single_bit_of_a_signed_field_can_change() {
    let mut judged = 0;
    for (scheme, fields) in schemes() {
        let verifier = verifier(scheme.clone(), vec![key(SECRET)]);
        let sent = signed(&scheme, &key(SECRET), request(&[], br#"{"a":1}"#));
        assert!(matched(&verifier, &sent).is_ok());
        for field in fields {
            let value = sent.headers.get(field).unwrap().as_bytes().to_vec();
            for bit in 0..value.len() * 8 {
                let Ok(changed) = HeaderValue::from_bytes(&flip(&value, bit)) else { continue };
                let mut forged = sent.clone();
                forged.headers.insert(field, changed);
                assert!(matched(&verifier, &forged).is_err(), "{scheme:?}: bit {bit} of {field}");
                judged += 1;
            }
        }
    }
    assert!(judged > 3_000, "{judged}");
}

proptest! {
    #[test]
    fn no_single_bit_of_a_body_can_change(body in proptest::collection::vec(any::<u8>(), 1..64), at in any::<prop::sample::Index>()) {
        for (scheme, _) in schemes() {
            let verifier = verifier(scheme.clone(), vec![key(SECRET)]);
            let mut sent = signed(&scheme, &key(SECRET), request(&[], &body));
            prop_assert!(matched(&verifier, &sent).is_ok());
            sent.body = flip(&body, at.index(body.len() * 8)).into();
            prop_assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid));
        }
    }

    #[test]
    fn no_header_text_is_accepted_or_panics(value in "[ -~]{0,80}", time in "[0-9a-z.+-]{0,12}", id in "[ -~]{0,12}") {
        for (scheme, fields) in schemes() {
            let verifier = verifier(scheme, vec![key(SECRET)]);
            let values = [&value, &time, &id];
            let pairs: Vec<_> = fields.iter().zip(values).map(|(name, value)| (*name, value.as_str())).collect();
            let verdict = matched(&verifier, &request(&pairs, b"{}"));
            prop_assert!(verdict.is_err());
        }
    }

    #[test]
    fn no_list_is_accepted_or_panics(items in proptest::collection::vec("(t|v1|v0|)[=,]?[0-9a-f]{0,20}", 0..12)) {
        for (scheme, fields) in schemes() {
            let verifier = verifier(scheme, vec![key(SECRET)]);
            for separator in [",", " ", ", "] {
                let value = items.join(separator);
                let pairs = [(fields[0], value.as_str()), ("webhook-id", "m"), ("webhook-timestamp", "1790000000")];
                let verdict = matched(&verifier, &request(&pairs, b"{}"));
                prop_assert!(verdict.is_err());
            }
        }
    }

    #[test]
    fn no_authorization_is_accepted_or_panics(value in "(Basic |Bearer |basic)?[ -~]{0,40}") {
        let schemes = [scheme(SchemeKind::Basic), scheme(SchemeKind::Bearer)];
        let keys = [vec![Some(pair("hook", "a long enough password"))], vec![Some(key("a long enough token"))]];
        let verifier = Verifier::new(&either(schemes.to_vec()), &keys).unwrap();
        prop_assert!(matched(&verifier, &request(&[("authorization", &value)], b"")).is_err());
    }

    #[test]
    fn every_template_compiles_or_is_refused(content in "[{}a-z.:\n]{0,20}|(\\{(body|id|timestamp|url)\\}|[.:]){0,6}") {
        let form = HmacForm { content, id_header: Some("X-Id".to_owned()), ..timed_form() };
        let scheme = hmac(form);
        if Verifier::new(&super::either(vec![scheme.clone()]), &[]).is_ok() {
            let verifier = verifier(scheme.clone(), vec![key(SECRET)]);
            let sent = signed(&scheme, &key(SECRET), request(&[], b"{}"));
            prop_assert!(matched(&verifier, &sent).is_ok());
        }
    }
}
