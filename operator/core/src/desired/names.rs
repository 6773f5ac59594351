//! Names of a gateway's objects, and where its Service is found. The same gateway has the same names for ever.

use uuid::Uuid;

use crate::validate::ValidGateway;

/// The port of the control channel.
pub const CHANNEL_PORT: u16 = boathook_port::CHANNEL;

/// What stands in front of a gateway's name.
const PREFIX: &str = "boathook-";

/// Characters of a Service's name, less the longest ending.
const LONGEST: usize = 63 - "-channel".len();

/// Ports of a gateway's container, as it is started with.
pub(super) mod boathook_port {
    /// Where senders connect.
    pub const PUBLIC: u16 = 8080;
    /// Health and metrics.
    pub const ADMIN: u16 = 8081;
    /// The control channel.
    pub const CHANNEL: u16 = 8444;
}

/// Names of the objects of one gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The `Deployment`, the `Service` for senders, the `ServiceAccount`, the `PodDisruptionBudget` and the `NetworkPolicy`.
    pub base: String,
    /// The `Service` of the control channel, and the Secret with its certificates.
    pub channel: String,
    /// The volume's claim.
    pub data: String,
}

impl Names {
    /// Those of a gateway of this name.
    pub fn of(gateway: &str) -> Self {
        let base = base(gateway);
        Self { channel: format!("{base}-channel"), data: format!("{base}-data"), base }
    }
}

/// A name that is no label, or too long a one, ends in a hash: no two gateways share one.
fn base(gateway: &str) -> String {
    let plain = format!("{PREFIX}{gateway}");
    if plain.len() <= LONGEST && !plain.contains('.') {
        return plain;
    }
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("boathook.dev/gateway/{gateway}").as_bytes());
    let hash: String = hash.simple().to_string().chars().take(10).collect();
    let start: String = plain.replace('.', "-").chars().take(LONGEST - hash.len() - 1).collect();
    format!("{}-{hash}", start.trim_end_matches('-'))
}

/// Where a gateway's Service is found inside the cluster.
pub(crate) fn service_url(gateway: &ValidGateway) -> String {
    let host = format!("{}.{}.svc", Names::of(&gateway.key.name).base, gateway.key.namespace);
    match (gateway.is_secure(), service_port(gateway)) {
        (true, 443) => format!("https://{host}"),
        (true, port) => format!("https://{host}:{port}"),
        (false, 80) => format!("http://{host}"),
        (false, port) => format!("http://{host}:{port}"),
    }
}

/// The port of the Service: what is asked for, else the scheme's own.
pub(super) fn service_port(gateway: &ValidGateway) -> i32 {
    gateway.deployment.service.port.unwrap_or(if gateway.is_secure() { 443 } else { 80 })
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_short_name_is_kept() {
        let names = Names::of("default");
        assert_eq!(
            (&*names.base, &*names.channel, &*names.data),
            ("boathook-default", "boathook-default-channel", "boathook-default-data")
        );
    }

    #[test]
    fn a_name_that_a_service_cannot_have_ends_in_a_hash() {
        let dotted = Names::of("a.b").base;
        assert_eq!(dotted, "boathook-a-b-1740c111cf");
        assert_ne!(dotted, Names::of("a-b").base);
        let (one, other) = (Names::of(&"x".repeat(253)), Names::of(&"x".repeat(252)));
        assert_ne!(one.base, other.base);
        assert!(one.channel.len() <= 63);
    }
}
