//! The declarative form: grammars, encodings, times and rotation.

use super::*;
use crate::verify::{FormFault, VerifierError};

/// HMAC-SHA256 of `body` under `secret`, computed elsewhere (`openssl dgst -sha256 -hmac secret`).
const MAC: &str = "dc46983557fea127b43af721467eb9b3fde2338fe3e14f51952aa8478c13d355";
const KEY: &str = "secret";
const BODY: &[u8] = b"body";

fn verdict(form: HmacForm, headers: &[(&str, &str)]) -> Result<usize, Reason> {
    matched(&verifier(hmac(form), vec![key(KEY)]), &request(headers, BODY))
}

fn list(separator: &str, assign: &str) -> HmacForm {
    HmacForm {
        format: SignatureFormat::KeyValueList {
            separator: separator.to_owned(),
            assign: assign.to_owned(),
            keys: vec!["v1".to_owned(), "s".to_owned()],
        },
        ..plain_form()
    }
}

fn fault(form: HmacForm) -> FormFault {
    let error = Verifier::new(&either(vec![hmac(form)]), &[]).unwrap_err();
    let VerifierError::Form { scheme: 0, fault } = error else { panic!("{error}") };
    fault
}

#[test]
fn a_raw_signature_stands_behind_its_prefix_exactly() {
    let form = HmacForm { format: SignatureFormat::Raw { prefix: "sig ".to_owned() }, ..plain_form() };
    assert_eq!(verdict(form.clone(), &[("x-signature", &format!("sig {MAC}"))]), Ok(0));
    for value in
        [MAC.to_owned(), format!("Sig {MAC}"), format!("sig  {MAC}"), format!("sig {MAC} "), format!("sig sig {MAC}")]
    {
        assert_eq!(verdict(form.clone(), &[("x-signature", &value)]), Err(Reason::SignatureInvalid), "{value}");
    }
}

#[test]
fn a_list_is_read_item_by_item() {
    let good = [
        format!("v1={MAC}"),
        format!("s={MAC}"),
        format!("x=1,v1={MAC}"),
        format!("v1={MAC}, v0=00"),
        format!("v1=00,v1={MAC}"),
        format!("v1={MAC},v1=junk"),
    ];
    for value in good {
        assert_eq!(verdict(list(",", "="), &[("x-signature", &value)]), Ok(0), "{value}");
    }
    let bad = [
        MAC.to_owned(),
        format!("v1:{MAC}"),
        format!("V1={MAC}"),
        format!("v2={MAC}"),
        format!("v1={MAC},"),
        format!("v1={MAC};s={MAC}"),
        format!("v1 ={MAC}"),
    ];
    for value in bad {
        assert_eq!(verdict(list(",", "="), &[("x-signature", &value)]), Err(Reason::SignatureInvalid), "{value}");
    }
    assert_eq!(verdict(list(";", ":"), &[("x-signature", &format!("a:b;s:{MAC}"))]), Ok(0));
}

#[test]
fn ten_signatures_are_tried_and_eleven_are_none() {
    let with = |wrong: usize| format!("{}v1={MAC}", "v1=00,".repeat(wrong));
    assert_eq!(verdict(list(",", "="), &[("x-signature", &with(9))]), Ok(0));
    assert_eq!(verdict(list(",", "="), &[("x-signature", &with(10))]), Err(Reason::SignatureInvalid));
    assert_eq!(verdict(list(",", "="), &[("x-signature", &with(4_000))]), Err(Reason::SignatureInvalid));
}

#[test]
fn a_spaced_list_names_its_versions() {
    let form = HmacForm { format: SignatureFormat::SpacedList { versions: vec!["v1".to_owned()] }, ..plain_form() };
    assert_eq!(verdict(form.clone(), &[("x-signature", &format!("v1a,zz v1,{MAC}"))]), Ok(0));
    assert_eq!(verdict(form.clone(), &[("x-signature", &format!("v1a,{MAC}"))]), Err(Reason::SignatureInvalid));
    assert_eq!(verdict(form, &[("x-signature", &format!("v1,{MAC},{MAC}"))]), Err(Reason::SignatureInvalid));
}

