//! The table of senders in the documentation is what the rows say.

use crate::plan::{HashAlgorithm, SignatureEncoding};
use crate::verify::preset::{
    Handshake, HandshakeAnswer, Is, Own, Place, Preset, Proof, ProvedBy, SignMethod, TokenIn, Variant, find, names,
};

const PAGE: &str = include_str!("../../../../../docs/verification.md");

fn proof(row: &Preset) -> String {
    match row.proof {
        Proof::Signature(variants) => variants().iter().map(signature).collect::<Vec<_>>().join("; or "),
        Proof::Token(TokenIn::Bearer) => "token, `Authorization: Bearer`".to_owned(),
        Proof::Token(TokenIn::Header(name)) => format!("token, `{name}`"),
        Proof::Token(TokenIn::Query(name)) => format!("token, query parameter `{name}`"),
        Proof::Own(Own::Twilio) => "HMAC-SHA1, base64, `x-twilio-signature`, over URL and sorted parameters".to_owned(),
        Proof::Own(Own::Mailgun) => "HMAC-SHA256, hex, in the body, over time and token".to_owned(),
        Proof::Own(Own::MicrosoftGraph) => "token, `clientState` of each item".to_owned(),
        Proof::Own(Own::WeChat) => "SHA1, hex, `?signature=`, over the sorted token, time and nonce".to_owned(),
        Proof::Own(Own::WeCom) => {
            "SHA1, hex, `?msg_signature=`, over the sorted token, time, nonce and cipher text; AES-256-CBC".to_owned()
        }
        Proof::Own(Own::Feishu) => {
            "SHA256, hex, `x-lark-signature`, over time, nonce, key and body; AES-256-CBC".to_owned()
        }
    }
}

fn signature(variant: &Variant) -> String {
    let hash = match variant.form.algorithm {
        HashAlgorithm::SHA1 => "SHA1",
        HashAlgorithm::SHA256 => "SHA256",
        HashAlgorithm::SHA384 => "SHA384",
        HashAlgorithm::SHA512 => "SHA512",
    };
    let method = match variant.method {
        SignMethod::Hmac => format!("HMAC-{hash}"),
        SignMethod::Digest => hash.to_owned(),
        SignMethod::Ed25519 => "Ed25519".to_owned(),
        SignMethod::EcdsaP256 => "ECDSA P-256".to_owned(),
    };
    let encoding = match variant.form.encoding {
        SignatureEncoding::Hex => "hex",
        SignatureEncoding::Base64 => "base64",
        SignatureEncoding::Base64URL => "base64url",
    };
    let content = variant.form.content.replace('\n', "\\n");
    format!("{method}, {encoding}, `{}`, over `{content}`", variant.form.header)
}

fn window(row: &Preset) -> String {
    let time = row.variants().into_iter().find_map(|variant| variant.form.timestamp);
    match time.map(|time| time.tolerance_ms) {
        None if row.has_timestamp() => match row.proof {
            Proof::Own(own) if own.window_ms() == Some(3_600_000) => "± 1 h".to_owned(),
            Proof::Signature(_) | Proof::Token(_) | Proof::Own(_) => "± 5 min".to_owned(),
        },
        None => "–".to_owned(),
        Some(u64::MAX) => "signed, no window".to_owned(),
        Some(millis) if millis >= 3_600_000 => format!("± {} h", millis / 3_600_000),
        Some(millis) if millis >= 60_000 => format!("± {} min", millis / 60_000),
        Some(millis) => format!("± {} s", millis / 1_000),
    }
}

fn place(place: Place) -> String {
    match place {
        Place::Header(name) => format!("`{name}`"),
        Place::Body(path) => format!("`.{}`", path.join(".")),
        Place::Query(name) => format!("`?{name}=`"),
    }
}

fn places(places: impl Iterator<Item = String>) -> String {
    let all = places.collect::<Vec<_>>().join(", else ");
    if all.is_empty() { "–".to_owned() } else { all }
}

fn handshake(handshake: &Handshake) -> String {
    let mark = |mark: &crate::verify::preset::When| match mark.is {
        Is::Text(text) => format!("{} is `{text}`", place(mark.place)),
        Is::There => format!("{} is there", place(mark.place)),
        Is::Absent => format!("{} is not", place(mark.place)),
    };
    let marks: Vec<_> = handshake.when.iter().map(mark).collect();
    let proof = match handshake.proved_by {
        ProvedBy::Signature => String::new(),
        ProvedBy::SignatureAndOrigin(_) | ProvedBy::Origin(_) => ", from an allowed origin".to_owned(),
        ProvedBy::Challenge(at) => format!(", with a `Challenge` key at {}", place(at)),
        ProvedBy::Nobody => ", from anybody".to_owned(),
    };
    let answer = match handshake.answer {
        HandshakeAnswer::Json(text) => format!("`{text}`"),
        HandshakeAnswer::NoContent => "204".to_owned(),
        HandshakeAnswer::Echo(at) => format!("{} as text", place(at)),
        HandshakeAnswer::Message => "the message as text".to_owned(),
        HandshakeAnswer::EchoIn { member, text } => format!("{} as `{member}`", place(text)),
        HandshakeAnswer::Hashed { text, hash, .. } => format!("{} and its HMAC as `{hash}`", place(text)),
        HandshakeAnswer::AllowedOrigin => "the origin".to_owned(),
    };
    format!("{} {}{proof}: {answer}", handshake.method, marks.join(" and "))
}

fn line(row: &Preset) -> String {
    let covers = if row.covers_body() { "yes" } else { "**no**" };
    let event = places(row.event.iter().copied().map(place));
    let id = places(row.delivery_id.iter().map(|id| {
        let signed = if id.signed { "signed" } else { "not signed" };
        format!("{}, {signed}", place(id.place))
    }));
    let handshakes = row.handshakes.iter().map(handshake).collect::<Vec<_>>().join("; ");
    let handshakes = if handshakes.is_empty() { "–".to_owned() } else { handshakes };
    let (name, docs, proof, window) = (row.name, row.docs, proof(row), window(row));
    format!("| [{name}]({docs}) | {proof} | {covers} | {window} | {event} | {id} | {handshakes} |")
}

#[test]
fn the_documentation_has_each_row() {
    let written: Vec<_> = PAGE.lines().filter(|line| line.starts_with("| [")).collect();
    let built: Vec<_> = names().filter_map(|(name, _)| find(name)).map(line).collect();
    assert!(written == built, "docs/verification.md must have these lines:\n{}", built.join("\n"));
}
