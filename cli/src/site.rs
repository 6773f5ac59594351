//! What `boathook run` serves: the state between two readings of its files.
//!
//! A reading that cannot be trusted whole (a file is no YAML, a field is unknown) changes nothing: what was served is
//! served on. One workflow that is refused by its own fault keeps its last accepted form, the others move.

use std::collections::BTreeSet;
use std::sync::Arc;

use boathook_operator_core::compile::Accepted;
use boathook_plan::edge::Edge;
use boathook_plan::route::Route;

use crate::assemble::{Assembled, assemble};
use crate::load::world::Surroundings;
use crate::scripts::Scripts;
use crate::sources::{Snapshot, Sources};
use crate::watch::Watch;

/// The files and what was made of them last.
#[derive(Debug)]
pub struct Site {
    sources: Sources,
    surroundings: Surroundings,
    scripts: Scripts,
    accepted: Accepted,
    watch: Watch,
}

/// A reading.
#[derive(Debug)]
pub struct Reading {
    /// What the files hold, and what is wrong with it.
    pub world: Assembled,
    /// The routes to serve from now on; `None` serves on what was served.
    pub routes: Option<Vec<Arc<Route>>>,
    /// What the public port serves beside them.
    pub edge: Edge,
    /// The UIDs of all workflows that the files hold, also of those that are refused.
    pub alive: BTreeSet<String>,
    /// Routes that this build cannot serve: a fault of ours, for `validate` finds those of users.
    pub faults: Vec<String>,
}

impl Reading {
    /// Workflows that are not served as they are written, a line each.
    pub fn left_behind(&self) -> Vec<String> {
        let refused = self.world.compiled.workflows.iter().filter(|(_, outcome)| !outcome.accepted());
        let said = refused.map(|(key, outcome)| match outcome.serving {
            Some(_) => format!("{key} is served as before this edit"),
            None => format!("{key} is not served"),
        });
        said.collect()
    }
}

impl Site {
    /// Nothing is read yet.
    pub fn new(sources: Sources, surroundings: Surroundings, scripts: Scripts) -> Self {
        let watch = Watch::new(Snapshot::default());
        Self { sources, surroundings, scripts, accepted: Accepted::default(), watch }
    }

    /// Reads the files for the first time.
    pub fn open(&mut self) -> Reading {
        let state = self.sources.look();
        self.watch = Watch::new(state.clone());
        self.read(&state)
    }

    /// Looks at the files, and reads them when they have changed and are settled.
    pub fn look(&mut self) -> Option<Reading> {
        let state = self.sources.look();
        if !self.watch.see(&state) {
            return None;
        }
        let reading = self.read(&state);
        // Changed while it was read: the next look sees to it.
        (self.sources.look() == state).then(|| {
            self.watch.take(state);
            reading
        })
    }

    fn read(&mut self, state: &Snapshot) -> Reading {
        let mut world =
            assemble(state.read(), &self.surroundings, self.accepted.clone(), |loaded| self.scripts.learn(loaded));
        if !world.is_whole {
            return Reading { world, routes: None, edge: Edge::default(), alive: BTreeSet::new(), faults: Vec::new() };
        }
        self.accepted = std::mem::take(&mut world.compiled.accepted);
        let mut faults = Vec::new();
        let built = world.compiled.routes.iter().filter_map(|compiled| {
            let route = Route::build(Arc::clone(&compiled.plan), compiled.keys.clone());
            let workflow = &compiled.plan.workflow;
            route.map_err(|why| faults.push(format!("serve {}/{}: {why}", workflow.namespace, workflow.name))).ok()
        });
        let routes = built.map(Arc::new).collect();
        let alive = world.loaded.workflow_uids();
        let edge = Edge::of_all(world.compiled.edges.values());
        Reading { world, routes: Some(routes), edge, alive, faults }
    }
}
