//! Where a workflow listens at its gateway, and the URL that senders are given.

use boathook_plan::plan::Webhook;

use super::resolve::Inputs;
use crate::desired::service_url;
use crate::validate::ValidGateway;
use crate::world::Platform;

/// Host, whole path and the URL in front of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub host: Option<String>,
    pub path: String,
    pub base_url: String,
}

/// The address: on the namespace's own host where it has one, else behind the gateway's prefix and the namespace.
pub(super) fn of(inputs: &Inputs, path: &str) -> Address {
    let (gateway, key) = (&inputs.gateway, &inputs.workflow.key);
    let base_url = &base_url(gateway, &inputs.platform);
    match gateway.hosts.iter().find(|host| host.namespace == key.namespace) {
        Some(host) => Address {
            base_url: on_host(base_url, &host.hostname),
            path: format!("{}{path}", host.route_prefix),
            host: Some(host.hostname.clone()),
        },
        None => Address {
            host: None,
            path: format!("{}/{}{path}", gateway.route_prefix, key.namespace),
            base_url: base_url.clone(),
        },
    }
}

/// Scheme and authority in front of every path of a gateway, without a slash at the end.
pub(super) fn base_url(gateway: &ValidGateway, platform: &Platform) -> String {
    let own = || match &platform.base_url {
        Some(base_url) => own(base_url, gateway.is_secure()),
        None => service_url(gateway),
    };
    gateway.base_url.clone().unwrap_or_else(own)
}

/// The URL of a route, its path's parameters as they are written.
pub(super) fn url(webhook: &Webhook) -> String {
    format!("{}{}", webhook.base_url, webhook.path)
}

/// The base URL of a gateway that names none.
fn own(base_url: &str, is_secure: bool) -> String {
    match base_url.strip_prefix("http://") {
        Some(authority) if is_secure => format!("https://{authority}"),
        Some(_) | None => base_url.to_owned(),
    }
}

/// The base URL with another host: the same listener, so the same scheme and port.
fn on_host(base_url: &str, hostname: &str) -> String {
    let (scheme, authority) = base_url.split_once("://").unwrap_or(("http", base_url));
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| port.bytes().all(|b| b.is_ascii_digit()));
    match port {
        Some(port) => format!("{scheme}://{hostname}:{port}"),
        None => format!("{scheme}://{hostname}"),
    }
}

#[cfg(test)]
mod tests {
    use super::on_host;

    #[test]
    fn another_host_keeps_scheme_and_port() {
        assert_eq!(on_host("https://hooks.example.com", "shop.example.com"), "https://shop.example.com");
        assert_eq!(on_host("http://127.0.0.1:8080", "shop.example.com"), "http://shop.example.com:8080");
        assert_eq!(on_host("http://[::1]:8080", "shop.example.com"), "http://shop.example.com:8080");
        assert_eq!(on_host("http://[::1]", "shop.example.com"), "http://shop.example.com");
    }
}
