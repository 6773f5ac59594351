//! Signatures by a sender's private key, of which the workflow has the public one.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::plan::SignatureEncoding;
use crate::verify::decode::encode;
use crate::verify::sign::SignError;

const BODY: &[u8] = br#"{"type": 2}"#;

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    encode(bytes, SignatureEncoding::Hex)
}

/// A request as Discord sends it.
fn discord(pair: &Ed25519KeyPair, time: &str, body: &[u8]) -> RawRequest {
    let signature = pair.sign(&[time.as_bytes(), body].concat());
    request(&[("X-Signature-Ed25519", &hex(signature.as_ref())), ("X-Signature-Timestamp", time)], body)
}

fn verifier_of(pair: &Ed25519KeyPair) -> Verifier {
    verifier(preset("Discord"), vec![key(&hex(pair.public_key().as_ref()))])
}

#[test]
fn what_discord_signs_is_accepted_whatever_its_time() {
    let verifier = verifier_of(&pair(1));
    for time in ["1790000000", "1789000000", "1"] {
        assert_eq!(matched(&verifier, &discord(&pair(1), time, BODY)), Ok(0), "{time}");
    }
    let mut scheme = preset("Discord");
    scheme.tolerance_ms = Some(300_000);
    let strict = super::verifier(scheme, vec![key(&hex(pair(1).public_key().as_ref()))]);
    assert_eq!(matched(&strict, &discord(&pair(1), "1789999700", BODY)), Ok(0));
    assert_eq!(matched(&strict, &discord(&pair(1), "1789999699", BODY)), Err(Reason::TimestampOutOfRange));
}

