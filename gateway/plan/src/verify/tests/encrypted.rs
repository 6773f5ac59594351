//! Callbacks that hold an encrypted message: what their senders make is opened, and every change of it is refused.

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::plan::{KeyUse, SignatureEncoding};
use crate::verify::decode::encode;

const TOKEN: &str = "QDG6eK";
const AES: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2A";
const RECEIVER: &str = "ww1234";
const MESSAGE: &str = "<xml><MsgType>text</MsgType><MsgId>7</MsgId></xml>";

fn hex(bytes: &[u8]) -> String {
    encode(bytes, SignatureEncoding::Hex)
}

fn encrypt(key: &[u8], iv: &[u8], mut text: Vec<u8>) -> Vec<u8> {
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_256, key).unwrap()).unwrap();
    let iv = EncryptionContext::Iv128(FixedLength::try_from(iv).unwrap());
    key.less_safe_encrypt(&mut text, iv).unwrap();
    text
}

fn padded(mut text: Vec<u8>, block: usize) -> Vec<u8> {
    let padding = block - text.len() % block;
    text.extend(vec![u8::try_from(padding).unwrap(); padding]);
    text
}

fn aes(text: &str) -> Vec<u8> {
    STANDARD.decode(format!("{text}=")).unwrap()
}

/// What stands in front of the padding: salt, length, message, receiver.
fn framed(message: &str, receiver: &str) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [b"0123456789abcdef", &length[..], message.as_bytes(), receiver.as_bytes()].concat()
}

fn sealed(plain: Vec<u8>) -> String {
    let key = aes(AES);
    STANDARD.encode(encrypt(&key, &key[..16], padded(plain, 32)))
}

fn sorted_hash(mut parts: Vec<&str>) -> String {
    parts.sort_unstable();
    hex(&Sha1::digest(parts.concat()))
}

fn query(token: &str, time: i64, nonce: &str, text: &str) -> String {
    let signature = sorted_hash(vec![token, &time.to_string(), nonce, text]);
    format!("msg_signature={signature}&timestamp={time}&nonce={nonce}")
}

/// A request as WeCom sends it, around any cipher text.
fn wecom(token: &str, time: i64, text: &str) -> RawRequest {
    let body = format!("<xml><ToUserName>ww1234</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>");
    with_query(request(&[("Content-Type", "text/xml")], body.as_bytes()), &query(token, time, "n0nce", text))
}

fn of_wecom() -> Verifier {
    let mut scheme = preset("WeCom");
    scheme.options.receiver_id = Some(RECEIVER.to_owned());
    scheme.keys.push(KeySpec { use_: KeyUse::Decrypt, ..spec() });
    Verifier::new(&either(vec![scheme]), &[vec![Some(key(TOKEN)), Some(key(AES))]]).unwrap()
}

/// The body as everything behind verification sees it.
fn opened(verifier: &Verifier, request: &RawRequest) -> Result<String, Reason> {
    let passed = verifier.verify(request.clone(), now()).map_err(|no| no.reason)?;
    Ok(String::from_utf8(passed.request().body.to_vec()).unwrap())
}

#[test]
fn what_wecom_encrypts_becomes_the_body() {
    let verifier = of_wecom();
    assert!(verifier.key_problems().is_empty(), "{:?}", verifier.key_problems());
    let text = sealed(framed(MESSAGE, RECEIVER));
    assert_eq!(opened(&verifier, &wecom(TOKEN, NOW, &text)), Ok(MESSAGE.to_owned()));
    let json = request(&[], format!(r#"{{"encrypt":"{text}"}}"#).as_bytes());
    assert_eq!(opened(&verifier, &with_query(json, &query(TOKEN, NOW, "1", &text))), Ok(MESSAGE.to_owned()));
    for offset in [-3_600, 3_600] {
        assert_eq!(opened(&verifier, &wecom(TOKEN, NOW + offset, &text)), Ok(MESSAGE.to_owned()));
    }
    for offset in [-3_601, 3_601] {
        let verdict = opened(&verifier, &wecom(TOKEN, NOW + offset, &text));
        assert_eq!(verdict, Err(Reason::TimestampOutOfRange));
    }
}

#[test]
fn a_url_check_of_wecom_is_answered_with_what_it_holds() {
    let verifier = of_wecom();
    let text = sealed(framed("1616140317555161061", RECEIVER));
    let encoded = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let mut check = with_query(request(&[], b""), &format!("{}&echostr={encoded}", query(TOKEN, NOW, "1", &text)));
    check.method = Method::GET;
    let passed = verifier.verify(check, now()).unwrap();
    let reply = verifier.handshake(&passed).unwrap().unwrap();
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, &b"1616140317555161061"[..]));
}