#[test]
fn hexadecimal_of_a_partner_is_in_one_case() {
    let upper = MAC.to_uppercase();
    assert_eq!(verdict(plain_form(), &[("x-signature", MAC)]), Ok(0));
    assert_eq!(verdict(plain_form(), &[("x-signature", &upper)]), Ok(0));
    let mixed = format!("{}{}", &MAC[..32], &upper[32..]);
    assert_eq!(verdict(plain_form(), &[("x-signature", &mixed)]), Err(Reason::SignatureInvalid));
}

#[test]
fn base64_is_canonical() {
    let form = |encoding| HmacForm { encoding, ..plain_form() };
    let standard = "3EaYNVf+oSe0OvchRn65s/3iM4/j4U9RlSqoR4wT01U=";
    let url = "3EaYNVf-oSe0OvchRn65s_3iM4_j4U9RlSqoR4wT01U";
    assert_eq!(verdict(form(SignatureEncoding::Base64), &[("x-signature", standard)]), Ok(0));
    assert_eq!(verdict(form(SignatureEncoding::Base64URL), &[("x-signature", url)]), Ok(0));
    let malleable = "3EaYNVf+oSe0OvchRn65s/3iM4/j4U9RlSqoR4wT01V=";
    for wrong in [url, malleable, &standard[..43], "3EaYNVf+oSe0OvchRn65s/3iM4/j4U9RlSqoR4wT01U= ", MAC] {
        let verdict = verdict(form(SignatureEncoding::Base64), &[("x-signature", wrong)]);
        assert_eq!(verdict, Err(Reason::SignatureInvalid), "{wrong}");
    }
    assert!(verdict(form(SignatureEncoding::Base64URL), &[("x-signature", standard)]).is_err());
}

#[test]
fn every_hash_has_its_own_length() {
    let cases = [
        (HashAlgorithm::SHA1, "a18991ff7e4513a1c2d2ee51e3a8e99ca891d9cd"),
        (HashAlgorithm::SHA256, MAC),
        (
            HashAlgorithm::SHA384,
            "ad10d2f2362ff0d063353e51c631bd545244456ef64ea31871021a1681e44e973c7913cbde7bd978cfd254a83ab2ae19",
        ),
        (
            HashAlgorithm::SHA512,
            "de4a671e8233987c46a9048b8041bda6296901960022836c15c28023d3f66c37\
             20449af241bdfe2e592c5b2273730cd1df763073e018e60d7313077c5342fde9",
        ),
    ];
    for (algorithm, mac) in cases {
        for (other, _) in cases {
            let expected = if algorithm == other { Ok(0) } else { Err(Reason::SignatureInvalid) };
            let form = HmacForm { algorithm: other, ..plain_form() };
            assert_eq!(verdict(form, &[("x-signature", mac)]), expected, "{algorithm:?} as {other:?}");
        }
    }
}

#[test]
fn a_zero_tag_is_no_way_round_a_damaged_signature() {
    for zeros in ["00".repeat(32), "00".repeat(64), "00".repeat(20)] {
        assert_eq!(verdict(plain_form(), &[("x-signature", &zeros)]), Err(Reason::SignatureInvalid));
    }
}

#[test]
fn every_key_in_force_is_tried_and_the_first_that_matches_is_named() {
    let verifier = verifier(hmac(plain_form()), vec![key("new"), key(KEY), key(KEY), key("old")]);
    assert_eq!(matched(&verifier, &request(&[("x-signature", MAC)], BODY)), Ok(1));
    let scheme = hmac(plain_form());
    assert_eq!(matched(&verifier, &signed(&scheme, &key("old"), request(&[], BODY))), Ok(3));
    assert!(matched(&verifier, &signed(&scheme, &key("older"), request(&[], BODY))).is_err());
}

