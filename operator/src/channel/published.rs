//! A table that was published for a gateway: packed once for all of its pods, and compared with another for what to send.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use boathook_operator_core::compile::CompiledRoute;
use boathook_plan::channel::{Change, Extent, Header, Packed, Rejection, TableRevision};
use boathook_plan::edge::Edge;
use boathook_plan::plan::WorkflowRef;
use boathook_plan::route::Revision;
use bytes::Bytes;

use super::body::Lines;

/// What one gateway is to serve.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its routes. One that is the same `Arc` as the last time is not sent again.
    pub routes: Vec<Arc<CompiledRoute>>,
    /// Its public port.
    pub edge: Edge,
    /// The UIDs of all workflows that exist, with a route or without: what they have accepted is not thrown away.
    pub alive: BTreeSet<String>,
}

/// A table on its way.
pub struct Published {
    revision: TableRevision,
    edge: Edge,
    alive: BTreeSet<String>,
    routes: BTreeMap<WorkflowRef, Arc<Sent>>,
    oversized: Vec<Rejection>,
}

/// A route on its way.
struct Sent {
    compiled: Arc<CompiledRoute>,
    revision: String,
    packed: Packed,
}

impl Published {
    /// Packs a table. What is the same as before is not packed again; `None` where all of it is.
    pub(super) fn after(before: Option<&Self>, table: Table, revision: TableRevision) -> Option<Self> {
        let (mut routes, mut oversized) = (BTreeMap::new(), Vec::new());
        for compiled in table.routes {
            let workflow = compiled.plan.workflow.clone();
            let known = before.and_then(|before| before.routes.get(&workflow));
            match known.filter(|known| Arc::ptr_eq(&known.compiled, &compiled)).cloned().or_else(|| Sent::of(compiled))
            {
                Some(sent) => drop(routes.insert(workflow, sent)),
                None => oversized.push(too_large(workflow)),
            }
        }
        let own: BTreeSet<&str> = routes.keys().map(|workflow| workflow.uid.as_str()).collect();
        let alive = table.alive.iter().filter(|uid| !own.contains(uid.as_str())).cloned().collect();
        let next = Self { revision, edge: table.edge, alive, routes, oversized };
        (!before.is_some_and(|before| before.says_the_same(&next))).then_some(next)
    }

    /// Its revision.
    pub fn revision(&self) -> &TableRevision {
        &self.revision
    }

    /// The compiled route of a workflow, as it is in this table: the same `Arc` that was published.
    pub fn route(&self, workflow: &WorkflowRef) -> Option<&Arc<CompiledRoute>> {
        self.routes.get(workflow).map(|sent| &sent.compiled)
    }

    /// Routes that are too large to be sent.
    pub fn oversized(&self) -> &[Rejection] {
        &self.oversized
    }

    /// The message that makes this table of `base`, or of nothing.
    pub(super) fn message(self: &Arc<Self>, base: Option<&Self>) -> Lines {
        let changes = self.changes(base);
        let extent = base.map_or(Extent::Full, |base| Extent::Since(base.revision.clone()));
        let header = Header {
            revision: self.revision.clone(),
            extent,
            changes: changes.len(),
            edge: self.edge.clone(),
            alive: self.alive.clone(),
        };
        let lines = changes.into_iter().map(|(workflow, sent)| {
            let change = sent.map_or(Change::Remove, |sent| Change::Put {
                revision: sent.revision.clone(),
                route: sent.packed.clone(),
            });
            Bytes::from_owner(change.line(&workflow))
        });
        Lines::of(std::iter::once(Bytes::from_owner(header.line())).chain(lines))
    }

    fn changes(&self, base: Option<&Self>) -> Vec<(WorkflowRef, Option<Arc<Sent>>)> {
        let before = |workflow| base.and_then(|base| base.routes.get(workflow));
        let put =
            self.routes.iter().filter(|(workflow, sent)| !before(workflow).is_some_and(|it| Arc::ptr_eq(it, sent)));
        let put = put.map(|(workflow, sent)| (workflow.clone(), Some(Arc::clone(sent))));
        let gone = base.into_iter().flat_map(|base| base.routes.keys());
        let gone = gone.filter(|workflow| !self.routes.contains_key(workflow)).map(|workflow| (workflow.clone(), None));
        put.chain(gone).collect()
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let is_same = |((one, sent), (other, also)): ((_, &Arc<Sent>), (_, &Arc<Sent>))| -> bool {
            let (one, other): (&WorkflowRef, &WorkflowRef) = (one, other);
            one == other && Arc::ptr_eq(sent, also)
        };
        let routes = self.routes.len() == other.routes.len() && self.routes.iter().zip(&other.routes).all(is_same);
        routes && self.alive == other.alive && self.oversized == other.oversized && self.line() == other.line()
    }

    /// The public port as it is written, in memory that is wiped.
    fn line(&self) -> impl PartialEq {
        let revision = TableRevision(String::new());
        let (extent, edge) = (Extent::Full, self.edge.clone());
        Header { revision, extent, changes: 0, edge, alive: BTreeSet::new() }.line()
    }
}

impl Sent {
    fn of(compiled: Arc<CompiledRoute>) -> Option<Arc<Self>> {
        let packed = Packed::pack(&compiled.plan, &compiled.keys)?;
        let revision = Revision::of(&compiled.plan).to_string();
        Some(Arc::new(Self { compiled, revision, packed }))
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Published({}, {} routes)", self.revision, self.routes.len())
    }
}

fn too_large(workflow: WorkflowRef) -> Rejection {
    Rejection { workflow, winner: None, reason: "its plan and keys are too large to be sent to a gateway".to_owned() }
}
