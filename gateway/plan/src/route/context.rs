//! `$context`: what expressions see of a request. Decides which parts of it a workflow looks at, and builds those alone.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, header};
use url::form_urlencoded;

use crate::expr::Reference;
use crate::json::{Json, Projection};
use crate::request::{RawRequest, Verified};
use crate::verify::Verifier;

/// The root variable.
const ROOT: &str = "$context";

/// How a member is built from a request and the parts wanted of the member.
type Build = fn(&Source<'_>, &Projection) -> Json;

/// Every member of `$context`.
const PARTS: [(&str, Build); 14] = [
    ("data", |source, _| source.data.clone()),
    ("headers", |source, wanted| headers(&source.request().headers, wanted)),
    ("query", |source, _| query(source.request().query.as_deref())),
    ("params", |source, _| params(&source.request().params)),
    ("event", |source, _| text(source.verifier.event(source.verified, source.data))),
    ("deliveryID", |source, _| {
        text(source.verifier.delivery_id(source.verified, source.data).map(|delivery| delivery.id))
    }),
    ("identity", |source, _| identity(source.verified)),
    ("method", |source, _| Json::text(source.request().method.as_str())),
    ("path", |source, _| Json::text(&source.request().path)),
    ("url", |source, _| Json::text(&source.request().url)),
    ("clientIP", |source, _| Json::from(source.request().client.to_canonical().to_string())),
    ("receivedAt", |source, _| Json::from(source.request().received_at.to_string())),
    ("raw", |source, _| Json::Bytes(source.request().body.clone())),
    ("signature", |source, _| source.verifier.signature(source.verified).map_or(Json::Null, Json::text)),
];

/// Which parts of `$context` a workflow looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    context: Projection,
    body: Projection,
}

/// What `$context` is built from.
pub(super) struct Source<'a> {
    pub(super) verified: &'a Verified,
    pub(super) verifier: &'a Verifier,
    pub(super) data: &'a Json,
}

impl Wanted {
    /// The union of all that a workflow's expressions read, and of what the verification reads for them of the body.
    pub fn by<'r>(references: impl IntoIterator<Item = &'r Reference>, verifier: &Verifier) -> Self {
        let mut context = Projection::nothing();
        for reference in references {
            if let Some(path) = reference.within(ROOT, &[]) {
                context.add(path);
            }
        }
        let mut body = context.member("data").clone();
        if ["event", "deliveryID"].iter().any(|name| *context.member(name) != Projection::Nothing) {
            verifier.body_paths().for_each(|path| body.add(path.iter().copied()));
        }
        Self { context, body }
    }

    /// What of the body is read into values.
    pub fn body(&self) -> &Projection {
        &self.body
    }

    /// `$context` as far as the workflow looks at it.
    pub(super) fn context(&self, source: &Source<'_>) -> Json {
        let wanted = PARTS.iter().map(|(name, build)| (*name, build, self.context.member(name)));
        let present = wanted.filter(|(_, _, wanted)| **wanted != Projection::Nothing);
        Json::object(present.map(|(name, build, wanted)| (name, build(source, wanted))))
    }
}

impl Source<'_> {
    fn request(&self) -> &RawRequest {
        self.verified.request()
    }
}

fn text(value: Option<String>) -> Json {
    value.map_or(Json::Null, Json::from)
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

fn identity(verified: &Verified) -> Json {
    let identity = verified.identity();
    let key = identity.key.and_then(|position| u64::try_from(position).ok());
    Json::object([
        ("scheme", Json::text(&identity.scheme)),
        ("key", key.map_or(Json::Null, Json::from)),
        ("subject", text(identity.subject.clone())),
        ("claims", Json::Null),
    ])
}
