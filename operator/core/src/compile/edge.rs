//! A gateway's certificates: the Secrets that it names, in its own namespace. One that cannot be used is told, and what
//! serves with the one from before goes on.

use boathook_plan::certificate::{self, CHAIN_SIZE};
use boathook_plan::edge::{Edge, HostCertificate, Pair};
use boathook_plan::secret::{Secret, SecretText};

use crate::condition::Reason;
use crate::object::ObjectKey;
use crate::validate::{TlsSecret, ValidGateway};
use crate::violation::Violation;
use crate::world::{SecretObject, World};

/// The type of a Secret with a certificate and its key.
const TYPE: &str = "kubernetes.io/tls";

/// The edge, and what is wrong with its certificates.
pub(super) fn of(gateway: &ValidGateway, world: &World) -> (Edge, Vec<Violation>) {
    let mut violations = Vec::new();
    let own = gateway.tls.iter().map(|secret| (None, secret));
    let hosts = gateway.hosts.iter().filter_map(|host| Some((Some(host.hostname.as_str()), host.tls.as_ref()?)));
    let certificates = own.chain(hosts).map(|(host, secret)| {
        let pair = pair(gateway, secret, host, world);
        HostCertificate {
            host: host.map(str::to_owned),
            pair: pair.map_err(|violation| violations.push(violation)).ok(),
        }
    });
    let certificates: Vec<_> = certificates.collect();
    let tls = (!certificates.is_empty()).then_some(certificates);
    let trusted_proxies = gateway.trusted_proxies.clone();
    (Edge { tls, access_log: gateway.access_log, trusted_proxies }, violations)
}

fn pair(gateway: &ValidGateway, secret: &TlsSecret, host: Option<&str>, world: &World) -> Result<Pair, Violation> {
    let TlsSecret { field, name } = secret;
    let namespace = &gateway.key.namespace;
    let refuse = |reason, message: String| Violation::new(reason, field, message);
    let Some(object) = world.secrets.get(&ObjectKey::new(namespace, name)) else {
        let message = format!("must name a Secret of namespace {namespace}, and there is no {name}");
        return Err(refuse(Reason::SecretNotFound, message));
    };
    if object.type_ != TYPE {
        return Err(refuse(Reason::InvalidKey, format!("must name a Secret of type {TYPE}, and {name} is none")));
    }
    let (chain, key) = (entry(object, "tls.crt", secret)?, entry(object, "tls.key", secret)?);
    certificate::read(chain.expose(), key, host).map_err(|fault| {
        let part = if fault.is_of_key() { "tls.key" } else { "tls.crt" };
        refuse(Reason::InvalidKey, format!("{part} of Secret {name} {fault}"))
    })?;
    // It is PEM, or would not have been read.
    let chain = String::from_utf8_lossy(chain.expose()).into_owned();
    Ok(Pair { chain, key: SecretText(key.clone()) })
}

fn entry<'s>(object: &'s SecretObject, key: &str, secret: &TlsSecret) -> Result<&'s Secret, Violation> {
    let TlsSecret { field, name } = secret;
    let Some(value) = object.data.get(key) else {
        let message = format!("must name a Secret with the key {key}, and {name} has none");
        return Err(Violation::new(Reason::SecretKeyNotFound, field, message));
    };
    if value.expose().len() > CHAIN_SIZE {
        let message = format!("{key} of Secret {name} must have at most {CHAIN_SIZE} bytes");
        return Err(Violation::new(Reason::InvalidKey, field, message));
    }
    Ok(value)
}
