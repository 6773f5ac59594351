//! A delivery as a workflow's sender would make it: method, path, body and signature. Pure: the body, the time and the
//! id are arguments.

use std::net::{IpAddr, Ipv4Addr};

use boathook_operator_core::compile::CompiledRoute;
use boathook_plan::plan::{KeyUse, Match, Plan, Scheme, SchemeKind, Verification};
use boathook_plan::request::RawRequest;
use boathook_plan::secret::KeyValue;
use boathook_plan::verify::preset::{self, Place};
use boathook_plan::verify::sign::{Stamp, sign};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::failure::Failure;
use crate::route_list::sample;

/// What is to be delivered.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The method; the workflow's first one otherwise.
    pub method: Option<Method>,
    /// Path and query; the workflow's own path otherwise.
    pub target: Option<(String, Option<String>)>,
    /// Fields of the caller's own.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The event, where the sender's scheme says it in a header field.
    pub event: Option<String>,
}

/// The request, signed as the route's verification wants it.
pub fn signed(route: &CompiledRoute, delivery: Delivery, stamp: Stamp<'_>) -> Result<RawRequest, Failure> {
    let event = delivery.event.clone();
    let mut request = unsigned(&route.plan, delivery, stamp)?;
    let Some(verification) = &route.plan.webhook.verification else { return Ok(request) };
    for (scheme, values) in schemes(verification).zip(&route.keys.schemes) {
        request = with_facts(scheme, request, event.as_deref(), stamp.id)?;
        let (spec, value) = usable_key(scheme, values, stamp)?;
        request = sign(&scheme.kind, spec, value, request, stamp)
            .map_err(|error| Failure::no(format!("sign for {}: {error}", name(&scheme.kind))))?;
    }
    Ok(request)
}

fn unsigned(plan: &Plan, delivery: Delivery, stamp: Stamp<'_>) -> Result<RawRequest, Failure> {
    let (path, query) = delivery.target.unwrap_or_else(|| (sample(&plan.webhook.path), None));
    let first = plan.webhook.methods.first().map_or("POST", String::as_str);
    let method = match delivery.method {
        Some(method) => method,
        None => first.parse().map_err(|_| Failure::no(format!("send with the method {first}: it is none")))?,
    };
    let mut headers = delivery.headers;
    if !delivery.body.is_empty() && !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let asked = query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(RawRequest {
        url: format!("{}{path}{asked}", plan.webhook.base_url),
        method,
        path,
        query,
        headers,
        body: delivery.body,
        params: Vec::new(),
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
        received_at: stamp.now,
    })
}

/// One scheme suffices where any may hold.
fn schemes(verification: &Verification) -> impl Iterator<Item = &Scheme> {
    let wanted = match verification.match_ {
        Match::Any => 1,
        Match::All => verification.schemes.len(),
    };
    verification.schemes.iter().take(wanted)
}

/// The header fields that a sender adds beside its signature: the event and the delivery's id.
fn with_facts(scheme: &Scheme, mut request: RawRequest, event: Option<&str>, id: &str) -> Result<RawRequest, Failure> {
    let SchemeKind::Preset(name) = &scheme.kind else { return Ok(request) };
    let Some(preset) = preset::find(name) else { return Ok(request) };
    if let Some(event) = event {
        match preset.event.first() {
            Some(Place::Header(field)) => insert(&mut request, field, event)?,
            Some(Place::Body(path)) => {
                let member = path.join(".");
                return Err(Failure::usage(format!(
                    "say the event {event}: {name} says it in the body, at `{member}`"
                ))
                .next("put it into --data, and leave --event out"));
            }
            None => return Err(Failure::usage(format!("say the event {event}: {name} has none"))),
        }
    }
    if let Some(Place::Header(field)) = preset.delivery_id.first().map(|id| id.place)
        && !request.headers.contains_key(field)
    {
        insert(&mut request, field, id)?;
    }
    Ok(request)
}

fn insert(request: &mut RawRequest, field: &'static str, value: &str) -> Result<(), Failure> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| Failure::usage(format!("send {field}: {value:?} cannot stand in a header field")))?;
    request.headers.insert(HeaderName::from_static(field), value);
    Ok(())
}

fn usable_key<'a>(
    scheme: &'a Scheme,
    values: &'a [Option<KeyValue>],
    stamp: Stamp<'_>,
) -> Result<(&'a boathook_plan::plan::KeySpec, &'a KeyValue), Failure> {
    let now = stamp.now.as_millisecond();
    let pairs = scheme.keys.iter().zip(values).filter_map(|(spec, value)| Some((spec, value.as_ref()?)));
    let mut usable = pairs
        .filter(|(spec, _)| spec.use_ == KeyUse::Sign && spec.not_after_ms.is_none_or(|not_after| now <= not_after));
    usable.next().ok_or_else(|| {
        Failure::no(format!("sign for {}: none of its keys is there and in force", name(&scheme.kind)))
            .next("boathook validate says which Secret is missing")
    })
}

fn name(kind: &SchemeKind) -> &str {
    match kind {
        SchemeKind::Preset(name) => name,
        SchemeKind::Hmac(_) => "hmac",
        SchemeKind::Basic => "basic",
        SchemeKind::Bearer => "bearer",
        SchemeKind::ApiKey(_) => "apiKey",
    }
}
