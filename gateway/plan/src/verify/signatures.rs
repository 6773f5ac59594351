//! All variants of one sender's signature, each with its keys: which of them a request presents, and whether it holds.

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use crate::plan::KeySpec;
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::{KeyValue, Secret};

use super::content::Unsigned;
use super::decode::HexCase;
use super::fault::FormFault;
use super::form::Form;
use super::form_key::FormKey;
use super::keys::{KeyFault, KeyRing, decode};
use super::preset::Variant;
use super::sign::Stamp;

/// The variants, the preferred one first.
#[derive(Debug)]
pub(super) struct Signatures {
    variants: Vec<Signed>,
}

/// A variant and its keys.
#[derive(Debug)]
struct Signed {
    form: Form,
    key_prefix: Option<&'static str>,
    keys: KeyRing<FormKey>,
}

impl Signatures {
    /// Compiles them, without keys.
    pub(super) fn compile(variants: &[Variant], case: HexCase, public_url: Option<&str>) -> Result<Self, FormFault> {
        let signed = variants.iter().map(|variant| {
            let form = Form::compile(variant, case, public_url)?;
            Ok(Signed { form, key_prefix: variant.key_prefix, keys: KeyRing::default() })
        });
        Ok(Self { variants: signed.collect::<Result<_, _>>()? })
    }

    /// Gives a key to the variants that it is for.
    pub(super) fn take(&mut self, position: usize, spec: &KeySpec, value: &KeyValue) -> Result<(), KeyFault> {
        let prefix = self.prefix_of(value);
        let secret = decode(&with_prefix(spec, prefix), value)?;
        for signed in self.variants.iter_mut().filter(|signed| signed.key_prefix == prefix) {
            signed.keys.push(position, spec, signed.form.key(secret.clone())?);
        }
        Ok(())
    }

    /// The prefix of a variant that alone takes this key.
    fn prefix_of(&self, value: &KeyValue) -> Option<&'static str> {
        let KeyValue::Bytes(text) = value else { return None };
        let prefixes = self.variants.iter().filter_map(|signed| signed.key_prefix);
        prefixes.into_iter().find(|prefix| text.0.expose().starts_with(prefix.as_bytes()))
    }

    /// Whether any key is in force.
    pub(super) fn has_key(&self, now: Timestamp) -> bool {
        self.variants.iter().any(|signed| signed.keys.in_force(now).next().is_some())
    }

    /// The shared secret at a position of the workflow's list.
    pub(super) fn secret(&self, position: usize) -> Option<&Secret> {
        self.variants.iter().find_map(|signed| signed.keys.at(position)?.secret())
    }

    /// The form of the first variant that a request presents.
    pub(super) fn form(&self, headers: &HeaderMap) -> Option<&Form> {
        self.variants.iter().map(|signed| &signed.form).find(|form| form.is_presented(headers))
    }

    /// The position of the key that verifies the request. A header field that does not hold makes no other one easier.
    pub(super) fn verify(&self, request: &RawRequest, now: Timestamp) -> Result<usize, Reason> {
        let header = self.form(&request.headers).ok_or(Reason::SignatureMissing)?.header();
        let mut verdict = Reason::KeyUnavailable;
        for signed in self.presented_in(header, &request.headers) {
            match signed.form.verify(request, &signed.keys, now) {
                Ok(position) => return Ok(position),
                Err(Reason::KeyUnavailable) => {}
                Err(reason) if verdict == Reason::KeyUnavailable => verdict = reason,
                Err(Reason::TimestampOutOfRange) => verdict = Reason::TimestampOutOfRange,
                Err(_) => {}
            }
        }
        Err(verdict)
    }

    fn presented_in<'a>(&'a self, header: &'a HeaderName, headers: &'a HeaderMap) -> impl Iterator<Item = &'a Signed> {
        let all = self.variants.iter();
        all.filter(move |signed| signed.form.header() == header && signed.form.is_presented(headers))
    }

    /// Signs as the sender's first variant does that takes this key.
    pub(super) fn sign(
        &self,
        spec: &KeySpec,
        value: &KeyValue,
        request: &mut RawRequest,
        stamp: Stamp<'_>,
    ) -> Result<Result<(), Unsigned>, KeyFault> {
        let prefix = self.prefix_of(value);
        let secret = decode(&with_prefix(spec, prefix), value)?;
        let Some(signed) = self.variants.iter().find(|signed| signed.key_prefix == prefix) else {
            return Ok(Err(Unsigned::Missing));
        };
        let key = signed.form.key(secret)?;
        if key.secret().is_none() {
            return Err(KeyFault::OnlyPublic);
        }
        Ok(signed.form.sign(request, &key, stamp.now, stamp.id))
    }
}

/// The key's own words, but for the prefix that says whose it is.
fn with_prefix(spec: &KeySpec, prefix: Option<&'static str>) -> KeySpec {
    let own = spec.strip_prefix.clone();
    KeySpec { strip_prefix: prefix.map(str::to_owned).or(own), ..spec.clone() }
}
