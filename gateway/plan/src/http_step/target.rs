//! Where a request goes: a URL with templates, in which no value can change more than the place it stands in.
//!
//! The text is taken apart when it is compiled; values are encoded into the parts and the result is checked again. So no
//! payload changes the scheme, the host, the number of path segments, or the names and the number of query parameters.

mod encode;
mod parse;
mod piece;

use url::Url;

pub(super) use self::encode::value as percent_encoded;
use self::piece::Pieces;
use super::compile::{Compiler, Refused};
use super::slot::{Slot, failed, invalid};
use crate::egress::{self, TargetError};
use crate::expr::Expr;
use crate::limits::URL_SIZE;
use crate::plan::HttpStep;
use crate::reason::{StepFailure, StepReason};
use crate::scope::Scope;
use crate::template::text_of;

const FIELD: &str = "url";

/// A compiled URL, `query` and `hosts`.
#[derive(Clone, Debug)]
pub(super) struct Target {
    base: Base,
    /// Path segments; each may hold templates.
    path: Vec<Pieces>,
    /// Parameters of the URL itself.
    query: Vec<Parameter>,
    /// Parameters of `query`.
    more: Vec<(String, Vec<Slot>)>,
    /// Patterns of hosts that may be reached; empty where the step names none.
    hosts: Vec<String>,
    /// Whether a secret goes into it.
    secret: bool,
}

/// Scheme and authority.
#[derive(Clone, Debug)]
enum Base {
    /// `https://host:port`
    Constant(String),
    /// Scheme with `://`, and an authority that holds templates.
    Authority(String, Pieces),
    /// A template whose value begins with scheme and authority.
    Value(Expr),
}

/// One parameter of a URL's own query: what stands before `=` is constant.
#[derive(Clone, Debug)]
struct Parameter {
    name: String,
    value: Option<Pieces>,
}

impl Target {
    /// Takes `url`, `query` and `hosts` apart.
    pub(super) fn compile(compiler: &mut Compiler, step: &HttpStep) -> Result<Self, Refused> {
        let slot = compiler.slot(FIELD, &step.url)?;
        let parts = parse::parts(piece::pieces(&slot.template)).map_err(|why| compiler.refuse(FIELD, why));
        let more = compiler.each(&step.query, |compiler, (name, values)| {
            Ok((name.clone(), compiler.slots(&format!("query.{name}"), values)?))
        });
        let (parse::Parts { base, path, query }, more) = (parts?, more?);
        let secret = slot.is_secret() || more.iter().flat_map(|(_, slots)| slots).any(Slot::is_secret);
        let target = Self { base, path, query, more, hosts: step.hosts.clone(), secret };
        target.check_constant_host(compiler)?;
        Ok(target)
    }

    /// Whether the author of the workflow named the hosts that it may reach.
    pub(super) fn is_bound(&self) -> bool {
        match &self.base {
            Base::Constant(_) => true,
            Base::Authority(..) | Base::Value(_) => !self.hosts.is_empty(),
        }
    }

    /// Whether a secret goes into it.
    pub(super) fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether `url` may be sent to as far as `hosts` says.
    pub(super) fn admits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        self.hosts.is_empty() || self.hosts.iter().any(|pattern| egress::host_matches(pattern, host))
    }

    /// The URL with the values of `scope`.
    pub(super) fn render(&self, scope: &Scope) -> Result<Url, StepFailure> {
        let mut text = self.base(scope)?;
        for segment in &self.path {
            text.push('/');
            text.push_str(&encode::segment(segment, scope)?);
            fits(&text)?;
        }
        let mut separator = '?';
        for parameter in &self.query {
            text.push(std::mem::replace(&mut separator, '&'));
            text.push_str(&parameter.name);
            if let Some(value) = &parameter.value {
                text.push('=');
                text.push_str(&encode::query(value, scope)?);
                fits(&text)?;
            }
        }
        for (name, slot) in self.more.iter().flat_map(|(name, slots)| slots.iter().map(move |slot| (name, slot))) {
            text.push(std::mem::replace(&mut separator, '&'));
            text.push_str(&encode::value(name));
            text.push('=');
            text.push_str(&encode::value(&slot.text(scope)?));
            fits(&text)?;
        }
        self.checked(&text)
    }

    fn base(&self, scope: &Scope) -> Result<String, StepFailure> {
        match &self.base {
            Base::Constant(base) => Ok(base.clone()),
            Base::Authority(scheme, authority) => Ok(format!("{scheme}{}", encode::authority(authority, scope)?)),
            Base::Value(expr) => {
                let text = text_of(&expr.eval(scope).map_err(|error| failed(FIELD, &error))?);
                if self.path.is_empty() && self.query.is_empty() && self.more.is_empty() {
                    return Ok(text);
                }
                // What follows would land in the query of a base that has one.
                if text.contains('?') {
                    return Err(invalid(FIELD, "a URL that more is added to must not have a query"));
                }
                Ok(if self.path.is_empty() { text } else { text.trim_end_matches('/').to_owned() })
            }
        }
    }

    fn checked(&self, text: &str) -> Result<Url, StepFailure> {
        let url = egress::target(text).map_err(|error| invalid(FIELD, &error.to_string()))?;
        if self.admits(&url) {
            Ok(url)
        } else {
            Err(StepFailure::new(StepReason::EgressDenied, format!("{FIELD}: the host is not one of the step's hosts")))
        }
    }

    fn check_constant_host(&self, compiler: &mut Compiler) -> Result<(), Refused> {
        let Base::Constant(base) = &self.base else { return Ok(()) };
        match egress::target(base) {
            Ok(url) if self.admits(&url) => Ok(()),
            Ok(_) => Err(compiler.refuse("hosts", "must list the URL's own host")),
            Err(error) => Err(compiler.refuse(FIELD, error.to_string())),
        }
    }
}

/// Asked while a URL grows: each value is within its limit, and all of them would fill the memory.
fn fits(text: &str) -> Result<(), StepFailure> {
    if text.len() > URL_SIZE { Err(invalid(FIELD, &TargetError::TooLong.to_string())) } else { Ok(()) }
}
