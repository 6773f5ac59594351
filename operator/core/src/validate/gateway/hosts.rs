//! Namespaces' own hosts: names that nothing else answers to.

use std::collections::BTreeSet;
use std::net::IpAddr;

use boathook_crds::WebhookGatewaySpec;
use url::Url;

use crate::field::Field;
use crate::report::Report;
use crate::validate::valid::{TlsSecret, ValidHost};

/// Reads them.
pub(super) fn read(spec: &WebhookGatewaySpec, at: &Field, report: &mut Report) -> Vec<ValidHost> {
    let base = spec.base_url.as_deref().and_then(|url| Url::parse(url).ok());
    let base_host = base.as_ref().and_then(Url::host_str);
    let mut namespaces = BTreeSet::new();
    let hosts = spec.hosts.iter().enumerate().map(|(index, host)| {
        let at = at.at("hosts").item(index);
        if host.hostname.parse::<IpAddr>().is_ok() {
            report.refuse_once(&at.at("hostname"), "must be a name, not an address");
        }
        if base_host == Some(&*host.hostname) {
            report.refuse_once(&at.at("hostname"), "must not be the host of baseURL, which is every namespace's");
        }
        if !namespaces.insert(&*host.namespace.0) {
            report.refuse_once(&at.at("namespace"), "must not have a host already: a namespace has one");
        }
        ValidHost {
            hostname: host.hostname.to_string(),
            namespace: host.namespace.to_string(),
            route_prefix: host.route_prefix.clone().unwrap_or_default(),
            tls: host
                .tls_secret_name
                .as_ref()
                .map(|name| TlsSecret { field: at.at("tlsSecretName"), name: name.to_string() }),
        }
    });
    hosts.collect()
}
