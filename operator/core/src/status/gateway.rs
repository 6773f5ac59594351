//! The status of a gateway.

use boathook_crds::gateway::status::{Replicas, WebhookGatewayStatus, Workflows};
use boathook_crds::text::LineText;
use jiff::Timestamp;

use super::conditions::Conditions;
use super::programmed::Replica;
use crate::outcome::{GatewayOutcome, Status, Verdict};

/// All that is known of a gateway.
#[derive(Clone, Debug)]
pub struct GatewayFacts<'a> {
    /// What compiling says.
    pub outcome: &'a GatewayOutcome,
    /// In front of every path of it; `None` while none of it is accepted.
    pub url: Option<String>,
    /// Chooses its pods.
    pub selector: String,
    /// How many pods there should be.
    pub desired: i32,
    /// Its pods. `acknowledged` is whether one serves its whole table.
    pub replicas: &'a [Replica],
    /// Workflows that every ready pod serves.
    pub programmed: usize,
    /// Whether the claim of its volume is bound; `None` while there is no claim.
    pub volume: Option<bool>,
    /// What could not be made of it, a sentence each: `Deployment boathook-default is somebody else's`.
    pub troubles: &'a [String],
    /// Whether its scripts can be confined; `None` while nobody says.
    pub sandbox: Option<bool>,
}

/// What is said of a gateway now, after what was said `before`.
pub fn gateway(facts: &GatewayFacts, before: &WebhookGatewayStatus, now: Timestamp) -> WebhookGatewayStatus {
    let outcome = facts.outcome;
    let (accepted, programmed) = (outcome.verdict(), programmed(facts));
    let (storage, sandbox) = (storage(facts), sandbox(facts));
    let needed = [&accepted, &programmed, &storage];
    let ready = needed.into_iter().find(|verdict| verdict.status != Status::True);
    let ready = ready.cloned().unwrap_or_else(|| holds("Ready"));
    let available = Verdict {
        status: Status::False,
        reason: "EmbeddedStorage",
        message: "the embedded store has one replica: while its pod is replaced, senders wait or repeat".to_owned(),
    };
    let mut conditions = Conditions::new(&before.conditions, outcome.generation, now);
    conditions.say("Accepted", &accepted);
    conditions.say("Programmed", &programmed);
    conditions.say("StorageReady", &storage);
    conditions.say("SandboxReady", &sandbox);
    conditions.say("HighlyAvailable", &available);
    conditions.say("Ready", &ready);
    let stalled = accepted.status == Status::False;
    conditions.say_while("Stalled", stalled, (accepted.reason, &accepted.message));
    conditions.say_while("Reconciling", !stalled && ready.status != Status::True, (ready.reason, &ready.message));
    let ready_replicas = facts.replicas.iter().filter(|replica| replica.ready).count();
    WebhookGatewayStatus {
        observed_generation: Some(outcome.generation),
        url: facts.url.clone().map(LineText),
        workflows: Some(Workflows { attached: count(outcome.attached), programmed: count(facts.programmed) }),
        replicas: Some(Replicas { desired: facts.desired, ready: count(ready_replicas) }),
        selector: Some(LineText(facts.selector.clone())),
        conditions: conditions.into_list(),
    }
}

fn programmed(facts: &GatewayFacts) -> Verdict {
    let pending = |message| Verdict { status: Status::False, reason: "Pending", message };
    if let Some(trouble) = facts.troubles.first() {
        return pending(trouble.clone());
    }
    let ready: Vec<_> = facts.replicas.iter().filter(|replica| replica.ready).collect();
    let done = ready.iter().filter(|replica| replica.acknowledged).count();
    match (done, ready.len()) {
        (_, 0) => {
            pending(format!("{} of its {} pods are there, and none is ready", facts.replicas.len(), facts.desired))
        }
        (done, all) if done < all => pending(format!("{done} of {all} ready pods serve the newest routes")),
        (_, _) => holds("Programmed"),
    }
}

fn storage(facts: &GatewayFacts) -> Verdict {
    let pending =
        |message: &str| Verdict { status: Status::False, reason: "VolumePending", message: message.to_owned() };
    match facts.volume {
        // A volume may be bound only once a pod wants it; a pod that serves has it.
        _ if facts.replicas.iter().any(|replica| replica.ready) => holds("StorageReady"),
        Some(true) => holds("StorageReady"),
        Some(false) => pending("its PersistentVolumeClaim is not bound: kubectl describe pvc says why"),
        None => pending("its PersistentVolumeClaim is not there yet"),
    }
}

fn sandbox(facts: &GatewayFacts) -> Verdict {
    match facts.sandbox {
        Some(true) => holds("SandboxReady"),
        Some(false) => Verdict {
            status: Status::False,
            reason: "SandboxUnsupported",
            message: "its node has no seccomp or Landlock: javascript steps are refused".to_owned(),
        },
        None => Verdict {
            status: Status::Unknown,
            reason: "Pending",
            message: "no pod of the gateway has said whether scripts can be confined".to_owned(),
        },
    }
}

const fn holds(reason: &'static str) -> Verdict {
    Verdict { status: Status::True, reason, message: String::new() }
}

fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
