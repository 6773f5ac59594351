//! A delivery as a workflow's sender would make it: method, path, body and signature. Pure: the body, the time and the
//! id are arguments.

mod parts;

use std::net::{IpAddr, Ipv4Addr};

use boathook_operator_core::compile::CompiledRoute;
use boathook_plan::plan::{KeyUse, Match, Plan, Scheme, SchemeKind, TimestampPlace, TimestampUnit, Verification};
use boathook_plan::request::RawRequest;
use boathook_plan::secret::KeyValue;
use boathook_plan::verify::preset::{self, Place};
use boathook_plan::verify::sign::{SignError, Stamp, sign};
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
    let verification = route.plan.webhook.as_ref().and_then(|webhook| webhook.verification.as_ref());
    let Some(verification) = verification else { return Ok(request) };
    for (scheme, values) in schemes(verification).zip(&route.keys.schemes) {
        request = with_facts(scheme, request, event.as_deref(), stamp.id)?;
        request = signed_by(scheme, values, &request, stamp)?;
    }
    Ok(request)
}

fn unsigned(plan: &Plan, delivery: Delivery, stamp: Stamp<'_>) -> Result<RawRequest, Failure> {
    let Some(webhook) = &plan.webhook else {
        let message = format!("send to {}: it has no webhook, only `call` steps start it", plan.workflow.name);
        return Err(Failure::no(message));
    };
    let (path, query) = delivery.target.unwrap_or_else(|| (sample(&webhook.path), None));
    let first = webhook.methods.first().map_or("POST", String::as_str);
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
        url: format!("{}{path}{asked}", webhook.base_url),
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
    let name = match &scheme.kind {
        SchemeKind::Preset(name) => name,
        SchemeKind::Hmac(form) => return Ok(parts::with_parts(form, request)),
        SchemeKind::Basic | SchemeKind::Bearer | SchemeKind::ApiKey(_) | SchemeKind::Jwt(_) => return Ok(request),
    };
    let Some(preset) = preset::find(name) else { return Ok(request) };
    if let Some(event) = event {
        match preset.event.first() {
            Some(Place::Header(field)) => insert(&mut request, field, event)?,
            Some(Place::Query(name)) => {
                return Err(Failure::usage(format!("say the event {event}: {name:?} of the query says it"))
                    .next("put it into --url, and leave --event out"));
            }
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

/// Signs with the first key that is in force and that one can sign with.
fn signed_by(
    scheme: &Scheme,
    values: &[Option<KeyValue>],
    request: &RawRequest,
    stamp: Stamp<'_>,
) -> Result<RawRequest, Failure> {
    let now = stamp.now.as_millisecond();
    let pairs = scheme.keys.iter().zip(values).filter_map(|(spec, value)| Some((spec, value.as_ref()?)));
    let usable = pairs
        .filter(|(spec, _)| spec.use_ == KeyUse::Sign && spec.not_after_ms.is_none_or(|not_after| now <= not_after));
    let mut fault = None;
    for (spec, value) in usable {
        match sign(scheme, spec, value, request.clone(), stamp) {
            Ok(signed) => return Ok(signed),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    Err(unsignable(scheme, fault.as_ref(), stamp))
}

fn unsignable(scheme: &Scheme, fault: Option<&SignError>, stamp: Stamp<'_>) -> Failure {
    let name = scheme.kind.name();
    let Some(fault) = fault else {
        return Failure::no(format!("sign for {name}: none of its keys is there and in force"))
            .next("boathook validate says which Secret is missing");
    };
    let failure = Failure::no(format!("sign for {name}: {fault}"));
    match fault {
        SignError::HashedPassword => {
            failure.next("curl -u NAME:PASSWORD URL, with the URL that `boathook routes` shows")
        }
        SignError::Content => match signing_time(scheme) {
            Some((pointer, unit)) => {
                let (seconds, millis) = (stamp.now.as_second(), stamp.now.as_millisecond());
                let time = match unit {
                    TimestampUnit::Seconds => seconds,
                    TimestampUnit::Milliseconds => millis,
                };
                failure.next(format!("--data with the time of signing at {pointer}, such as {time}"))
            }
            None => failure,
        },
        SignError::Scheme(_) | SignError::Key(_) | SignError::NotAHeader => failure,
    }
}

/// Where the body itself says when it was signed.
fn signing_time(scheme: &Scheme) -> Option<(String, TimestampUnit)> {
    let form = match &scheme.kind {
        SchemeKind::Hmac(form) => (**form).clone(),
        SchemeKind::Preset(name) => preset::find(name)?.variants().into_iter().next()?.form,
        SchemeKind::Basic | SchemeKind::Bearer | SchemeKind::ApiKey(_) | SchemeKind::Jwt(_) => return None,
    };
    let timestamp = form.timestamp?;
    match timestamp.place {
        TimestampPlace::BodyPointer(pointer) => Some((pointer, timestamp.unit)),
        TimestampPlace::Header(_) | TimestampPlace::SignatureKey(_) => None,
    }
}
