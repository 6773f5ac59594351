//! The request line: method, target, version (RFC 9112, 3).

use http::Uri;
use http::uri::{Authority, Scheme};

use super::{Flaw, TARGET_SIZE, line};

/// The version of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// HTTP/1.0.
    Ten,
    /// HTTP/1.1.
    Eleven,
}

/// What of the request line frames the message.
#[derive(Debug)]
pub(super) struct RequestLine {
    pub(super) version: Version,
    /// Of an absolute target.
    pub(super) authority: Option<Authority>,
}

impl RequestLine {
    pub(super) fn read(text: &[u8]) -> Result<Self, Flaw> {
        let (method, rest) = line::split(text, b' ').ok_or(Flaw::RequestLine)?;
        let (target, version) = line::split(rest, b' ').ok_or(Flaw::RequestLine)?;
        if !line::is_token(method) {
            return Err(Flaw::RequestLine);
        }
        let version = version_of(version)?;
        if target.len() > TARGET_SIZE {
            return Err(Flaw::TargetTooLong);
        }
        if method == b"CONNECT" {
            return Err(Flaw::Tunnel);
        }
        Ok(Self { version, authority: authority(method, target)? })
    }
}

fn version_of(text: &[u8]) -> Result<Version, Flaw> {
    match text {
        b"HTTP/1.1" => Ok(Version::Eleven),
        b"HTTP/1.0" => Ok(Version::Ten),
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => Err(Flaw::Version),
        _ => Err(Flaw::RequestLine),
    }
}

/// The authority of an absolute target; `None` of the other forms that are taken.
fn authority(method: &[u8], target: &[u8]) -> Result<Option<Authority>, Flaw> {
    let is_plain = target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    let uri = if is_plain { Uri::try_from(target).map_err(|_| Flaw::Target)? } else { return Err(Flaw::Target) };
    match (target, uri.scheme(), uri.authority()) {
        ([b'/', ..], None, None) => Ok(None),
        (b"*", None, None) if method == b"OPTIONS" => Ok(None),
        (_, Some(scheme), Some(authority)) if [Scheme::HTTP, Scheme::HTTPS].contains(scheme) => {
            if is_host(authority) {
                Ok(Some(authority.clone()))
            } else {
                Err(Flaw::Target)
            }
        }
        (_, Some(_) | None, Some(_) | None) => Err(Flaw::Target),
    }
}

/// The host of a Host field.
pub(super) fn host(value: &[u8]) -> Result<Authority, Flaw> {
    let authority = Authority::try_from(value).map_err(|_| Flaw::HostInvalid)?;
    if is_host(&authority) { Ok(authority) } else { Err(Flaw::HostInvalid) }
}

/// Whether this is a host and perhaps a port, and nothing else: no user, no port that is none, no list.
fn is_host(authority: &Authority) -> bool {
    let (host, port) = (authority.host(), authority.port().map_or(0, |port| port.as_str().len() + 1));
    let is_one = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%[:]".contains(&byte));
    is_one && !host.is_empty() && host.len() + port == authority.as_str().len()
}
