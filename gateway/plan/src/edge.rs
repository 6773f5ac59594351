//! What a gateway's public port needs to know beside its routes: its certificates, and which requests are logged. Plain
//! data; the keys are secrets and travel as those of routes do.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::secret::SecretText;

/// A gateway's public port.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// `None` is plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Vec<HostCertificate>>,
    /// Which requests are logged that no workflow takes.
    #[serde(default)]
    pub access_log: AccessLog,
    /// Networks of the proxies that are trusted: one of them carries the connections of many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<IpNet>,
}

/// The certificate of a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostCertificate {
    /// The host, in small letters; `None` is every host that has none of its own.
    pub host: Option<String>,
    /// The certificate and its key; `None` while they cannot be used: the ones from before serve on.
    pub pair: Option<Pair>,
}

/// A certificate and its key, as a Secret of type `kubernetes.io/tls` holds them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// `tls.crt`: certificates in PEM form, the server's own first.
    pub chain: String,
    /// `tls.key`: a private key in PEM form.
    pub key: SecretText,
}

/// Which requests are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AccessLog {
    /// None.
    None,
    /// Those that are answered with an error.
    Errors,
    /// Each.
    #[default]
    All,
}

impl AccessLog {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Edge {
    /// One port for several gateways, as `boathook run` has it: the certificates of all, of two for one host the earlier,
    /// the fuller log, and the proxies of each. It speaks HTTPS as soon as one of them does.
    pub fn of_all<'e>(edges: impl IntoIterator<Item = &'e Self>) -> Self {
        let mut all: Option<Self> = None;
        for edge in edges {
            let Some(known) = &mut all else {
                all = Some(edge.clone());
                continue;
            };
            known.access_log = known.access_log.max(edge.access_log);
            known.trusted_proxies.extend(&edge.trusted_proxies);
            for certificate in edge.tls.iter().flatten() {
                let certificates = known.tls.get_or_insert_default();
                if !certificates.iter().any(|known| known.host == certificate.host) {
                    certificates.push(certificate.clone());
                }
            }
        }
        all.unwrap_or_default()
    }
}
