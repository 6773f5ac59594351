//! Makes a correctly signed request for a scheme, as its sender would: for `boathook sign` and `send`, and for tests.
//!
//! The counterpart of [`super::Verifier`]; never used on the request path.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::plan::{KeySpec, Scheme};
use crate::request::RawRequest;
use crate::secret::KeyValue;

use super::check::Check;
use super::content::Unsigned;
use super::keys::{KeyFault, decode};
use super::token::TokenPlace;

/// What a sender adds of its own to each delivery.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The signing time.
    pub now: Timestamp,
    /// The delivery's id, used where the scheme has one.
    pub id: &'a str,
}

/// Why a request cannot be signed. Nothing of the key is in a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The scheme itself cannot be compiled.
    #[error("the scheme cannot be used to sign: {0}")]
    Scheme(String),
    /// The key cannot be used.
    #[error("{0}")]
    Key(String),
    /// A password file holds no passwords.
    #[error("the password is not in an htpasswd file: give a username and a password")]
    HashedPassword,
    /// The form signs a part that the request does not have, or that it would refuse.
    #[error("the request lacks a part that is signed, or has it in a form that would be refused")]
    Content,
    /// A token that cannot stand in a header.
    #[error("the key must have only characters that a header field can hold")]
    NotAHeader,
}

/// Adds to `request` the header fields (or the query parameter) that make a scheme accept it with `key`, which is the
/// value of a key with the use `Sign` and is described by `spec`. Fields that are there already are replaced.
pub fn sign(
    scheme: &Scheme,
    spec: &KeySpec,
    key: &KeyValue,
    mut request: RawRequest,
    stamp: Stamp<'_>,
) -> Result<RawRequest, SignError> {
    let unusable = |fault: KeyFault| SignError::Key(fault.to_string());
    let content = |_: Unsigned| SignError::Content;
    let check = Check::compile(scheme).map_err(|fault| {
        SignError::Scheme(fault.map_or("unknown preset or name".to_owned(), |fault| fault.to_string()))
    })?;
    match check {
        Check::Signatures(signatures) => {
            signatures.sign(spec, key, &mut request, stamp).map_err(unusable)?.map_err(content)?;
        }
        Check::Jwt(jwt) => {
            let token = jwt.sign(spec, key, stamp).map_err(unusable)?;
            present(&mut request, &TokenPlace::Bearer, token.as_bytes())?;
        }
        Check::Own(own) => own.sign(spec, key, &mut request, stamp).map_err(unusable)?.map_err(content)?,
        Check::Token { place, .. } => {
            let token = decode(spec, key).map_err(unusable)?;
            present(&mut request, &place, token.expose())?;
        }
        Check::Basic { .. } => {
            let KeyValue::BasicAuth { username, password } = key else { return Err(SignError::HashedPassword) };
            let pair = [username.0.expose(), b":", password.0.expose()].concat();
            set(&mut request, header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)).as_bytes())?;
        }
    }
    Ok(request)
}

fn present(request: &mut RawRequest, place: &TokenPlace, token: &[u8]) -> Result<(), SignError> {
    match place {
        TokenPlace::Bearer => set(request, header::AUTHORIZATION, &[b"Bearer ", token].concat()),
        TokenPlace::Header(name) => set(request, name.clone(), token),
        TokenPlace::Query(name) => {
            let encode = |bytes| percent_encode(bytes, NON_ALPHANUMERIC).to_string();
            let pair = format!("{}={}", encode(name.as_bytes()), encode(token));
            request.url.push(if request.query.is_some() { '&' } else { '?' });
            request.url.push_str(&pair);
            request.query = Some(request.query.take().map_or(pair.clone(), |query| format!("{query}&{pair}")));
            Ok(())
        }
    }
}

fn set(request: &mut RawRequest, name: HeaderName, value: &[u8]) -> Result<(), SignError> {
    let mut value = HeaderValue::from_bytes(value).map_err(|_| SignError::NotAHeader)?;
    value.set_sensitive(true);
    request.headers.insert(name, value);
    Ok(())
}
