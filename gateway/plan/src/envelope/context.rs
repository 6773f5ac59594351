//! `$context`: what expressions see of a delivery. Decides which parts of it a workflow looks at, and builds those alone.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, header};
use url::form_urlencoded;

use super::{Envelope, Request};
use crate::expr::Reference;
use crate::json::{Json, Projection};
use crate::request::Identity;

/// The root variable.
const ROOT: &str = "$context";

/// The root variable of an execution of several deliveries.
const BATCH: &str = "$batch";

/// How a member is built from a delivery and the parts wanted of the member. A call has none of what a request has.
type Build = fn(&Parts<'_>, &Projection) -> Json;

/// Every member of `$context`.
const PARTS: [(&str, Build); 14] = [
    ("data", |parts, _| parts.data.clone()),
    ("headers", |parts, wanted| parts.request().map_or_else(empty, |request| headers(&request.headers, wanted))),
    ("query", |parts, _| query(parts.request().and_then(|request| request.query.as_deref()))),
    ("params", |parts, _| params(parts.request().map_or(&[], |request| &request.params))),
    ("event", |parts, _| parts.text(|request| request.event.as_deref())),
    ("deliveryID", |parts, _| parts.text(|request| request.delivery_id.as_deref())),
    ("identity", |parts, _| parts.request().map_or(Json::Null, |request| identity(&request.identity))),
    ("method", |parts, _| parts.text(|request| Some(&request.method))),
    ("path", |parts, _| parts.text(|request| Some(&request.path))),
    ("url", |parts, _| parts.text(|request| Some(&request.url))),
    ("clientIP", |parts, _| {
        parts.request().map_or(Json::Null, |request| Json::from(request.client.to_canonical().to_string()))
    }),
    ("receivedAt", |parts, _| Json::from(parts.envelope.received_at.to_string())),
    ("raw", |parts, _| Json::Bytes(parts.body.clone())),
    ("signature", |parts, _| parts.text(|request| request.signature.as_deref())),
];

/// Which parts of `$context` a workflow looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub(super) context: Projection,
    pub(super) batch: bool,
}

/// What `$context` is built from.
pub(crate) struct Parts<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) body: &'a Bytes,
    pub(crate) data: &'a Json,
}

impl Wanted {
    /// The union of all that a workflow's expressions read.
    pub fn by<'r>(references: impl IntoIterator<Item = &'r Reference>) -> Self {
        let mut context = Projection::nothing();
        let mut batch = false;
        for reference in references {
            if let Some(path) = reference.within(ROOT, &[]) {
                context.add(path);
            }
            batch |= reference.within(BATCH, &[]).is_some();
        }
        Self { context, batch }
    }

    /// All of it.
    pub(crate) const fn all() -> Self {
        Self { context: Projection::All, batch: false }
    }

    /// What of the body is read into values.
    pub fn body(&self) -> &Projection {
        const WHOLE: Projection = Projection::All;
        if self.batch { &WHOLE } else { self.context.member("data") }
    }

    /// `$context` as far as the workflow looks at it.
    pub(crate) fn context(&self, parts: &Parts<'_>) -> Json {
        let wanted = PARTS.iter().map(|(name, build)| (*name, build, self.context.member(name)));
        let present = wanted.filter(|(_, _, wanted)| **wanted != Projection::Nothing);
        Json::object(present.map(|(name, build, wanted)| (name, build(parts, wanted))))
    }
}

/// One item of `$batch`; `id` is the delivery's own, where it has one.
pub(crate) fn item(parts: &Parts<'_>) -> Json {
    const MEMBERS: [(&str, &str); 5] = [
        ("data", "data"),
        ("headers", "headers"),
        ("identity", "identity"),
        ("receivedAt", "receivedAt"),
        ("id", "deliveryID"),
    ];
    Json::object(MEMBERS.iter().filter_map(|(name, part)| {
        let (_, build) = PARTS.iter().find(|(known, _)| known == part)?;
        Some((*name, build(parts, &Projection::All)))
    }))
}

impl Parts<'_> {
    fn request(&self) -> Option<&Request> {
        self.envelope.request()
    }

    fn text(&self, of: impl Fn(&Request) -> Option<&str>) -> Json {
        self.request().and_then(of).map_or(Json::Null, Json::text)
    }
}

fn empty() -> Json {
    Json::object([])
}

/// Lower-case names; a repeated field is one value. Only the fields that are named, where all of them are.
fn headers(fields: &HeaderMap, wanted: &Projection) -> Json {
    match wanted {
        Projection::Members(named) => Json::object(
            named
                .keys()
                .filter_map(|name| Some((&**name, field(fields, &HeaderName::from_lowercase(name.as_bytes()).ok()?)?))),
        ),
        Projection::All | Projection::Nothing => {
            Json::object(fields.keys().filter_map(|name| Some((name.as_str(), field(fields, name)?))))
        }
    }
}

fn field(fields: &HeaderMap, name: &HeaderName) -> Option<Json> {
    let values = fields.get_all(name);
    let texts: Vec<Cow<'_, str>> = values.iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    // HTTP/2 splits a cookie into fields that belong together with `; ` (RFC 9113, 8.2.3).
    let separator = if *name == header::COOKIE { "; " } else { ", " };
    (!texts.is_empty()).then(|| Json::from(texts.join(separator)))
}

/// Decoded as a form is (`+` is a space); a name that stands once is text, a repeated one a list.
fn query(raw: Option<&str>) -> Json {
    let mut values: BTreeMap<Cow<'_, str>, Vec<Json>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
        values.entry(name).or_default().push(Json::text(&value));
    }
    Json::Object(Arc::new(values.into_iter().map(|(name, values)| (Arc::from(&*name), one_or_list(values))).collect()))
}

fn one_or_list(mut values: Vec<Json>) -> Json {
    if values.len() == 1 { values.pop().unwrap_or_default() } else { Json::list(values) }
}

fn params(pairs: &[(String, String)]) -> Json {
    Json::object(pairs.iter().map(|(name, value)| (name.as_str(), Json::text(value))))
}

fn identity(identity: &Identity) -> Json {
    let key = identity.key.and_then(|position| u64::try_from(position).ok());
    Json::object([
        ("scheme", Json::text(&identity.scheme)),
        ("key", key.map_or(Json::Null, Json::from)),
        ("subject", identity.subject.as_deref().map_or(Json::Null, Json::text)),
        ("claims", Json::Null),
    ])
}
