//! The declarative form, compiled: where a signature is, over which bytes, under which hash, and how old it may be.
//!
//! Every signature presented is tried against every key in force. A signature that cannot be decoded, or has the wrong
//! length, takes the same path as a wrong one: the tags are computed, and the comparison says no.

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use subtle::Choice;

use crate::plan::{HashAlgorithm, HmacForm, SignatureEncoding};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;

use super::content::{Chunk, Content, Inputs, Slot, Unsigned};
use super::decode::{self, HexCase};
use super::facts::DeliveryId;
use super::fault::FormFault;
use super::field;
use super::header::{Grammar, Listed};
use super::keys::KeyRing;
use super::mac::{MacKey, Tag, tag_length};
use super::timestamp::SigningTime;

/// A key of a form: its schedule, and its bytes for `{secret}`.
#[derive(Clone)]
pub(super) struct FormKey {
    pub(super) schedule: MacKey,
    pub(super) secret: Secret,
}

/// A compiled form.
#[derive(Clone, Debug)]
pub(super) struct Form {
    header: HeaderName,
    grammar: Grammar,
    codec: Codec,
    content: Content,
    time: Option<SigningTime>,
    id: Option<HeaderName>,
}

/// How a tag is made and written.
#[derive(Clone, Copy, Debug)]
struct Codec {
    algorithm: HashAlgorithm,
    encoding: SignatureEncoding,
    case: HexCase,
}

impl Form {
    /// Compiles a form.
    pub(super) fn compile(form: &HmacForm, case: HexCase) -> Result<Self, FormFault> {
        let name =
            |field, name: &String| HeaderName::from_bytes(name.as_bytes()).map_err(|_| FormFault::HeaderName(field));
        let content = Content::parse(&form.content)?;
        let signed = content.has(&Slot::Timestamp);
        let compiled = Self {
            header: name("header", &form.header)?,
            grammar: Grammar::compile(&form.format, form.timestamp.as_ref().map(|time| &time.place))?,
            codec: Codec { algorithm: form.algorithm, encoding: form.encoding, case },
            content,
            time: form.timestamp.as_ref().map(|time| SigningTime::compile(time, signed)).transpose()?,
            id: form.id_header.as_ref().map(|id| name("id.header", id)).transpose()?,
        };
        compiled.check()?;
        Ok(compiled)
    }

    fn check(&self) -> Result<(), FormFault> {
        if self.content.has(&Slot::Id) && self.id.is_none() {
            return Err(FormFault::NoId);
        }
        let signed = self.content.has(&Slot::Timestamp);
        match &self.time {
            None if signed => Err(FormFault::NoTimestamp),
            None => Ok(()),
            Some(time) if signed || self.content.has(&time.covered_by()) => Ok(()),
            Some(_) => Err(FormFault::UnsignedTimestamp),
        }
    }

    /// A key for this form.
    pub(super) fn key(&self, secret: Secret) -> Option<FormKey> {
        MacKey::new(self.codec.algorithm, secret.expose()).map(|schedule| FormKey { schedule, secret })
    }

    /// The field that carries the signature.
    pub(super) fn header(&self) -> &HeaderName {
        &self.header
    }

    /// Whether a request presents a signature of this form; an empty field presents nothing.
    pub(super) fn is_presented(&self, headers: &HeaderMap) -> bool {
        headers.get_all(&self.header).iter().any(|value| !value.is_empty())
    }

    /// Whether the form has a field for the delivery's id.
    pub(super) fn names_an_id(&self) -> bool {
        self.id.is_some()
    }

    /// The id in the form's own field, of a request that is verified.
    pub(super) fn delivery_id(&self, headers: &HeaderMap) -> Option<DeliveryId> {
        let name = self.id.as_ref()?;
        let value = field::header(headers, name).ok().flatten().filter(|value| !value.is_empty())?;
        let signed = self.content.has(&Slot::Id) || self.content.has(&Slot::Header(name.clone()));
        Some(DeliveryId { id: String::from_utf8_lossy(value).into_owned(), signed })
    }

