//! Performs one attempt of a step, with the secrets, the bounds and the egress of now.

use std::sync::Arc;

use boathook_plan::http_step::CallFacts;
use boathook_plan::machine::{Attempt, EventKind, Work};

use super::effects::Context;
use crate::{http_step, script_step};

/// A run is pinned to its program, and never to secrets or to what may be reached and used: each attempt takes those of
/// now. A workflow that is gone leaves its last ones.
pub(super) async fn perform(context: Context, attempt: Attempt) -> EventKind {
    let live = context.shared.routes.of(context.served.route.workflow()).unwrap_or(context.served);
    let route = &live.route;
    let Attempt { place, attempt, work, scope, timeout, idempotency_key } = attempt;
    let (outcome, console) = match work {
        Work::Http(program) => {
            let facts = CallFacts {
                idempotency_key: idempotency_key.to_string(),
                now: context.shared.clock.now(),
                execution: context.execution,
                origin: context.origin,
            };
            let call = http_step::Attempt { program, scope, facts, timeout, egress: Arc::clone(route.egress()) };
            (context.shared.http.perform(&call, route.secrets()).await, Vec::new())
        }
        Work::Script(script) => {
            let workflow = route.workflow();
            let owner = format!("{}/{}", workflow.namespace, workflow.uid);
            let run = script_step::Attempt { script, scope, bounds: route.plan().scripts, owner, timeout };
            script_step::perform(&context.shared.sandbox, &run).await
        }
    };
    EventKind::Attempted { place, attempt, outcome, console }
}