#[test]
fn a_message_of_wecom_for_somebody_else_is_refused() {
    let verifier = of_wecom();
    for receiver in ["", "ww12345", "ww123", "WW1234", "ww1234\0"] {
        let sent = wecom(TOKEN, NOW, &sealed(framed(MESSAGE, receiver)));
        assert_eq!(opened(&verifier, &sent), Err(Reason::SignatureInvalid), "{receiver:?}");
    }
    // Without a receiver of the workflow's own nothing is opened.
    let mut scheme = preset("WeCom");
    scheme.keys.push(KeySpec { use_: KeyUse::Decrypt, ..spec() });
    let anybodys = Verifier::new(&either(vec![scheme]), &[vec![Some(key(TOKEN)), Some(key(AES))]]).unwrap();
    let sent = wecom(TOKEN, NOW, &sealed(framed(MESSAGE, "")));
    assert_eq!(opened(&anybodys, &sent), Err(Reason::SignatureInvalid));
}

#[test]
fn whatever_is_wrong_behind_a_signature_is_one_refusal() {
    let verifier = of_wecom();
    let key_bytes = aes(AES);
    let raw = |plain: &[u8]| STANDARD.encode(encrypt(&key_bytes, &key_bytes[..16], plain.to_vec()));
    let good = padded(framed(MESSAGE, RECEIVER), 32);
    let ended = |last: u8| [&good[..good.len() - 1], &[last]].concat();
    let long = [b"0123456789abcdef", &u32::MAX.to_be_bytes()[..], RECEIVER.as_bytes()].concat();
    let other_key = aes("Yue0EfdN5F900ce5cf6A152c63DDe1808a60c5ecd7A");
    let wrong = [
        raw(&ended(0)),
        raw(&ended(33)),
        raw(&ended(255)),
        raw(&ended(1)),
        raw(&[32; 32]),
        sealed(long),
        sealed(b"short".to_vec()),
        STANDARD.encode([7; 31]),
        STANDARD.encode(encrypt(&other_key, &other_key[..16], good.clone())),
        "AAAA".to_owned(),
        "AAA".to_owned(),
    ];
    for text in wrong {
        let refused = verifier.verify(wecom(TOKEN, NOW, &text), now()).unwrap_err();
        assert_eq!(refused, Rejection { reason: Reason::SignatureInvalid, www_authenticate: None }, "{text}");
    }
}

