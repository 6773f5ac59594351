//! `spec.webhook`: where and how requests come in.

use boathook_crds::workflow::webhook::{RateKey as RateKeyText, RateLimit, Webhook};
use boathook_plan::plan::{Rate, RateKey};
use boathook_plan::table::Pattern;

use super::bounds::{BODY_SIZE, LEAST, RATE_PERIOD};
use super::valid::ValidWebhook;
use super::{access, shape, verification};
use crate::field::Field;
use crate::report::Report;

/// Paths that people and load balancers expect of the gateway itself, on a namespace's own host too.
const RESERVED: [&str; 4] = ["/", "/healthz", "/readyz", "/metrics"];

/// The path, or its default.
pub(super) fn path(webhook: &Webhook, name: &str) -> String {
    webhook.path.clone().unwrap_or_else(|| format!("/{name}"))
}

/// Reads it; `name` is the workflow's, for the default path.
pub(super) fn read(webhook: &Webhook, name: &str, at: &Field, report: &mut Report) -> ValidWebhook {
    let path = path(webhook, name);
    if RESERVED.contains(&&*path) {
        report.refuse_once(&at.at("path"), format!("must not be {path}, which is reserved for the gateway"));
    }
    if let Err(error) = Pattern::parse(&path) {
        report.refuse_once(&at.at("path"), error.to_string());
    }
    let request = webhook.request.as_ref();
    let size = request.and_then(|request| request.max_body_size.as_ref());
    let types = request.into_iter().flat_map(|request| &request.content_types);
    let schema = request.and_then(|request| request.schema.as_ref());
    let verification = webhook.verification.as_ref();
    let rates = webhook.rate_limits.iter().enumerate();
    ValidWebhook {
        path,
        methods: webhook.methods.iter().map(|method| method.as_str().to_owned()).collect(),
        max_body_size: size.map(|size| report.size(&at.at("request.maxBodySize"), size, BODY_SIZE)),
        access: webhook.access.as_ref().map(|wanted| access::read(wanted, &at.at("access"), report)),
        rates: rates.map(|(index, limit)| rate(limit, &at.at("rateLimits").item(index), report)).collect(),
        origins: webhook.cors.iter().flat_map(|cors| &cors.origins).map(|origin| canonical(origin)).collect(),
        content_types: types.map(ToString::to_string).collect(),
        schema: schema.map(|schema| shape::schema(schema, &at.at("request.schema"), report)),
        schema_from: request.and_then(|request| request.schema_from.as_ref()).and_then(shape::source),
        verification: verification.map(|wanted| verification::read(wanted, &at.at("verification"), report)),
    }
}

/// The burst of a limit that names none is what it lets through in a period.
fn rate(limit: &RateLimit, at: &Field, report: &mut Report) -> Rate {
    Rate {
        key: match limit.key {
            RateKeyText::ClientIP => RateKey::ClientIP,
            RateKeyText::Workflow => RateKey::Workflow,
        },
        requests: limit.requests.unsigned_abs(),
        per_ms: report.duration(&at.at("per"), &limit.per, LEAST, RATE_PERIOD),
        burst: limit.burst.unwrap_or(limit.requests).unsigned_abs(),
    }
}

/// As browsers write an origin: without the port that its scheme has by itself (RFC 6454, 6.2).
fn canonical(origin: &str) -> String {
    let default = if origin.starts_with("https:") { ":443" } else { ":80" };
    origin.strip_suffix(default).unwrap_or(origin).to_owned()
}
