//! A whole `WebhookGateway`: its schema, what is not built, then part by part.

mod deployment;
mod egress;
mod hosts;
mod namespaces;
mod not_built;

use super::bounds::{BODY_SIZE, LEAST, SCRIPT_MEMORY, SCRIPT_TIME, STORAGE, TIMEOUT};
use super::valid::{Ceilings, Quotas, TlsSecret, ValidGateway};
use super::{metadata, schemas};
use boathook_crds::WebhookGatewaySpec;
use boathook_crds::gateway::limits::{Ceilings as GivenCeilings, NamespaceQuota};
use boathook_crds::gateway::traffic::AccessLog as AccessLogText;
use boathook_plan::edge::AccessLog;
use boathook_plan::plan::{Quota, ScriptBounds};
use ipnet::IpNet;

use crate::field::Field;
use crate::network;
use crate::report::Report;
use crate::violation::Violation;
use crate::world::Gateway;

/// Holds a gateway to every rule; it is valid exactly when there is no violation.
pub fn gateway(gateway: &Gateway) -> (Option<ValidGateway>, Vec<Violation>) {
    let (spec, at) = (&gateway.spec, Field::spec());
    let mut report = Report::default();
    metadata::check(&gateway.key, &mut report);
    schemas::gateway(spec, &mut report);
    not_built::gateway(spec, &at, &mut report);
    let valid = ValidGateway {
        key: gateway.key.clone(),
        uid: gateway.uid.clone(),
        base_url: spec.base_url.clone(),
        route_prefix: spec.route_prefix.clone(),
        hosts: hosts::read(spec, &at, &mut report),
        admits: namespaces::read(&spec.allowed_namespaces),
        ceilings: ceilings(&spec.ceilings, &at.at("ceilings"), &mut report),
        quotas: quotas(&spec.quotas.per_namespace, &at.at("quotas").at("perNamespace"), &mut report),
        egress: egress::read(&spec.egress, &at.at("egress"), &mut report),
        tls: spec
            .tls
            .as_ref()
            .map(|tls| TlsSecret { field: at.at("tls.secretName"), name: tls.secret_name.to_string() }),
        access_log: match spec.telemetry.access_log {
            AccessLogText::All => AccessLog::All,
            AccessLogText::Errors => AccessLog::Errors,
            AccessLogText::None => AccessLog::None,
        },
        deployment: deployment::read(spec, &at, &mut report),
        trusted_proxies: trusted_proxies(spec, &at.at("clientAddress"), &mut report),
    };
    let violations = report.into_violations();
    (violations.is_empty().then_some(valid), violations)
}

fn ceilings(given: &GivenCeilings, at: &Field, report: &mut Report) -> Ceilings {
    Ceilings {
        body_size: report.size(&at.at("bodySize"), &given.body_size, BODY_SIZE),
        timeout_ms: report.duration(&at.at("timeout"), &given.timeout, LEAST, TIMEOUT),
        concurrency: given.concurrency.unsigned_abs().into(),
        scripts: ScriptBounds {
            time_ms: report.duration(&at.at("javascriptTime"), &given.javascript_time, LEAST, SCRIPT_TIME),
            memory: report.size(&at.at("javascriptMemory"), &given.javascript_memory, SCRIPT_MEMORY),
        },
    }
}

fn trusted_proxies(spec: &WebhookGatewaySpec, at: &Field, report: &mut Report) -> Vec<IpNet> {
    let proxies = spec.client_address.iter().map(|client| &client.trusted_proxies);
    proxies.flat_map(|proxies| network::list(proxies, &at.at("trustedProxies"), report)).collect()
}

fn quotas(quota: &NamespaceQuota, at: &Field, report: &mut Report) -> Quotas {
    Quotas {
        workflows: quota.workflows.unsigned_abs(),
        each: Quota {
            running: quota.running.unsigned_abs(),
            queued: quota.queued.unsigned_abs().into(),
            storage: report.size(&at.at("storage"), &quota.storage, STORAGE),
        },
    }
}
