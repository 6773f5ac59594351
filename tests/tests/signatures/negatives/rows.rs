//! The ways in which a request is damaged, and what each is told. All but those named here are told 401, that a proof is wrong:
//!
//! * a proof that is nowhere, or empty, is missing (401); so is one behind no `Bearer`, which is another scheme's;
//! * a proof that holds, and is too old or too new, is out of range (401): only who has the key is told so;
//! * a line feed or NUL in a field is no HTTP (400), and more than a head holds is not read (431, 414).

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::request::Request;
use super::spot::{Covers, Place};
use super::subject::{Subject, hex};

type Told = (u16, &'static str);

const MISSING: Told = (401, "SignatureMissing");
const LATE: Told = (401, "TimestampOutOfRange");

/// One damaged request.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// Seconds by which the clock is moved.
    pub(super) later: i64,
    pub(super) expected: Told,
}

fn row(name: &str, request: &Request, expected: Told) -> Row {
    Row { name: name.to_owned(), bytes: request.bytes(), later: 0, expected }
}

fn wrong(subject: &Subject) -> Told {
    (401, if subject.spot.is_token { "CredentialsInvalid" } else { "SignatureInvalid" })
}

pub(super) fn rows(subject: &Subject) -> Vec<Row> {
    [texts, prefixes, fields, long, raw, foreign, times, clocks, bodies, others]
        .iter()
        .flat_map(|of| of(subject))
        .collect()
}

/// The character with its lowest bit flipped, as a digit of hexadecimal or base64.
fn flipped(text: &str, at: usize) -> String {
    let other = match text.as_bytes()[at] {
        byte @ (b'0'..=b'9' | b'A'..=b'Y' | b'a'..=b'y') if (byte ^ 1).is_ascii_alphanumeric() => byte ^ 1,
        b'a' => b'b',
        b'A' => b'B',
        _ => b'0',
    };
    [&text[..at], &char::from(other).to_string(), &text[at + 1..]].concat()
}