#[test]
fn every_damaged_signature_of_discord_is_refused() {
    let verifier = verifier_of(&pair(1));
    let sent = discord(&pair(1), "1790000000", BODY);
    let good = header(&sent, "x-signature-ed25519").to_owned();
    for wrong in [
        good[2..].to_owned(),
        good[..126].to_owned(),
        format!("{good}00"),
        good.to_uppercase(),
        "0".repeat(128),
        STANDARD.encode([0; 64]),
    ] {
        let sent = with_header(sent.clone(), "x-signature-ed25519", Some(&wrong));
        assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid), "{wrong}");
    }
    for wrong in ["1790000001", "01790000000", "NaN", "+1790000000", "1790000000.0"] {
        let sent = with_header(sent.clone(), "x-signature-timestamp", Some(wrong));
        assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid), "{wrong}");
    }
    assert_eq!(matched(&verifier, &discord(&pair(2), "1790000000", BODY)), Err(Reason::SignatureInvalid));
    let missing = with_header(sent.clone(), "x-signature-timestamp", None);
    assert_eq!(matched(&verifier, &missing), Err(Reason::SignatureMissing));
    let mut twice = sent.clone();
    twice.headers.append("x-signature-ed25519", HeaderValue::from_str(&good).unwrap());
    assert_eq!(matched(&verifier, &twice), Err(Reason::SignatureInvalid));
    let other = RawRequest { body: Bytes::from_static(br#"{"type":2}"#), ..sent };
    assert_eq!(matched(&verifier, &other), Err(Reason::SignatureInvalid));
}

#[test]
fn no_single_bit_of_an_ed25519_signature_can_change() {
    let verifier = verifier_of(&pair(1));
    let sent = discord(&pair(1), "1790000000", BODY);
    let good = pair(1).sign(&[b"1790000000", BODY].concat()).as_ref().to_vec();
    for bit in 0..good.len() * 8 {
        let mut forged = good.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        let sent = with_header(sent.clone(), "x-signature-ed25519", Some(&hex(&forged)));
        assert_eq!(matched(&verifier, &sent), Err(Reason::SignatureInvalid), "bit {bit}");
    }
}

#[test]
fn standard_webhooks_takes_both_kinds_of_keys_and_each_verifies_its_own_version() {
    let public = format!("whpk_{}", STANDARD.encode(pair(3).public_key().as_ref()));
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let verifier = verifier(preset("StandardWebhooks"), vec![key(secret), key(&public)]);
    assert!(verifier.key_problems().is_empty(), "{:?}", verifier.key_problems());
    let symmetric = signed(&preset("StandardWebhooks"), &key(secret), request(&[], BODY));
    assert_eq!(matched(&verifier, &symmetric), Ok(0));
    let signature = pair(3).sign(&[b"msg_1.1790000000.", BODY].concat());
    let asymmetric = format!("v1a,{}", STANDARD.encode(signature.as_ref()));
    let sent = |value: &str| with_header(symmetric.clone(), "webhook-signature", Some(value));
    assert_eq!(matched(&verifier, &sent(&asymmetric)), Ok(1));
    let both = format!("{} {asymmetric}", header(&symmetric, "webhook-signature"));
    assert_eq!(matched(&verifier, &sent(&both)), Ok(0));
    // The right bytes under the other version's name.
    let confused = asymmetric.replace("v1a,", "v1,");
    assert_eq!(matched(&verifier, &sent(&confused)), Err(Reason::SignatureInvalid));
    let alone = super::verifier(preset("StandardWebhooks"), vec![key(&public)]);
    assert_eq!(matched(&alone, &symmetric), Err(Reason::SignatureInvalid));
    // A public key is no secret: a MAC under its bytes proves nothing.
    let mut plain = preset("StandardWebhooks");
    plain.keys[0].strip_prefix = Some("whpk_".to_owned());
    let forged = signed(&plain, &key(&STANDARD.encode(pair(3).public_key().as_ref())), request(&[], BODY));
    assert_eq!(matched(&alone, &forged), Err(Reason::SignatureInvalid));
}

#[test]
fn what_sendgrid_signs_is_accepted_and_only_in_its_encoding() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let verifier = verifier(preset("SendGrid"), vec![key(&STANDARD.encode(pair.public_key().as_ref()))]);
    assert!(verifier.key_problems().is_empty(), "{:?}", verifier.key_problems());
    let signature = pair.sign(&SystemRandom::new(), &[b"1790000000", BODY].concat()).unwrap();
    let sent = |signature: &[u8], body: &[u8]| {
        let text = STANDARD.encode(signature);
        let header = "X-Twilio-Email-Event-Webhook-Signature";
        request(&[(header, &text), ("X-Twilio-Email-Event-Webhook-Timestamp", "1790000000")], body)
    };
    assert_eq!(matched(&verifier, &sent(signature.as_ref(), BODY)), Ok(0));
    assert_eq!(matched(&verifier, &sent(signature.as_ref(), b"{}")), Err(Reason::SignatureInvalid));
    let long = [signature.as_ref(), &[0]].concat();
    for wrong in [&long[..], &signature.as_ref()[1..], &[0x30, 6, 2, 1, 0, 2, 1, 0], &[0; 64], &[]] {
        assert!(matched(&verifier, &sent(wrong, BODY)).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_key_that_is_no_public_key_is_told_and_matches_nothing() {
    for (name, text) in
        [("Discord", "00ff"), ("Discord", "not hex"), ("SendGrid", "AAAA"), ("StandardWebhooks", "whpk_AAAA")]
    {
        let verifier = verifier(preset(name), vec![key(text)]);
        assert_eq!(verifier.key_problems().len(), 1, "{name} {text}");
        assert!(!verifier.key_problems()[0].usable);
        assert_eq!(matched(&verifier, &discord(&pair(1), "1790000000", BODY)), Err(Reason::KeyUnavailable));
    }
}

#[test]
fn only_the_sender_can_sign_for_a_public_key() {
    let scheme = preset("Discord");
    let public = key(&hex(pair(1).public_key().as_ref()));
    let stamp = Stamp { now: now(), id: "m" };
    let error = sign(&scheme, &scheme.keys[0], &public, request(&[], BODY), stamp).unwrap_err();
    assert_eq!(error, SignError::Key("the key is a public one: only the sender can sign".to_owned()));
}
