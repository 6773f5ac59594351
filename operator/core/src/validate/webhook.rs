//! `spec.webhook`: where and how requests come in.

use boathook_crds::workflow::webhook::Webhook;
use boathook_plan::table::Pattern;

use super::bounds::BODY_SIZE;
use super::valid::ValidWebhook;
use super::verification;
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
    let size = webhook.request.as_ref().and_then(|request| request.max_body_size.as_ref());
    let verification = webhook.verification.as_ref();
    ValidWebhook {
        path,
        methods: webhook.methods.iter().map(|method| method.as_str().to_owned()).collect(),
        max_body_size: size.map(|size| report.size(&at.at("request.maxBodySize"), size, BODY_SIZE)),
        verification: verification.map(|wanted| verification::read(wanted, &at.at("verification"), report)),
    }
}
