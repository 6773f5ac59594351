//! `auth`: the `Authorization` field.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap};

use super::compile::{Compiler, Refused};
use super::headers::value;
use super::slot::{Slot, invalid};
use crate::plan::HttpAuth;
use crate::reason::StepFailure;
use crate::scope::Scope;

/// A compiled `auth`.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    /// RFC 7617.
    Basic { username: Slot, password: Slot },
    /// RFC 6750.
    Bearer(Slot),
}

impl Auth {
    /// Compiles `auth`.
    pub(super) fn compile(compiler: &mut Compiler, auth: &HttpAuth) -> Result<Self, Refused> {
        match auth {
            HttpAuth::Basic { username, password } => {
                let username = compiler.slot("auth.basic.username", username);
                let password = compiler.slot("auth.basic.password", password);
                Ok(Self::Basic { username: username?, password: password? })
            }
            HttpAuth::Bearer(token) => Ok(Self::Bearer(compiler.slot("auth.bearer", token)?)),
        }
    }

    /// Sets `Authorization`; its value is sensitive wherever it came from.
    pub(super) fn apply(&self, scope: &Scope, headers: &mut HeaderMap) -> Result<(), StepFailure> {
        let (field, text) = match self {
            Self::Basic { username, password } => (&username.field, basic(username, password, scope)?),
            Self::Bearer(token) => (&token.field, bearer(token, scope)?),
        };
        headers.insert(AUTHORIZATION, value(field, &text, true)?);
        Ok(())
    }
}

/// RFC 7617, section 2: a user name cannot hold a colon, neither part control characters.
fn basic(username: &Slot, password: &Slot, scope: &Scope) -> Result<String, StepFailure> {
    let (name, word) = (username.text(scope)?, password.text(scope)?);
    if name.contains(':') || name.contains(char::is_control) {
        return Err(invalid(&username.field, "must not contain a colon or control characters"));
    }
    if word.contains(char::is_control) {
        return Err(invalid(&password.field, "must not contain control characters, such as a line feed at its end"));
    }
    Ok(format!("Basic {}", STANDARD.encode(format!("{name}:{word}"))))
}

fn bearer(token: &Slot, scope: &Scope) -> Result<String, StepFailure> {
    let text = token.text(scope)?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid(&token.field, "must be visible ASCII without spaces or a line feed, and not empty"));
    }
    Ok(format!("Bearer {text}"))
}
