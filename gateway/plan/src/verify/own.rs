//! Senders whose proof the declarative form cannot reach: one file each, behind one type.

mod feishu;
mod graph;
mod mailgun;
mod sorted;
mod twilio;
mod wechat;
mod wecom;

use bytes::Bytes;
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
    receiver: String,
    keys: KeyRing<Secret>,
    decrypting: KeyRing<Secret>,
}

impl OwnProof {
    /// Compiles it, without keys.
    pub(super) fn compile(own: Own, scheme: &Scheme) -> Self {
        Self {
            own,
            url: SignedUrl::new(scheme.options.public_url.as_deref(), false),
            tolerance_ms: scheme.tolerance_ms.or_else(|| own.window_ms()).unwrap_or_default(),
            receiver: scheme.options.receiver_id.clone().unwrap_or_default(),
            keys: KeyRing::default(),
            decrypting: KeyRing::default(),
        }
    }

    /// Takes a key up.
    pub(super) fn take(&mut self, position: usize, spec: &KeySpec, value: &KeyValue) -> Result<(), KeyFault> {
        self.keys.push(position, spec, decode(spec, value)?);
        Ok(())
    }

    /// Takes a key up that decrypts.
    pub(super) fn take_decrypting(
        &mut self,
        position: usize,
        spec: &KeySpec,
        value: &KeyValue,
    ) -> Result<(), KeyFault> {
        self.decrypting.push(position, spec, wecom::aes_key(value)?);
        Ok(())
    }

    /// The message of a request that holds; `None` where the sender encrypts none. One that cannot be opened, or is for
    /// somebody else, was not sent to us, whatever is wrong with it.
    pub(super) fn open(&self, request: &RawRequest, now: Timestamp) -> Option<Result<Bytes, Reason>> {
        let opened = match self.own {
            Own::WeCom => wecom::open(request, &self.decrypting, &self.receiver, now),
            Own::Feishu => feishu::open(&request.body, &self.keys, now),
            Own::Twilio | Own::Mailgun | Own::MicrosoftGraph | Own::WeChat => return None,
        };
        Some(opened.ok_or(Reason::SignatureInvalid))
    }

    /// The message of a request that brings no signature, where the sender has such.
    pub(super) fn unsigned(&self, request: &RawRequest, now: Timestamp) -> Option<Bytes> {
        match self.own {
            Own::Feishu => feishu::unsigned(request, &self.keys, now),
            Own::Twilio | Own::Mailgun | Own::MicrosoftGraph | Own::WeChat | Own::WeCom => None,
        }
    }

    /// Whether any key is in force.
    pub(super) fn has_key(&self, now: Timestamp) -> bool {
        self.keys.in_force(now).next().is_some()
    }

    /// The header field that carries the signature, where it is in one.
    pub(super) fn header(&self) -> Option<&'static HeaderName> {
        match self.own {
            Own::Twilio => Some(&twilio::SIGNATURE),
            Own::Feishu => Some(&feishu::SIGNATURE),
            Own::Mailgun | Own::MicrosoftGraph | Own::WeChat | Own::WeCom => None,
        }
    }

    /// The position of the key that verifies the request.
    pub(super) fn verify(&self, request: &RawRequest, now: Timestamp) -> Result<usize, Reason> {
        match self.own {
            Own::Twilio => twilio::verify(request, &self.url, &self.keys, now),
            Own::Mailgun => mailgun::verify(request, self.tolerance_ms, &self.keys, now),
            Own::MicrosoftGraph => graph::verify(request, &self.keys, now),
            Own::WeChat => wechat::verify(request, self.tolerance_ms, &self.keys, now),
            Own::WeCom => wecom::verify(request, self.tolerance_ms, &self.keys, now),
            Own::Feishu => feishu::verify(request, self.tolerance_ms, &self.keys, now),
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
            Own::Mailgun | Own::MicrosoftGraph | Own::WeChat | Own::WeCom | Own::Feishu => {
                let mut keys = KeyRing::default();
                keys.push(0, spec, key);
                let proof = Self { keys, ..self.without_keys() };
                Ok(proof.verify(request, stamp.now).map(|_| ()).map_err(|_| Unsigned::Missing))
            }
        }
    }

    fn without_keys(&self) -> Self {
        let (url, receiver) = (SignedUrl::default(), self.receiver.clone());
        let (keys, decrypting) = (KeyRing::default(), KeyRing::default());
        Self { own: self.own, url, tolerance_ms: self.tolerance_ms, receiver, keys, decrypting }
    }
}
