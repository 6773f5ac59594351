//! `sign.standardWebhooks`: signs the request as a Standard Webhooks sender.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{HeaderName, HeaderValue};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::compile::{Compiler, Refused};
use super::headers::value;
use super::slot::{Slot, invalid};
use super::{CallFacts, HttpCall};
use crate::reason::StepFailure;
use crate::scope::Scope;

/// The fields it sets.
pub(super) const NAMES: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/// A compiled `sign.standardWebhooks`.
#[derive(Clone, Debug)]
pub(super) struct Signer(Slot);

impl Signer {
    /// Compiles the template of the secret.
    pub(super) fn compile(compiler: &mut Compiler, secret: &str) -> Result<Self, Refused> {
        compiler.slot("sign.standardWebhooks", secret).map(Self)
    }

    /// Signs the body as it is in `call`: nothing may change it afterwards. The id is the idempotency key, equal on each
    /// attempt; the time is that of the attempt.
    pub(super) fn apply(&self, scope: &Scope, facts: &CallFacts, call: &mut HttpCall) -> Result<(), StepFailure> {
        let [id_name, time_name, signature_name] = NAMES.map(HeaderName::from_static);
        let key = self.key(scope)?;
        let (id, time) = (&facts.idempotency_key, facts.now.as_second());
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| invalid(&self.0.field, "must be a key"))?;
        mac.update(format!("{id}.{time}.").as_bytes());
        mac.update(&call.body);
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        call.headers.insert(id_name, value("webhook-id", id, false)?);
        call.headers.insert(time_name, HeaderValue::from(time));
        call.headers.insert(signature_name, value("webhook-signature", &signature, true)?);
        Ok(())
    }

    fn key(&self, scope: &Scope) -> Result<Zeroizing<Vec<u8>>, StepFailure> {
        let text = Zeroizing::new(self.0.text(scope)?);
        let encoded = text.strip_prefix("whsec_").unwrap_or(&text);
        match STANDARD.decode(encoded) {
            Ok(key) if !key.is_empty() => Ok(Zeroizing::new(key)),
            Ok(_) | Err(_) => Err(invalid(&self.0.field, "must be base64, with or without whsec_ before it")),
        }
    }
}