/// The proof itself.
fn texts(subject: &Subject) -> Vec<Row> {
    let (before, text) = subject.request.proof(subject.spot.proof);
    let last = text.trim_end_matches('=').len() - 1;
    let half = text.len() / 2;
    let mixed =
        |(at, char): (usize, char)| if at < half { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() };
    let decoded = STANDARD.decode(&text).ok();
    let all = [
        ("the last byte cut", text[..text.len() - 1].to_owned()),
        ("the first byte cut", text[1..].to_owned()),
        ("a byte more behind", format!("{text}0")),
        ("a byte more in front", format!("0{text}")),
        ("a bit of the first character", flipped(&text, 0)),
        ("a bit in the middle", flipped(&text, half)),
        ("a bit of the last character but one", flipped(&text, last - 1)),
        ("upper case", text.to_ascii_uppercase()),
        ("lower case", text.to_ascii_lowercase()),
        ("mixed case", text.char_indices().map(mixed).collect()),
        ("zeroes", "0".repeat(text.len())),
        ("backwards", text.chars().rev().collect()),
        ("twice in one", format!("{text}{text}")),
        ("twice, with a comma", format!("{text},{text}")),
        ("in quotes", format!("\"{text}\"")),
        ("a space inside", format!("{} {}", &text[..half], &text[half..])),
        ("a tab inside", format!("{}\t{}", &text[..half], &text[half..])),
        ("a character that is not ASCII behind", format!("{text}é")),
        ("a digit that is not ASCII in front", format!("１{}", &text[1..])),
        ("its first character as a URL's escape", format!("%{:02X}{}", text.as_bytes()[0], &text[1..])),
        ("its text in hexadecimal", hex(text.as_bytes())),
        ("its text in base64", STANDARD.encode(&text)),
        ("hexadecimal for base64", decoded.as_deref().map(hex).unwrap_or_default()),
        ("base64 of a URL", decoded.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()),
        ("base64 for hexadecimal", unhex(&text).map(|bytes| STANDARD.encode(bytes)).unwrap_or_default()),
    ];
    let other = all.iter().filter(|(_, other)| !other.is_empty() && *other != text);
    let with = |other: &str| subject.request.with(subject.spot.proof, &[&before, other].concat());
    other.map(|(name, other)| row(name, &with(other), wrong(subject))).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

/// What stands before the proof.
fn prefixes(subject: &Subject) -> Vec<Row> {
    let (before, text) = subject.request.proof(subject.spot.proof);
    let with = |name, value: String, told| row(name, &subject.request.with(subject.spot.proof, &value), told);
    let wrong = wrong(subject);
    if before.is_empty() {
        return vec![with("a prefix", format!("sha256={text}"), wrong), with("another's", format!("v1,{text}"), wrong)];
    }
    // In a list, what stands before the last item is another item.
    let marker = before[..before.len() - 1].rfind([',', ';', ' ']).map_or(&*before, |at| &before[at + 1..]);
    let unnamed = if subject.spot.is_token { MISSING } else { wrong };
    let mut all = vec![
        with("the prefix missing", text.clone(), unnamed),
        with("the prefix twice", format!("{before}{marker}{text}"), wrong),
        with("another prefix", format!("md5={text}"), unnamed),
        with("the prefix alone", before.clone(), unnamed),
    ];
    // The name of an authentication scheme has no case, and spaces behind it say nothing.
    if !subject.spot.is_token {
        all.push(with("the prefix in upper case", format!("{}{text}", before.to_uppercase()), wrong));
        all.push(with("a space behind the prefix", format!("{before} {text}"), wrong));
    }
    all
}

/// The field that the proof stands in.
fn fields(subject: &Subject) -> Vec<Row> {
    let (request, place) = (&subject.request, subject.spot.proof);
    let value = request.get(place);
    let (before, text) = request.proof(place);
    let bad = [before, flipped(&text, 0)].concat();
    let twice = |second: &str, in_front| request.twice(place, second, in_front);
    let repeated = [
        ("twice, both right", twice(&value, false)),
        ("a wrong one behind", twice(&bad, false)),
        ("a wrong one in front", twice(&bad, true)),
        ("an empty one in front", twice("", true)),
    ];
    let mut all = vec![
        row("missing", &request.without(place), MISSING),
        row("under another name", &request.renamed(place, Some("x-other")), MISSING),
    ];
    if !matches!(place, Place::Member(_)) {
        all.push(row("empty", &request.with(place, ""), MISSING));
    }
    let rows = repeated.into_iter().filter_map(|(name, request)| Some(row(name, &request?, wrong(subject))));
    all.extend(rows);
    all
}

/// As many proofs as fit, the right one last, and more than that.
fn long(subject: &Subject) -> Vec<Row> {
    let (before, text) = subject.request.proof(subject.spot.proof);
    let (fits, too_many, told) = match subject.spot.proof {
        Place::Header(_) => (31_000, 33_000, (431, "HeadersTooLarge")),
        Place::Query(_) => (7_000, 9_000, (414, "HeadersTooLarge")),
        Place::Member(_) | Place::InProof(_) => (60_000, 70_000, MISSING),
    };
    let bad = flipped(&text, 0);
    let separator = if before.contains("v1,") || before.contains("v1a,") { " " } else { "," };
    let one = format!("{before}{bad}{separator}");
    // In a query, what is neither letter nor digit takes three characters.
    let escaped = one.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count() * 2;
    let size = if matches!(subject.spot.proof, Place::Query(_)) { one.len() + escaped } else { one.len() };
    let filled = |bytes: usize| {
        let count = bytes / size;
        subject.request.with(subject.spot.proof, &format!("{}{before}{text}", one.repeat(count)))
    };
    vec![row("as many as fit", &filled(fits), wrong(subject)), row("more than fit", &filled(too_many), told)]
}

/// Bytes in the field that no client library writes.
fn raw(subject: &Subject) -> Vec<Row> {
    let value = subject.request.get(subject.spot.proof);
    let Place::Header(_) = subject.spot.proof else { return Vec::new() };
    let marked = subject.request.with(subject.spot.proof, &format!("{value}\u{1}")).bytes();
    let at = marked.iter().position(|byte| *byte == 1).expect("the mark");
    let put = |name: &str, bytes: &[u8], expected| {
        let bytes = [&marked[..at], bytes, &marked[at + 1..]].concat();
        Row { name: name.to_owned(), bytes, later: 0, expected }
    };
    vec![
        put("a byte that is no text", b"\xff", wrong(subject)),
        put("a line feed", b"\n", (400, "BadFraming")),
        put("a folded line", b"\r\n x", (400, "BadFraming")),
        put("NUL", b"\0", (400, "BadFraming")),
    ]
}

/// What other schemes make of the same body and key.
fn foreign(subject: &Subject) -> Vec<Row> {
    let (before, text) = subject.request.proof(subject.spot.proof);
    let body = &subject.request.body;
    let mac = |algorithm| hmac::sign(&hmac::Key::new(algorithm, subject.key.as_bytes()), body).as_ref().to_vec();
    let hash = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes).as_ref().to_vec();
    let made = [
        ("HMAC-SHA1", mac(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)),
        ("HMAC-SHA256", mac(hmac::HMAC_SHA256)),
        ("HMAC-SHA384", mac(hmac::HMAC_SHA384)),
        ("HMAC-SHA512", mac(hmac::HMAC_SHA512)),
        ("the hash of the body", hash(body)),
        ("the hash of body and key", hash(&[body, subject.key.as_bytes()].concat())),
    ];
    let written = made.iter().flat_map(|(name, bytes)| [(name, hex(bytes)), (name, STANDARD.encode(bytes))]);
    let other = written.filter(|(_, other)| *other != text);
    let with = |other: &str| subject.request.with(subject.spot.proof, &[&before, other].concat());
    other.map(|(name, other)| row(&format!("{name} as {other}"), &with(&other), wrong(subject))).collect()
}

