//! Whether the pods of a gateway serve what they were told to: their own word for it, never a guess.

use crate::outcome::{Status, Verdict};

/// A pod of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Whether senders are sent to it.
    pub ready: bool,
    /// Whether it said that it serves the newest revision.
    pub acknowledged: bool,
}

/// The value of `Programmed` where there is something to serve.
pub(super) fn verdict(replicas: &[Replica]) -> Verdict {
    let ready: Vec<_> = replicas.iter().filter(|replica| replica.ready).collect();
    let done = ready.iter().filter(|replica| replica.acknowledged).count();
    let not = |reason, message| Verdict { status: Status::False, reason, message };
    match (done, ready.len()) {
        (_, 0) if replicas.is_empty() => {
            not("GatewayUnavailable", "no pod of the gateway runs: see its WebhookGateway".to_owned())
        }
        (_, 0) => not("GatewayUnavailable", "no pod of the gateway is ready yet: see its WebhookGateway".to_owned()),
        (0, _) => not("Pending", "the gateway has not said yet that it serves this revision".to_owned()),
        (done, all) if done < all => {
            not("PartiallyProgrammed", format!("{done} of {all} ready pods serve this revision"))
        }
        (_, _) => Verdict { status: Status::True, reason: "Programmed", message: String::new() },
    }
}

/// The value of `Programmed` where nothing of the newest spec is to be served.
pub(super) fn nothing(serving: Option<i64>) -> Verdict {
    let message = match serving {
        Some(generation) => format!("generation {generation} is served on until the newest one is accepted"),
        None => "nothing is served until the spec is accepted".to_owned(),
    };
    Verdict { status: Status::False, reason: "Pending", message }
}
