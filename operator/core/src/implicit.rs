//! The gateway of a world that has none: `boathook run` on a folder of workflows alone.

use boathook_crds::WebhookGatewaySpec;
use boathook_crds::gateway::deployment::Service;
use boathook_crds::gateway::egress::Egress;
use boathook_crds::gateway::limits::{Ceilings, Quotas};
use boathook_crds::gateway::storage::{Embedded, Storage};
use boathook_crds::gateway::traffic::Telemetry;
use boathook_crds::namespaces::{Namespaces, NamespacesFrom};
use jiff::Timestamp;

use crate::object::{ObjectKey, derived_uid};
use crate::world::Gateway;

/// Embedded storage, every namespace, and the schema's defaults for the rest.
pub fn gateway(key: ObjectKey) -> Gateway {
    let spec = WebhookGatewaySpec {
        base_url: None,
        route_prefix: "/api/webhooks".to_owned(),
        hosts: Vec::new(),
        allowed_namespaces: Namespaces { from: NamespacesFrom::All, selector: None },
        replicas: None,
        autoscaling: None,
        storage: Storage { embedded: Some(Embedded { size: "10Gi".into(), storage_class_name: None }), postgres: None },
        tls: None,
        service: Service::default(),
        client_address: None,
        ceilings: Ceilings::default(),
        quotas: Quotas::default(),
        egress: Egress::default(),
        email: None,
        telemetry: Telemetry::default(),
        pod_template: None,
    };
    Gateway { uid: derived_uid(&key), key, generation: 1, created: Timestamp::UNIX_EPOCH, spec }
}

#[cfg(test)]
mod tests {
    use boathook_crds::WebhookGatewaySpec;
    use serde_json::json;

    use super::gateway;
    use crate::object::ObjectKey;

    #[test]
    fn it_is_what_the_shortest_gateway_would_be() {
        let shortest = json!({"storage": {"embedded": {}}, "allowedNamespaces": {"from": "All"}});
        let shortest: WebhookGatewaySpec = serde_json::from_value(shortest).unwrap();
        assert_eq!(gateway(ObjectKey::new("boathook", "default")).spec, shortest);
    }
}