/// The signed time, as a text that is not the one that was signed.
fn times(subject: &Subject) -> Vec<Row> {
    let Some(place) = subject.spot.time else { return Vec::new() };
    let request = &subject.request;
    let proof = request.get(subject.spot.proof);
    let old = match place {
        Place::InProof(key) => {
            proof.split(key).nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect())
        }
        Place::Header(_) | Place::Query(_) | Place::Member(_) => Some(request.get(place)),
    };
    let old: String = old.expect("a time");
    let number: i64 = old.parse().unwrap_or_else(|_| panic!("{}: {old} is no time", subject.name));
    let step = if old.len() > 10 { 301_000 } else { 301 };
    let texts = [
        (number + step).to_string(),
        (number - step).to_string(),
        "soon".to_owned(),
        format!("-{old}"),
        format!("+{old}"),
        format!("0{old}"),
        format!("{old}.0"),
        format!("{number:#x}"),
        "9".repeat(40),
        "18446744073709551616".to_owned(),
        format!("１{}", &old[1..]),
    ];
    let with = |text: &str| match place {
        Place::InProof(key) => {
            let value = proof.replacen(&format!("{key}{old}"), &format!("{key}{text}"), 1);
            request.with(subject.spot.proof, &value)
        }
        Place::Header(_) | Place::Query(_) | Place::Member(_) => request.with(place, text),
    };
    let mut all: Vec<_> =
        texts.iter().map(|text| row(&format!("the time {text}"), &with(text), wrong(subject))).collect();
    if matches!(place, Place::Header(_) | Place::Query(_)) {
        all.push(row("no time", &request.without(place), MISSING));
        all.extend(request.twice(place, &old, false).map(|request| row("the time twice", &request, wrong(subject))));
    }
    all
}

/// The accepted request itself, too late and too early.
fn clocks(subject: &Subject) -> Vec<Row> {
    let far = |tolerance: i64| [tolerance + 1, -tolerance - 1];
    let moved = subject.spot.tolerance.map(far).into_iter().flatten();
    moved.map(|later| Row { later, ..row(&format!("{later} s later"), &subject.request, LATE) }).collect()
}

/// The body.
fn bodies(subject: &Subject) -> Vec<Row> {
    let request = &subject.request;
    if subject.spot.covers == Covers::Encrypted {
        let place = Place::Member("encrypt");
        let text = request.get(place);
        let at = [0, text.len() / 2, text.len() - 2];
        let all =
            at.map(|at| row("a bit of the cipher text", &request.with(place, &flipped(&text, at)), wrong(subject)));
        return all.into();
    }
    if !subject.covers_all() {
        return Vec::new();
    }
    let body = &request.body;
    let bit = |at: usize| body.iter().enumerate().map(|(to, byte)| if to == at { byte ^ 1 } else { *byte }).collect();
    let json = serde_json::from_slice::<Value>(body).map(|json| json.to_string().into_bytes());
    let all: [(&str, Vec<u8>); 9] = [
        ("a bit of the body's first byte", bit(0)),
        ("a bit in the middle of the body", bit(body.len() / 2)),
        ("a bit of the body's last byte", bit(body.len() - 1)),
        ("the body without its last byte", body[..body.len() - 1].to_vec()),
        ("the body and a space", [body, b" ".as_slice()].concat()),
        ("the body and a line's end", [body, b"\r\n".as_slice()].concat()),
        ("the body behind a mark of its encoding", [b"\xef\xbb\xbf", body.as_slice()].concat()),
        ("no body", Vec::new()),
        ("the body written anew", json.unwrap_or_default()),
    ];
    let other = all.into_iter().filter(|(_, other)| other != body);
    other.map(|(name, body)| row(name, &Request { body, ..request.clone() }, wrong(subject))).collect()
}

/// Other keys, another URL, another id.
fn others(subject: &Subject) -> Vec<Row> {
    let request = &subject.request;
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let to = |target: String| Request { target, ..request.clone() };
    let at = |route: &str| to(format!("/in/{route}{}", &request.target[path.len()..]));
    let mut all = vec![
        row("a key that differs in one character", &at("near"), wrong(subject)),
        row("the key of another route", &at("far"), wrong(subject)),
    ];
    if subject.spot.signs_url {
        all.push(row("a parameter more", &to(format!("{path}?{query}&more=1")), wrong(subject)));
    }
    if let Some(name) = subject.spot.id {
        let place = Place::Header(name);
        let id = request.get(place);
        all.push(row("another id", &request.with(place, &format!("{id}0")), wrong(subject)));
        all.push(row("an id with a separator", &request.with(place, &format!("{id}.1")), wrong(subject)));
        all.push(row("no id", &request.without(place), MISSING));
        all.extend(request.twice(place, &id, false).map(|request| row("the id twice", &request, wrong(subject))));
    }
    all
}
