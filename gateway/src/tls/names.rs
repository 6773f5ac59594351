//! Which certificate a client is shown: by the host that it asks for (RFC 6066, 3).

use std::collections::HashMap;
use std::sync::Arc;

use boathook_plan::certificate;
use boathook_plan::edge::HostCertificate;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// Certificates by host.
#[derive(Debug)]
pub(super) struct Names {
    own: HashMap<String, Arc<CertifiedKey>>,
    /// For every other host, and for clients that name none.
    other: Option<Arc<CertifiedKey>>,
}

impl Names {
    /// The certificates that are wanted. One that is missing or cannot be read is the one from before.
    pub(super) fn of(wanted: &[HostCertificate], before: Option<&Self>) -> Self {
        let mut names = Self { own: HashMap::new(), other: None };
        for HostCertificate { host, pair } in wanted {
            let read = pair.as_ref().map(|pair| certificate::read(pair.chain.as_bytes(), &pair.key.0, host.as_deref()));
            let read = read.and_then(|read| {
                let told = |fault| tracing::error!(host = host.as_deref(), error = %fault, "serving a certificate");
                read.map_err(told).ok()
            });
            let Some(key) = read.or_else(|| before?.get(host.as_deref())) else { continue };
            match host {
                Some(host) => drop(names.own.insert(host.clone(), key)),
                None => names.other = Some(key),
            }
        }
        names
    }

    fn get(&self, host: Option<&str>) -> Option<Arc<CertifiedKey>> {
        match host {
            Some(host) => self.own.get(host).cloned(),
            None => self.other.clone(),
        }
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = client.server_name().map(str::to_ascii_lowercase);
        host.and_then(|host| self.get(Some(&host))).or_else(|| self.get(None))
    }
}
