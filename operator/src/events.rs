//! Events of flips. They are written beside everything else: a pass does not wait for them, and none is worth a retry.

use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::status::Flip;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::discovery::ApiResource;
use kube_runtime::events::{Event, EventType, Recorder, Reporter};
use tokio::sync::mpsc;

/// Events that wait to be written. More are dropped: the conditions say the same.
const WAITING: usize = 1_000;

/// Takes Events.
#[derive(Clone, Debug)]
pub struct Events(mpsc::Sender<(Event, ObjectReference)>);

impl Events {
    /// Starts to write what is told.
    pub fn start(client: Client, instance: String) -> Self {
        let (told, mut waiting) = mpsc::channel::<(Event, ObjectReference)>(WAITING);
        let reporter = Reporter { controller: "boathook-operator".to_owned(), instance: Some(instance) };
        let recorder = Recorder::new(client, reporter);
        tokio::spawn(async move {
            while let Some((event, about)) = waiting.recv().await {
                if let Err(error) = recorder.publish(&event, &about).await {
                    tracing::debug!(%error, "an Event cannot be written");
                }
            }
        });
        Self(told)
    }

    /// Tells of a flip.
    pub fn tell(&self, resource: &ApiResource, (key, uid): (&ObjectKey, &str), flip: Flip) {
        let about = ObjectReference {
            api_version: Some(resource.api_version.clone()),
            kind: Some(resource.kind.clone()),
            namespace: Some(key.namespace.clone()),
            name: Some(key.name.clone()),
            uid: Some(uid.to_owned()),
            ..ObjectReference::default()
        };
        let event = Event {
            type_: if flip.is_warning { EventType::Warning } else { EventType::Normal },
            reason: flip.reason,
            note: Some(flip.note),
            action: "Reconcile".to_owned(),
            secondary: None,
        };
        // Full: see WAITING.
        let _ = self.0.try_send((event, about));
    }
}
