//! URLs that a request may be sent to: refuses every form whose reading depends on the reader. Judges no address.
//!
//! What is checked here is what is used afterwards: callers keep the [`Url`], never the text.

use url::{Host, Url};

use crate::limits::URL_SIZE;

/// Why a text is not a URL that a request may be sent to. Messages hold nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// More than [`URL_SIZE`] bytes.
    #[error("the URL must not be longer than {URL_SIZE} bytes")]
    TooLong,
    /// URL readers drop tabs and newlines, and some cut at NUL.
    #[error("the URL must not contain white space or control characters")]
    Whitespace,
    /// Browsers read it as a slash, others as part of the host.
    #[error("the URL must not contain a backslash")]
    Backslash,
    /// It does not parse.
    #[error("the URL must be absolute and well-formed")]
    Malformed,
    /// Another scheme.
    #[error("the URL must begin with https:// or http://")]
    Scheme,
    /// `user:password@`: credentials belong to `auth`, and the form is the usual disguise of another host.
    #[error("the URL must not contain user information")]
    UserInformation,
    /// No host.
    #[error("the URL must have a host")]
    Host,
    /// Port 0.
    #[error("the URL must not have port 0")]
    Port,
    /// It would never be sent.
    #[error("the URL must not have a fragment")]
    Fragment,
}

/// Reads an absolute URL. The host is canonical afterwards: lower case, ASCII, no dot at its end, every numeric form
/// (`0x7f.1`, `2130706433`) an address.
pub fn target(text: &str) -> Result<Url, TargetError> {
    check_text(text)?;
    let mut url = Url::parse(text).map_err(|_| TargetError::Malformed)?;
    check_parts(&url)?;
    drop_trailing_dot(&mut url)?;
    Ok(url)
}

fn check_text(text: &str) -> Result<(), TargetError> {
    if text.len() > URL_SIZE {
        return Err(TargetError::TooLong);
    }
    if text.chars().any(|one| one.is_whitespace() || one.is_control()) {
        return Err(TargetError::Whitespace);
    }
    if text.contains('\\') {
        return Err(TargetError::Backslash);
    }
    let (scheme, rest) = text.split_once(':').ok_or(TargetError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(TargetError::Scheme);
    }
    // `https:host`, `https:/host` and `https:///host` are read as `https://host` by some.
    let authority = rest.strip_prefix("//").ok_or(TargetError::Malformed)?;
    if authority.starts_with(['/', '?', '#', ':', '@']) || authority.is_empty() {
        return Err(TargetError::Host);
    }
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') { Err(TargetError::UserInformation) } else { Ok(()) }
}

fn check_parts(url: &Url) -> Result<(), TargetError> {
    match url.scheme() {
        "http" | "https" => {}
        _ => return Err(TargetError::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TargetError::UserInformation);
    }
    if url.port() == Some(0) {
        return Err(TargetError::Port);
    }
    if url.fragment().is_some() {
        return Err(TargetError::Fragment);
    }
    Ok(())
}

fn drop_trailing_dot(url: &mut Url) -> Result<(), TargetError> {
    let name = match url.host() {
        Some(Host::Domain(name)) => name,
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Ok(()),
        None => return Err(TargetError::Host),
    };
    let bare = name.strip_suffix('.').unwrap_or(name);
    if bare.split('.').any(str::is_empty) {
        return Err(TargetError::Host);
    }
    let bare = bare.to_owned();
    url.set_host(Some(&bare)).map_err(|_| TargetError::Host)
}
