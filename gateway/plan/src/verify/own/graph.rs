//! Microsoft Graph: every item of `value` must have a `clientState` that is one of the workflow's keys.
//!
//! Source: <https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks>. The tokens of rich notifications
//! (`validationTokens`) are not looked at.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;
use crate::verify::extract::UNVERIFIED_SIZE;
use crate::verify::keys::KeyRing;

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    value: Vec<Item<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    #[serde(borrow, default)]
    client_state: Option<Cow<'a, str>>,
}

/// The position of the key of the first item, where all items have one. A batch of nothing proves nothing.
pub(super) fn verify(request: &RawRequest, keys: &KeyRing<Secret>, now: Timestamp) -> Result<usize, Reason> {
    let body = Some(&request.body).filter(|body| body.len() <= UNVERIFIED_SIZE).ok_or(Reason::SignatureMissing)?;
    let batch: Batch<'_> = serde_json::from_slice(body).map_err(|_| Reason::SignatureMissing)?;
    let mut first = None;
    for item in &batch.value {
        let state = item.client_state.as_deref().ok_or(Reason::SignatureMissing)?;
        let position = keys.find(now, Reason::CredentialsInvalid, |key| key.matches(state.as_bytes()))?;
        first = first.or(Some(position));
    }
    first.ok_or(Reason::SignatureMissing)
}
