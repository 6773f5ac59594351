//! Durable executions, through the whole gateway and without sockets of its own.

mod accept;
mod call;
mod isolation;
mod kinds;
mod once;
mod repeat;
mod resume;
mod stop;
mod stuck;
mod sync;

use std::sync::Arc;

use boathook_plan::plan::WorkflowRef;

use super::Owner;

/// A workflow by its namespace and its UID.
pub(super) fn owner(namespace: &str, uid: &str) -> Owner {
    let workflow = WorkflowRef { namespace: namespace.to_owned(), name: uid.to_owned(), uid: uid.to_owned() };
    Owner::of(&Arc::new(workflow))
}