    /// The position of the key that verifies the request.
    pub(super) fn verify(
        &self,
        request: &RawRequest,
        keys: &KeyRing<FormKey>,
        now: Timestamp,
    ) -> Result<usize, Reason> {
        let field = field::header(&request.headers, &self.header).map_err(|_| Reason::SignatureInvalid)?;
        let field = field.filter(|field| !field.is_empty()).ok_or(Reason::SignatureMissing)?;
        let listed = self.grammar.read(std::str::from_utf8(field).unwrap_or_default());
        let early = self.time.as_ref().filter(|time| !time.is_body_alone()).map(|time| time.read(request, &listed));
        let early = early.transpose()?;
        let inputs = Inputs { timestamp: early.as_ref().map(|time| time.text.as_bytes()), id: self.id.as_ref() };
        let chunks = self.content.chunks(request, inputs)?;
        let presented = self.presented(&listed);
        let position = keys.find(now, Reason::SignatureInvalid, |key| {
            let tag = tag(key, &chunks);
            presented.iter().fold(Choice::from(0), |any, one| any | tag.equals(one)).into()
        })?;
        let in_time = match (&self.time, early) {
            (None, _) => true,
            (Some(time), Some(signed)) => time.window.holds(signed.time, now),
            (Some(time), None) => time.window.holds(time.read(request, &listed)?.time, now),
        };
        if in_time { Ok(position) } else { Err(Reason::TimestampOutOfRange) }
    }

    /// What is compared with the tags: at least one, so that a field without a signature costs what a wrong one does.
    fn presented(&self, listed: &Listed<'_>) -> Vec<Tag> {
        let length = tag_length(self.codec.algorithm);
        let tag = |text: Option<&&str>| {
            let bytes = text.and_then(|text| decode::signature(text, self.codec.encoding, self.codec.case));
            Tag::presented(bytes.as_deref(), length)
        };
        let rest = listed.signatures.get(1..).unwrap_or_default();
        std::iter::once(tag(listed.signatures.first())).chain(rest.iter().map(|text| tag(Some(text)))).collect()
    }

    /// The header fields that a sender adds; the body's own time is the sender's to write.
    pub(super) fn sign(
        &self,
        request: &mut RawRequest,
        key: &FormKey,
        now: Timestamp,
        id: &str,
    ) -> Result<(), Unsigned> {
        let written = self.time.as_ref().and_then(|time| time.write(request, now));
        if let Some((Some(name), text)) = &written {
            set(request, name, text)?;
        }
        if let Some(name) = &self.id {
            set(request, name, id)?;
        }
        let text = written.as_ref().map(|(_, text)| text.as_str());
        let inputs = Inputs { timestamp: text.map(str::as_bytes), id: self.id.as_ref() };
        let tag = tag(key, &self.content.chunks(request, inputs)?);
        let signature = decode::encode(tag.bytes(self.codec.algorithm), self.codec.encoding);
        set(request, &self.header, &self.grammar.write(&signature, text))
    }
}

fn tag(key: &FormKey, chunks: &[Chunk<'_>]) -> Tag {
    key.schedule.tag(chunks.iter().map(|chunk| match chunk {
        Chunk::Bytes(bytes) => &**bytes,
        Chunk::Secret => key.secret.expose(),
    }))
}

fn set(request: &mut RawRequest, name: &HeaderName, value: &str) -> Result<(), Unsigned> {
    let value = value.parse().map_err(|_| Unsigned::Ambiguous)?;
    request.headers.insert(name, value);
    Ok(())
}

impl From<Unsigned> for Reason {
    fn from(unsigned: Unsigned) -> Self {
        match unsigned {
            Unsigned::Missing => Self::SignatureMissing,
            Unsigned::Ambiguous => Self::SignatureInvalid,
        }
    }
}
