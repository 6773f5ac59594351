//! Writes what is said: each status by server-side apply, when it is time to, and an Event for each flip.

use std::collections::BTreeMap;

use boathook_crds::gateway::status::WebhookGatewayStatus;
use boathook_crds::workflow::status::WebhookWorkflowStatus;
use boathook_crds::{WebhookGateway, WebhookWorkflow};
use boathook_operator_core::desired::FIELD_MANAGER;
use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::status::flips;
use boathook_operator_core::status::pace::{Change, Pace};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::discovery::ApiResource;
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::decide::{Spoken, Subject};
use crate::events::Events;
use crate::lease::Leadership;
use crate::watches::{SeenGateway, SeenWorkflow, View};

/// A resource and what kind it is of.
type Id = (Subject, ObjectKey);

/// What was written, and over what.
#[derive(Clone, Debug)]
struct Written {
    uid: String,
    /// The resource's version as it was seen when this was written: until another is seen, this is what stands there.
    over: String,
    spoken: Spoken,
}

/// Writes statuses.
pub struct Statuses {
    client: Client,
    events: Events,
    pace: Pace<Id>,
    written: BTreeMap<Id, Written>,
}

impl Statuses {
    /// Nothing is written yet.
    pub fn new(client: Client, events: Events) -> Self {
        Self { client, events, pace: Pace::default(), written: BTreeMap::new() }
    }

    /// What stands in a gateway's status.
    pub fn of_gateway(&self, key: &ObjectKey, seen: &SeenGateway) -> WebhookGatewayStatus {
        let written = self.written(&(Subject::Gateway, key.clone()), (&seen.uid, &seen.version));
        if let Some(Spoken::Gateway(status)) = written { status.clone() } else { seen.status.clone() }
    }

    /// What stands in a workflow's status.
    pub fn of_workflow(&self, key: &ObjectKey, seen: &SeenWorkflow) -> WebhookWorkflowStatus {
        let written = self.written(&(Subject::Workflow, key.clone()), (&seen.uid, &seen.version));
        if let Some(Spoken::Workflow(status)) = written { (**status).clone() } else { seen.status.clone() }
    }

    fn written(&self, id: &Id, (uid, version): (&str, &str)) -> Option<&Spoken> {
        self.written
            .get(id)
            .filter(|written| written.uid == uid && written.over == version)
            .map(|written| &written.spoken)
    }

    /// Writes what has changed and is due, as long as this replica leads. Says whether more waits for its time.
    pub async fn write(&mut self, spoken: BTreeMap<Id, Spoken>, view: &View, lead: &Leadership) -> bool {
        self.written.retain(|id, _| spoken.contains_key(id));
        let stands: BTreeMap<_, _> =
            spoken.keys().filter_map(|id| Some((id.clone(), self.stands(id, view)?))).collect();
        let changes: BTreeMap<_, _> = spoken
            .iter()
            .filter_map(|(id, spoken)| Some((id.clone(), change(&stands.get(id)?.spoken, spoken))))
            .collect();
        let due = self.pace.due(&changes, Timestamp::now());
        let mut waits = changes.values().filter(|change| **change != Change::Nothing).count() > due.len();
        for id in due {
            let (Some(spoken), Some(stands)) = (spoken.get(&id), stands.get(&id)) else { continue };
            if !lead.holds() {
                return false;
            }
            waits |= !self.write_one(id, spoken, stands).await;
        }
        waits
    }

    /// What stands in the cluster, and in which version of the resource.
    fn stands(&self, id: &Id, view: &View) -> Option<Written> {
        let (subject, key) = id;
        match subject {
            Subject::Gateway => view.gateways.get(key).map(|seen| Written {
                uid: seen.uid.clone(),
                over: seen.version.clone(),
                spoken: Spoken::Gateway(self.of_gateway(key, seen)),
            }),
            Subject::Workflow => view.workflows.get(key).map(|seen| Written {
                uid: seen.uid.clone(),
                over: seen.version.clone(),
                spoken: Spoken::Workflow(Box::new(self.of_workflow(key, seen))),
            }),
        }
    }

    /// Writes one status; whether it was.
    async fn write_one(&mut self, id: Id, spoken: &Spoken, stands: &Written) -> bool {
        let (subject, key) = &id;
        let resource = resource(*subject);
        let api = Api::<DynamicObject>::namespaced_with(self.client.clone(), &key.namespace, &resource);
        let body = body(&resource, (key, &stands.uid), spoken);
        let params = PatchParams::apply(FIELD_MANAGER).force();
        match api.patch_status(&key.name, &params, &Patch::Apply(body)).await {
            Ok(_) => {
                for flip in flips(conditions(&stands.spoken), conditions(spoken)) {
                    self.events.tell(&resource, (key, &stands.uid), flip);
                }
                self.written.insert(id, Written { spoken: spoken.clone(), ..stands.clone() });
                true
            }
            // It is gone, or another one: there is nobody to tell.
            Err(kube::Error::Api(status)) if status.code == 404 || status.code == 409 => true,
            Err(error) => {
                tracing::warn!(resource = %key, %error, "a status cannot be written");
                false
            }
        }
    }
}

fn change(stands: &Spoken, spoken: &Spoken) -> Change {
    match (stands, spoken) {
        (Spoken::Workflow(stands), Spoken::Workflow(spoken)) => {
            let without = WebhookWorkflowStatus { deliveries: stands.deliveries.clone(), ..(**spoken).clone() };
            match (without == **stands, spoken == stands) {
                (_, true) => Change::Nothing,
                (true, false) => Change::Counts,
                (false, false) => Change::Said,
            }
        }
        (stands, spoken) if stands == spoken => Change::Nothing,
        (_, _) => Change::Said,
    }
}

fn conditions(spoken: &Spoken) -> &[Condition] {
    match spoken {
        Spoken::Gateway(status) => &status.conditions,
        Spoken::Workflow(status) => &status.conditions,
    }
}

/// How the API server names the kind of a subject.
pub fn resource(subject: Subject) -> ApiResource {
    match subject {
        Subject::Gateway => ApiResource::erase::<WebhookGateway>(&()),
        Subject::Workflow => ApiResource::erase::<WebhookWorkflow>(&()),
    }
}

fn body(resource: &ApiResource, (key, uid): (&ObjectKey, &str), spoken: &Spoken) -> Value {
    let status = match spoken {
        Spoken::Gateway(status) => json!(status),
        Spoken::Workflow(status) => json!(status),
    };
    json!({
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {"name": key.name, "namespace": key.namespace, "uid": uid},
        "status": status,
    })
}