#[test]
fn a_time_in_the_body_is_read_after_the_signature_holds() {
    let form = HmacForm {
        timestamp: Some(TimestampSource {
            unit: TimestampUnit::Milliseconds,
            ..timestamp(TimestampPlace::BodyPointer("/sent/at".to_owned()))
        }),
        ..plain_form()
    };
    let scheme = hmac(form);
    let verifier = verifier(scheme.clone(), vec![key(KEY)]);
    let verdict = |body: &str| matched(&verifier, &signed(&scheme, &key(KEY), request(&[], body.as_bytes())));
    assert_eq!(verdict(r#"{"sent":{"at":1790000000123}}"#), Ok(0));
    assert_eq!(verdict(r#"{"sent":{"at":"1790000000123"}}"#), Ok(0));
    assert_eq!(verdict(&format!(r#"{{"pad":"{}","sent":{{"at":1790000000123}}}}"#, "x".repeat(100_000))), Ok(0));
    assert_eq!(verdict(r#"{"sent":{"at":1790000300001}}"#), Err(Reason::TimestampOutOfRange));
    assert_eq!(verdict(r#"{"sent":{"at":1790000000}}"#), Err(Reason::TimestampOutOfRange));
    for missing in [
        "{}",
        r#"{"sent":1790000000123}"#,
        "not json",
        r#"{"sent":{"at":1790000000123.5}}"#,
        r#"{"sent":{"at":1790000000123},"sent":{}}"#,
    ] {
        assert_eq!(verdict(missing), Err(Reason::SignatureMissing), "{missing}");
    }
}

#[test]
fn a_time_that_an_unverified_body_must_yield_is_sought_in_a_bounded_part_of_it() {
    let form = HmacForm {
        content: "{timestamp}.{body}".to_owned(),
        timestamp: Some(timestamp(TimestampPlace::BodyPointer("/ts".to_owned()))),
        ..plain_form()
    };
    let scheme = hmac(form);
    let verifier = verifier(scheme.clone(), vec![key(KEY)]);
    let verdict = |body: &str| matched(&verifier, &signed(&scheme, &key(KEY), request(&[], body.as_bytes())));
    assert_eq!(verdict(r#"{"ts":1790000000}"#), Ok(0));
    let long = format!(r#"{{"ts":1790000000,"pad":"{}"}}"#, "x".repeat(64 << 10));
    assert_eq!(verdict(&long), Err(Reason::SignatureMissing));
}

#[test]
fn now_is_cut_to_the_unit_as_senders_libraries_do() {
    let scheme = hmac(timed_form());
    let verifier = verifier(scheme.clone(), vec![key(KEY)]);
    let sent = signed_at(&scheme, &key(KEY), request(&[], BODY), NOW - 300);
    let late = Timestamp::from_millisecond(NOW * 1_000 + 999).unwrap();
    assert!(verifier.verify(sent, late).is_ok());
}

#[test]
fn a_time_is_digits_alone() {
    // The same bytes are signed, but the time is any text.
    let free = hmac(HmacForm { content: "{header.x-time}|{body}".to_owned(), ..plain_form() });
    let timed = HmacForm { content: "{timestamp}|{body}".to_owned(), ..timed_form() };
    let verifier = verifier(hmac(timed), vec![key(KEY)]);
    let verdict = |time: &str| {
        let sent = with_header(request(&[], BODY), "x-time", Some(time));
        matched(&verifier, &signed(&free, &key(KEY), sent))
    };
    assert_eq!(verdict("1790000000"), Ok(0));
    for time in
        ["01790000000", "+1790000000", "1790000000.0", "1.79e9", "179000000o", "NaN", "-1790000000", "0x6AB13B80"]
    {
        assert_eq!(verdict(time), Err(Reason::SignatureInvalid), "{time}");
    }
    for time in ["", "9223372036854775807", "9223372036854775808", "99999999999999999999999"] {
        assert_eq!(verdict(time), Err(Reason::SignatureInvalid), "{time}");
    }
    for time in ["0", "1790000000000", "999999999999999"] {
        assert_eq!(verdict(time), Err(Reason::TimestampOutOfRange), "{time}");
    }
}

#[test]
fn two_times_are_refused() {
    let scheme = hmac(timed_form());
    let verifier = verifier(scheme.clone(), vec![key(KEY)]);
    let mut sent = signed(&scheme, &key(KEY), request(&[], BODY));
    sent.headers.append("x-time", HeaderValue::from_static("1790000000"));
    assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid));

    let stripe = verifier_of_stripe();
    let sent = signed(&preset("Stripe"), &key(KEY), request(&[], BODY));
    let twice = format!("t=1790000000,{}", header(&sent, "stripe-signature"));
    assert_eq!(matched(&stripe, &with_header(sent, "stripe-signature", Some(&twice))), Err(Reason::SignatureInvalid));
}

fn verifier_of_stripe() -> Verifier {
    verifier(preset("Stripe"), vec![key(KEY)])
}

#[test]
fn the_receiver_chooses_the_algorithm() {
    let sent = [("x-signature", MAC), ("x-algorithm", "none"), ("x-hub-signature", "sha1=00")];
    assert_eq!(verdict(plain_form(), &sent), Ok(0));
    assert_eq!(
        verdict(HmacForm { algorithm: HashAlgorithm::SHA512, ..plain_form() }, &sent),
        Err(Reason::SignatureInvalid)
    );
}

#[test]
fn a_form_that_cannot_be_read_is_refused_when_it_is_compiled() {
    let key_of_list = |key: &str| Some(timestamp(TimestampPlace::SignatureKey(key.to_owned())));
    let pointer = Some(timestamp(TimestampPlace::BodyPointer("ts".to_owned())));
    let no_versions = SignatureFormat::SpacedList { versions: Vec::new() };
    for (form, expected) in [
        (HmacForm { header: "X Y".to_owned(), ..plain_form() }, FormFault::HeaderName("header")),
        (HmacForm { content: "{timestamp}{body}".to_owned(), ..plain_form() }, FormFault::NoTimestamp),
        (HmacForm { content: "{id}.{body}".to_owned(), ..plain_form() }, FormFault::NoId),
        (HmacForm { timestamp: key_of_list("t"), ..timed_form() }, FormFault::NoListForTimestamp),
        (HmacForm { timestamp: key_of_list("v1"), ..list(",", "=") }, FormFault::NoListForTimestamp),
        (HmacForm { timestamp: pointer, ..plain_form() }, FormFault::Pointer),
        (list("", "="), FormFault::Separators),
        (list(",", ""), FormFault::Separators),
        (list("=", "="), FormFault::Separators),
        (HmacForm { format: no_versions, ..plain_form() }, FormFault::NoSignatureKey),
    ] {
        assert_eq!(fault(form), expected);
    }
}

#[test]
fn a_time_that_is_not_signed_is_refused_when_it_is_compiled() {
    let header = Some(timestamp(TimestampPlace::Header("X-Time".to_owned())));
    let in_list = Some(timestamp(TimestampPlace::SignatureKey("t".to_owned())));
    let in_body = Some(timestamp(TimestampPlace::BodyPointer("/t".to_owned())));
    for form in [
        HmacForm { timestamp: header, ..plain_form() },
        HmacForm { timestamp: in_list, ..list(",", "=") },
        HmacForm { timestamp: in_body, content: "{path}".to_owned(), ..plain_form() },
    ] {
        assert_eq!(fault(form), FormFault::UnsignedTimestamp);
    }
}

#[test]
fn a_time_that_another_placeholder_signs_is_signed() {
    let form = HmacForm { content: "{header.x-time}|{body}".to_owned(), ..timed_form() };
    let scheme = hmac(form);
    let verifier = verifier(scheme.clone(), vec![key(KEY)]);
    assert_eq!(matched(&verifier, &signed(&scheme, &key(KEY), request(&[], BODY))), Ok(0));
}

#[test]
fn an_error_names_its_field() {
    let form = HmacForm { content: "{nope}".to_owned(), ..plain_form() };
    let error = Verifier::new(&either(vec![preset("GitHub"), hmac(form)]), &[]).unwrap_err();
    assert_eq!(error.field(), "schemes[1].hmac.content");
    assert!(error.to_string().ends_with("and {secret}, not {nope}"), "{error}");
}
