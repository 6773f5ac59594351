//! Shared texts: bearer tokens, API keys, and the tokens that some senders put into a header. None covers the body.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, header};
use jiff::Timestamp;

use crate::plan::ApiKeyPlace;
use crate::reason::Reason;
use crate::request::RawRequest;
use crate::secret::Secret;

use super::field;
use super::keys::KeyRing;

/// The challenge of a bearer token (RFC 6750, 3).
pub(super) const CHALLENGE: &str = r#"Bearer realm="boathook""#;

/// Where a token is presented.
#[derive(Clone, Debug)]
pub(super) enum TokenPlace {
    /// `Authorization: Bearer …` (RFC 6750, 2.1); never in the query or the body.
    Bearer,
    /// The whole value of a header field.
    Header(HeaderName),
    /// The decoded value of a query parameter.
    Query(String),
}

impl TokenPlace {
    /// The place of an API key; `None` when the header's name is not one.
    pub(super) fn of(place: &ApiKeyPlace) -> Option<Self> {
        match place {
            ApiKeyPlace::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok().map(Self::Header),
            ApiKeyPlace::Query(name) => (!name.is_empty()).then(|| Self::Query(name.clone())),
        }
    }

    /// Whether a request could present this token here: a field holds no line break, and no space at either end.
    pub(super) fn can_hold(&self, token: &[u8]) -> bool {
        match self {
            Self::Bearer | Self::Header(_) => HeaderValue::from_bytes(token).is_ok() && token.trim_ascii() == token,
            Self::Query(_) => true,
        }
    }

    /// The position of the key that the request presents.
    pub(super) fn verify(&self, request: &RawRequest, keys: &KeyRing<Secret>, now: Timestamp) -> Result<usize, Reason> {
        let presented = self.presented(request)?.ok_or(Reason::SignatureMissing)?;
        keys.find(now, Reason::CredentialsInvalid, |key| key.matches(&presented))
    }

    /// What the request presents; an empty token is none.
    fn presented<'a>(&self, request: &'a RawRequest) -> Result<Option<Cow<'a, [u8]>>, Reason> {
        let presented = match self {
            Self::Bearer => credentials(request, "bearer")?.map(Into::into),
            Self::Header(name) => field::header(&request.headers, name)?.map(Into::into),
            Self::Query(name) => field::query(request.query.as_deref(), name)?,
        };
        Ok(presented.filter(|token| !token.is_empty()))
    }
}

/// What stands behind the scheme's name in `Authorization`; names of schemes have no case (RFC 9110, 11.1). `None` when
/// there is no such header or it is another scheme's.
pub(super) fn credentials<'a>(request: &'a RawRequest, scheme: &str) -> Result<Option<&'a [u8]>, Reason> {
    let Some(value) = field::header(&request.headers, &header::AUTHORIZATION)? else { return Ok(None) };
    let space = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (name, rest) = value.split_at(space);
    Ok(name.eq_ignore_ascii_case(scheme.as_bytes()).then(|| rest.trim_ascii_start()))
}

impl From<field::Repeated> for Reason {
    fn from(field::Repeated: field::Repeated) -> Self {
        Self::CredentialsInvalid
    }
}
