//! The table that a gateway holds: what of a message becomes routes, and what is said of those that do not. Decides, and
//! performs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use boathook_plan::channel::{
    Change, Extent, Header, Packed, PackedFault, Rejection, TableMessage, TableRevision, Unpacked,
};
use boathook_plan::edge::Edge;
use boathook_plan::plan::WorkflowRef;
use boathook_plan::route::{Route, RouteError};
use zeroize::Zeroizing;

use crate::routes::Rejected;

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) revision: TableRevision,
    pub(super) edge: Edge,
    alive: BTreeSet<String>,
    routes: BTreeMap<WorkflowRef, Arc<Held>>,
}

/// A route of it.
#[derive(Debug)]
struct Held {
    revision: String,
    packed: Packed,
    fingerprint: [u8; 32],
    built: Result<Arc<Route>, Unserved>,
}

/// Why a route is not served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Unserved {
    #[error(transparent)]
    Packed(#[from] PackedFault),
    #[error(transparent)]
    Route(#[from] RouteError),
    #[error("a fault of the gateway: the route could not be compiled")]
    Fault,
}

/// The changes are about another table than the one that is held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the changes are since table {base}, and {} is held: send the whole table", held.as_ref().map_or("none", |held| &held.0))]
pub(super) struct OtherBase {
    base: TableRevision,
    held: Option<TableRevision>,
}

impl OtherBase {
    /// Whether changes of this extent can be made to what is held.
    pub(super) fn check(before: Option<&Table>, extent: &Extent) -> Result<(), Self> {
        let held = before.map(|before| &before.revision);
        match extent {
            Extent::Full => Ok(()),
            Extent::Since(base) if held == Some(base) => Ok(()),
            Extent::Since(base) => Err(Self { base: base.clone(), held: held.cloned() }),
        }
    }
}

impl Table {
    /// The table that a message makes. Compiles what is new: takes its time.
    pub(super) fn after(before: Option<&Self>, message: TableMessage) -> Result<Self, OtherBase> {
        let TableMessage { header, changes } = message;
        OtherBase::check(before, &header.extent)?;
        let mut routes = match header.extent {
            Extent::Full => BTreeMap::new(),
            Extent::Since(_) => before.map(|before| before.routes.clone()).unwrap_or_default(),
        };
        for (workflow, change) in changes {
            let known = before.and_then(|before| before.routes.get(&workflow));
            match change {
                Change::Put { revision, route } => {
                    let held = Held::of(&workflow, revision, route, known.map(Arc::as_ref));
                    drop(routes.insert(workflow, Arc::new(held)));
                }
                Change::Remove => drop(routes.remove(&workflow)),
            }
        }
        Ok(Self { revision: header.revision, edge: header.edge, alive: header.alive, routes })
    }

    /// Those that can be served. They stand in the order of their names, so that a table is the same whether it came whole or
    /// in changes; conflicts were settled before it was sent.
    pub(super) fn routes(&self) -> Vec<Arc<Route>> {
        self.routes.values().filter_map(|held| held.built.as_ref().ok()).cloned().collect()
    }

    /// The UIDs of workflows that exist and are not served.
    pub(super) fn alive(&self) -> BTreeSet<String> {
        let unserved = self.routes.iter().filter(|(_, held)| held.built.is_err()).map(|(workflow, _)| &workflow.uid);
        self.alive.iter().chain(unserved).cloned().collect()
    }

    /// The revision of each route.
    pub(super) fn revisions(&self) -> impl Iterator<Item = (&WorkflowRef, &str)> {
        self.routes.iter().map(|(workflow, held)| (workflow, held.revision.as_str()))
    }

    /// What is said of the routes that are not served: those that could not be built, and `lost`, whose path is another's.
    pub(super) fn rejected(&self, lost: Vec<Rejected>) -> Vec<Rejection> {
        let unserved = self.routes.iter().filter_map(|(workflow, held)| {
            let reason = held.built.as_ref().err()?.to_string();
            Some(Rejection { workflow: workflow.clone(), winner: None, reason })
        });
        let lost = lost.into_iter().map(|Rejected { workflow, winner }| {
            let reason = format!("{}/{} has its path", winner.namespace, winner.name);
            Rejection { workflow, winner: Some(winner), reason }
        });
        unserved.chain(lost).collect()
    }

    /// The table as one message, line by line. They hold keys.
    pub(super) fn lines(&self) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
        let header = Header {
            revision: self.revision.clone(),
            extent: Extent::Full,
            changes: self.routes.len(),
            edge: self.edge.clone(),
            alive: self.alive.clone(),
        };
        let routes = self.routes.iter().map(|(workflow, held)| {
            Change::Put { revision: held.revision.clone(), route: held.packed.clone() }.line(workflow)
        });
        std::iter::once(header.line()).chain(routes)
    }
}

impl Held {
    /// A route that is the same as before is not built again.
    fn of(workflow: &WorkflowRef, revision: String, packed: Packed, known: Option<&Self>) -> Self {
        let fingerprint = packed.fingerprint();
        let known = known.filter(|known| known.fingerprint == fingerprint);
        let built = known.map_or_else(|| build(workflow, &packed), |known| known.built.clone());
        Self { revision, packed, fingerprint, built }
    }
}

/// A plan that brings a compiler of ours down must not keep every other workflow from being served.
fn build(workflow: &WorkflowRef, packed: &Packed) -> Result<Arc<Route>, Unserved> {
    let build = || {
        let Unpacked { plan, keys } = packed.unpack(workflow)?;
        Ok(Arc::new(Route::build(Arc::new(plan), keys)?))
    };
    catch_unwind(AssertUnwindSafe(build)).unwrap_or(Err(Unserved::Fault))
}
