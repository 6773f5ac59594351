//! The declarative form, compiled: where a signature is, over which bytes, under which hash, and how old it may be.
//!
//! Every signature presented is tried against every key in force. A signature that cannot be decoded, or has the wrong
//! length, takes the same path as a wrong one: the tags are computed, and the comparison says no.

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use crate::plan::{HashAlgorithm, SignatureEncoding};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;

use super::content::{Content, Inputs, Slot, Unsigned};
use super::decode::{self, HexCase};
use super::facts::DeliveryId;
use super::fault::FormFault;
use super::field;
use super::form_key::{FormKey, Presented};
use super::header::{Grammar, Listed};
use super::keys::{KeyFault, KeyRing};
use super::mac::{Tag, tag_length};
use super::preset::{SignMethod, Variant};
use super::signed_url::SignedUrl;
use super::timestamp::SigningTime;

/// A compiled form.
#[derive(Clone, Debug)]
pub(super) struct Form {
    header: HeaderName,
    grammar: Grammar,
    codec: Codec,
    content: Content,
    time: Option<SigningTime>,
    id: Option<HeaderName>,
    only_with: Option<(&'static str, &'static str)>,
    url: SignedUrl,
}

/// How a tag is made and written.
#[derive(Clone, Copy, Debug)]
struct Codec {
    method: SignMethod,
    algorithm: HashAlgorithm,
    encoding: SignatureEncoding,
    case: HexCase,
}

impl Form {
    /// Compiles a variant of a form; `public_url` is the workflow's.
    pub(super) fn compile(variant: &Variant, case: HexCase, public_url: Option<&str>) -> Result<Self, FormFault> {
        let Variant { form, method, only_with, decodes_url, .. } = variant;
        let name =
            |field, name: &String| HeaderName::from_bytes(name.as_bytes()).map_err(|_| FormFault::HeaderName(field));
        let content = Content::parse(&form.content)?;
        let signed = content.has(&Slot::Timestamp);
        let compiled = Self {
            header: name("header", &form.header)?,
            grammar: Grammar::compile(&form.format, form.timestamp.as_ref().map(|time| &time.place))?,
            codec: Codec { method: *method, algorithm: form.algorithm, encoding: form.encoding, case },
            content,
            time: form.timestamp.as_ref().map(|time| SigningTime::compile(time, signed)).transpose()?,
            id: form.id_header.as_ref().map(|id| name("id.header", id)).transpose()?,
            only_with: *only_with,
            url: SignedUrl::new(public_url, *decodes_url),
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
    pub(super) fn key(&self, secret: Secret) -> Result<FormKey, KeyFault> {
        FormKey::new(self.codec.method, self.codec.algorithm, secret)
    }

    /// The field that carries the signature.
    pub(super) fn header(&self) -> &HeaderName {
        &self.header
    }

    /// Whether a request presents a signature of this form; an empty field presents nothing.
    pub(super) fn is_presented(&self, headers: &HeaderMap) -> bool {
        let is_this = |(name, value): (&str, &str)| headers.get_all(name).iter().eq([value]);
        headers.get_all(&self.header).iter().any(|value| !value.is_empty()) && self.only_with.is_none_or(is_this)
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
        let url = self.url.of(request);
        let timestamp = early.as_ref().map(|time| time.text.as_bytes());
        let inputs = Inputs { timestamp, id: self.id.as_ref(), url: &url };
        let chunks = self.content.chunks(request, inputs)?;
        let presented = self.presented(&listed);
        let position = keys.find(now, Reason::SignatureInvalid, |key| key.holds(&chunks, &presented))?;
        let in_time = match (&self.time, early) {
            (None, _) => true,
            (Some(time), Some(signed)) => time.window.holds(signed.time, now),
            (Some(time), None) => time.window.holds(time.read(request, &listed)?.time, now),
        };
        if in_time { Ok(position) } else { Err(Reason::TimestampOutOfRange) }
    }

    /// What is compared with the tags: at least one, so that a field without a signature costs what a wrong one does.
    fn presented(&self, listed: &Listed<'_>) -> Vec<Presented> {
        let length = tag_length(self.codec.algorithm);
        let one = |text: Option<&&str>| {
            let bytes = text.and_then(|text| decode::signature(text, self.codec.encoding, self.codec.case));
            Presented { tag: Tag::presented(bytes.as_deref(), length), bytes: bytes.unwrap_or_default() }
        };
        let rest = listed.signatures.get(1..).unwrap_or_default();
        std::iter::once(one(listed.signatures.first())).chain(rest.iter().map(|text| one(Some(text)))).collect()
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
        if let Some((name, value)) = self.only_with {
            set(request, &HeaderName::from_static(name), value)?;
        }
        let text = written.as_ref().map(|(_, text)| text.as_str());
        let url = self.url.of(request).into_owned();
        let inputs = Inputs { timestamp: text.map(str::as_bytes), id: self.id.as_ref(), url: &url };
        let tag = key.tag(&self.content.chunks(request, inputs)?).ok_or(Unsigned::Missing)?;
        let signature = decode::encode(tag.bytes(self.codec.algorithm), self.codec.encoding);
        set(request, &self.header, &self.grammar.write(&signature, text))
    }
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
