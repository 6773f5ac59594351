//! Senders whose proof the declarative form cannot reach: one file each, behind one type.

mod graph;
mod mailgun;
mod twilio;

use http::HeaderName;
use jiff::Timestamp;

use crate::plan::{KeySpec, Scheme};
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::{KeyValue, Secret};

use super::content::Unsigned;
use super::keys::{KeyFault, KeyRing, decode};
use super::preset::Own;
use super::sign::Stamp;
use super::signed_url::SignedUrl;

/// A proof with a file of its own, and its keys.
#[derive(Debug)]
pub(super) struct OwnProof {
    own: Own,
    url: SignedUrl,
    tolerance_ms: u64,
    keys: KeyRing<Secret>,
}

impl OwnProof {
    /// Compiles it, without keys.
    pub(super) fn compile(own: Own, scheme: &Scheme) -> Self {
        Self {
            own,
            url: SignedUrl::new(scheme.options.public_url.as_deref(), false),
            tolerance_ms: scheme.tolerance_ms.unwrap_or(mailgun::TOLERANCE_MS),
            keys: KeyRing::default(),
        }
    }

    /// Takes a key up.
    pub(super) fn take(&mut self, position: usize, spec: &KeySpec, value: &KeyValue) -> Result<(), KeyFault> {
        self.keys.push(position, spec, decode(spec, value)?);
        Ok(())
    }

    /// Whether any key is in force.
    pub(super) fn has_key(&self, now: Timestamp) -> bool {
        self.keys.in_force(now).next().is_some()
    }

    /// The header field that carries the signature, where it is in one.
    pub(super) fn header(&self) -> Option<&'static HeaderName> {
        match self.own {
            Own::Twilio => Some(&twilio::SIGNATURE),
            Own::Mailgun | Own::MicrosoftGraph => None,
        }
    }

    /// The position of the key that verifies the request.
    pub(super) fn verify(&self, request: &RawRequest, now: Timestamp) -> Result<usize, Reason> {
        match self.own {
            Own::Twilio => twilio::verify(request, &self.url, &self.keys, now),
            Own::Mailgun => mailgun::verify(request, self.tolerance_ms, &self.keys, now),
            Own::MicrosoftGraph => graph::verify(request, &self.keys, now),
        }
    }

    /// Signs as the sender does; what stands in a body is its sender's to write.
    pub(super) fn sign(
        &self,
        spec: &KeySpec,
        value: &KeyValue,
        request: &mut RawRequest,
        stamp: Stamp<'_>,
    ) -> Result<Result<(), Unsigned>, KeyFault> {
        let key = decode(spec, value)?;
        match self.own {
            Own::Twilio => Ok(twilio::sign(request, &self.url, &key)),
            Own::Mailgun | Own::MicrosoftGraph => {
                let mut keys = KeyRing::default();
                keys.push(0, spec, key);
                let proof = Self { keys, url: SignedUrl::default(), own: self.own, tolerance_ms: self.tolerance_ms };
                Ok(proof.verify(request, stamp.now).map(|_| ()).map_err(|_| Unsigned::Missing))
            }
        }
    }
}