#[test]
fn every_damaged_request_of_wecom_is_refused() {
    let verifier = of_wecom();
    let text = sealed(framed(MESSAGE, RECEIVER));
    let sent = wecom(TOKEN, NOW, &text);
    let good = sent.query.clone().unwrap();
    let signature = &good["msg_signature=".len()..][..40];
    let queries = [
        good.replace(signature, &signature[1..]),
        good.replace(signature, &format!("{signature}0")),
        good.replace(signature, &signature.to_uppercase()),
        good.replace("nonce=n0nce", "nonce=n0ncf"),
        good.replace("timestamp=1790000000", "timestamp=1790000001"),
        good.replace("timestamp=1790000000", "timestamp=01790000000"),
        good.replace("timestamp=1790000000", "timestamp=NaN"),
        format!("{good}&nonce=n0nce"),
        query("another", NOW, "n0nce", &text),
        query(TOKEN, NOW, "n%20ce", &text).replace("n%20ce", "n%2520ce"),
    ];
    for wrong in queries {
        let refused = opened(&verifier, &with_query(sent.clone(), &wrong));
        assert_eq!(refused, Err(Reason::SignatureInvalid), "{wrong}");
    }
    for missing in ["msg_signature", "timestamp", "nonce"] {
        let wrong = good.replace(&format!("{missing}="), "x=");
        assert_eq!(opened(&verifier, &with_query(sent.clone(), &wrong)), Err(Reason::SignatureMissing));
    }
    let element = format!("<Encrypt>{text}</Encrypt>");
    for body in [
        format!("<!DOCTYPE xml [<!ENTITY e \"x\">]><xml>{element}</xml>"),
        format!("<xml>{element}{element}</xml>"),
        format!("<xml><a>{element}</a></xml>"),
        format!("<xml>{element}<pad>{}</pad></xml>", "x".repeat(64 << 10)),
        format!(r#"{{"encrypt":"{text}","encrypt":"{text}"}}"#),
        String::new(),
    ] {
        let sent = RawRequest { body: Bytes::from(body.clone()), ..sent.clone() };
        assert_eq!(opened(&verifier, &sent), Err(Reason::SignatureMissing), "{body}");
    }
}

#[test]
fn wechat_signs_no_body_and_each_part_once() {
    let verifier = verifier(preset("WeChat"), vec![key(TOKEN)]);
    let asked = |time: &str, nonce: &str| {
        let signature = sorted_hash(vec![TOKEN, time, nonce]);
        with_query(request(&[], b"<xml/>"), &format!("signature={signature}&timestamp={time}&nonce={nonce}"))
    };
    assert_eq!(matched(&verifier, &asked("1790000000", "132056")), Ok(0));
    // The last digit of the nonce in front of the time, which sorts behind it: the same signed bytes.
    let same = asked("1790000000", "132056")
        .query
        .unwrap()
        .replace("=1790000000", "=61790000000")
        .replace("=132056", "=13205");
    assert_eq!(matched(&verifier, &with_query(asked("1", "1"), &same)), Err(Reason::TimestampOutOfRange));
    assert_eq!(matched(&verifier, &asked("1789996399", "1")), Err(Reason::TimestampOutOfRange));
    assert_eq!(matched(&verifier, &request(&[], b"<xml/>")), Err(Reason::SignatureMissing));
}

const ENCRYPT_KEY: &str = "test-encrypt-key-8f1c";
const EVENT: &str = r#"{"schema":"2.0","header":{"event_id":"5e37","event_type":"im.message.receive_v1"}}"#;

fn feishu_body(message: &str, key_text: &str) -> String {
    let iv = b"fedcba9876543210";
    let text = encrypt(&Sha256::digest(key_text), iv, padded(message.as_bytes().to_vec(), 16));
    format!(r#"{{"encrypt":"{}"}}"#, STANDARD.encode([&iv[..], &text].concat()))
}

fn feishu(time: i64, key_text: &str, body: &str) -> RawRequest {
    let signature = hex(&Sha256::digest(format!("{time}n0nce{key_text}{body}")));
    let time = time.to_string();
    let fields =
        [("X-Lark-Request-Timestamp", &*time), ("X-Lark-Request-Nonce", "n0nce"), ("X-Lark-Signature", &*signature)];
    request(&fields, body.as_bytes())
}

fn of_feishu() -> Verifier {
    let mut scheme = preset("Feishu");
    scheme.keys.push(spec());
    scheme.keys.push(KeySpec { use_: KeyUse::Challenge, ..spec() });
    let values = [key("the old key"), key(ENCRYPT_KEY), key("vt_token")];
    Verifier::new(&either(vec![scheme]), &[values.map(Some).to_vec()]).unwrap()
}

#[test]
fn what_feishu_encrypts_becomes_the_body() {
    let verifier = of_feishu();
    let body = feishu_body(EVENT, ENCRYPT_KEY);
    let sent = feishu(NOW, ENCRYPT_KEY, &body);
    assert_eq!(opened(&verifier, &sent), Ok(EVENT.to_owned()));
    assert_eq!(matched(&verifier, &sent), Ok(1));
    assert_eq!(opened(&verifier, &feishu(NOW - 3_601, ENCRYPT_KEY, &body)), Err(Reason::TimestampOutOfRange));
    assert_eq!(opened(&verifier, &feishu(NOW, "another key", &body)), Err(Reason::SignatureInvalid));
    let others = feishu_body(EVENT, "another key");
    assert_eq!(opened(&verifier, &feishu(NOW, ENCRYPT_KEY, &others)), Err(Reason::SignatureInvalid));
    for inner in [r#"{"encrypt":"AAAA"}"#, r#"{"encrypt":""}"#, r#"{"encrypt":1}"#, EVENT, "", "[]"] {
        assert_eq!(opened(&verifier, &feishu(NOW, ENCRYPT_KEY, inner)), Err(Reason::SignatureInvalid), "{inner}");
    }
    for name in ["x-lark-signature", "x-lark-request-timestamp", "x-lark-request-nonce"] {
        let missing = with_header(sent.clone(), name, None);
        assert_eq!(opened(&verifier, &missing), Err(Reason::SignatureMissing), "{name}");
        let changed = with_header(sent.clone(), name, Some("1"));
        assert_eq!(opened(&verifier, &changed), Err(Reason::SignatureInvalid), "{name}");
        let mut twice = sent.clone();
        twice.headers.append(HeaderName::from_static(name), HeaderValue::from_static("1"));
        assert_eq!(opened(&verifier, &twice), Err(Reason::SignatureInvalid), "{name}");
    }
}

#[test]
fn a_url_check_of_feishu_is_proved_by_the_token_inside_and_nothing_else_passes_unsigned() {
    let verifier = of_feishu();
    let check = |token: &str| format!(r#"{{"challenge":"a\"b","token":"{token}","type":"url_verification"}}"#);
    let asked = |body: &str| {
        let answer = verifier.welcome(&request(&[], body.as_bytes()), now())?;
        Some(answer.map(|reply| String::from_utf8(reply.body.to_vec()).unwrap()).map_err(|no| no.reason))
    };
    let answer = r#"{"challenge":"a\"b"}"#.to_owned();
    assert_eq!(asked(&feishu_body(&check("vt_token"), ENCRYPT_KEY)), Some(Ok(answer.clone())));
    assert_eq!(asked(&check("vt_token")), Some(Ok(answer)));
    assert_eq!(asked(&feishu_body(&check("vt_toke"), ENCRYPT_KEY)), Some(Err(Reason::CredentialsInvalid)));
    assert_eq!(asked(&check(ENCRYPT_KEY)), Some(Err(Reason::CredentialsInvalid)));
    assert_eq!(asked(&feishu_body(&check("vt_token"), "another key")), None);
    assert_eq!(asked(&feishu_body(EVENT, ENCRYPT_KEY)), None);
    let unsigned = request(&[], feishu_body(EVENT, ENCRYPT_KEY).as_bytes());
    assert_eq!(opened(&verifier, &unsigned), Err(Reason::SignatureMissing));
}

#[test]
fn a_key_that_is_no_aes_key_is_told_and_opens_nothing() {
    let mut scheme = preset("WeCom");
    scheme.options.receiver_id = Some(RECEIVER.to_owned());
    scheme.keys.push(KeySpec { use_: KeyUse::Decrypt, ..spec() });
    for text in ["too short", &AES[1..], &format!("{AES}{AES}"), "*"] {
        let values = vec![Some(key(TOKEN)), Some(key(text))];
        let verifier = Verifier::new(&either(vec![scheme.clone()]), &[values]).unwrap();
        assert_eq!(verifier.key_problems().len(), 1, "{text}");
        let sent = wecom(TOKEN, NOW, &sealed(framed(MESSAGE, RECEIVER)));
        assert_eq!(opened(&verifier, &sent), Err(Reason::SignatureInvalid));
    }
}
