//! Which requests a route takes by path and method; decides what the others are told.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, Method};

use super::RouteError;
use super::content_type::ContentTypes;
use super::cors::Cors;
use crate::address::{self, Networks};
use crate::plan::Webhook;
use crate::table::Pattern;

/// A route's path and methods.
#[derive(Clone, Debug)]
pub struct Intake {
    pattern: Pattern,
    methods: Vec<Method>,
    allow: HeaderValue,
    host: Option<String>,
    base_url: String,
    max_body_size: u64,
    types: ContentTypes,
    trusted: Networks,
    access: Option<Networks>,
    cors: Option<Cors>,
}

/// What becomes of a request by its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodVerdict {
    /// It may start the workflow.
    Runs,
    /// It starts nothing, and may be a handshake: the verification says.
    HandshakeOnly,
    /// HEAD: answered 200 without a body. Some senders ask so whether the URL is alive.
    Alive,
    /// OPTIONS: answered with `Allow`.
    Options,
    /// 405 with `Allow`.
    Refused,
}

impl Intake {
    /// Compiles path and methods.
    pub fn of(webhook: &Webhook) -> Result<Self, RouteError> {
        let methods = webhook.methods.iter().map(|name| method(name)).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<&str> = methods.iter().map(Method::as_str).chain(["HEAD", "OPTIONS"]).collect();
        let text = names.join(", ");
        let allow = HeaderValue::from_str(&text).map_err(|_| RouteError::Method(text))?;
        Ok(Self {
            pattern: Pattern::parse(&webhook.path)?,
            methods,
            allow,
            host: webhook.host.clone(),
            base_url: webhook.base_url.clone(),
            max_body_size: webhook.max_body_size,
            types: ContentTypes::of(&webhook.policy),
            trusted: Networks::of(&webhook.policy.trusted_proxies),
            cors: Cors::of(webhook),
            access: webhook.policy.access.as_deref().map(Networks::of),
        })
    }

    /// The path.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The host whose table it is in; `None` is the gateway's default table.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Bytes of a body at most.
    pub fn max_body_size(&self) -> u64 {
        self.max_body_size
    }

    /// Who sent a request that came from `peer`.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        address::client(peer, headers, &self.trusted)
    }

    /// Whether a client may send anything.
    pub fn admits(&self, client: IpAddr) -> bool {
        self.access.as_ref().is_none_or(|networks| networks.contain(client))
    }

    /// Which web pages may call it; `None`: none.
    pub fn cors(&self) -> Option<&Cors> {
        self.cors.as_ref()
    }

    /// Which types of bodies it takes.
    pub fn types(&self) -> &ContentTypes {
        &self.types
    }

    /// The URL that a sender of this target would have signed.
    pub fn url(&self, target: &str) -> String {
        format!("{}{target}", self.base_url)
    }

    /// The methods that start the workflow.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// The field of a 405 and of OPTIONS (RFC 9110, 10.2.1).
    pub fn allow(&self) -> &HeaderValue {
        &self.allow
    }

    /// Judges a method; `handshakes` are those that the verification lets through.
    pub fn judge(&self, method: &Method, mut handshakes: impl Iterator<Item = Method>) -> MethodVerdict {
        if self.methods.contains(method) {
            MethodVerdict::Runs
        } else if handshakes.any(|known| known == *method) {
            MethodVerdict::HandshakeOnly
        } else if *method == Method::HEAD {
            MethodVerdict::Alive
        } else if *method == Method::OPTIONS {
            MethodVerdict::Options
        } else {
            MethodVerdict::Refused
        }
    }
}

/// Only the methods that a workflow can name; HEAD and OPTIONS are answered without it.
fn method(name: &str) -> Result<Method, RouteError> {
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
        .into_iter()
        .find(|known| known.as_str() == name)
        .ok_or_else(|| RouteError::Method(name.to_owned()))
}
