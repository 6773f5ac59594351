//! The routes being served: one table behind one atomic pointer, read once a request and replaced whole.
//!
//! A request keeps the route that it found; a swap never touches it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use boathook_plan::plan::{Step, WorkflowRef};
use boathook_plan::route::Route;
use boathook_plan::table::Table;
use tokio::time::Instant;

use crate::ingest::Budget;
use crate::metrics::{Counts, kind};
use crate::rates::{Addresses, Rates};
use crate::store::PlanText;

/// A route that is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Whose route.
    pub workflow: WorkflowRef,
    /// The workflow that has the path.
    pub winner: WorkflowRef,
}

/// A route and what is counted of its workflow.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) route: Arc<Route>,
    pub(crate) workflow: Arc<WorkflowRef>,
    pub(crate) counts: Arc<Counts>,
    /// What is let through.
    pub(crate) rates: Arc<Rates>,
    /// Requests that started nothing and are recorded.
    pub(crate) recorded: Budget,
    /// The plan as the store keeps it, made on first use.
    text: OnceLock<Arc<PlanText>>,
    /// The kind of each step, by name, for the counts.
    pub(crate) kinds: HashMap<String, usize>,
}

/// What a host and a path led to.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) served: Arc<Served>,
    /// What the pattern's names matched.
    pub(crate) params: Vec<(String, String)>,
}

/// The live routes. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    /// `None` until the first ones are in.
    live: Arc<ArcSwap<Option<Live>>>,
    /// The clients that the workflows' rates are counted for.
    addresses: Arc<Addresses>,
}

/// All routes at one time.
#[derive(Debug, Default)]
struct Live {
    /// Those that requests come to.
    table: Table<Arc<Served>>,
    /// All of them, by namespace and name.
    all: BTreeMap<WorkflowRef, Arc<Served>>,
    /// Those of them that no request comes to: another workflow has their path. What they have accepted goes on.
    losers: BTreeSet<WorkflowRef>,
    /// The UIDs of workflows that exist and may have no route.
    alive: BTreeSet<String>,
    /// When they came.
    since: Option<Instant>,
}

impl Routes {
    /// The route of a host and a raw path.
    pub(crate) fn find(&self, host: &str, raw_path: &str) -> Option<Match> {
        let live = self.live.load();
        let found = Option::as_ref(&live)?.table.find(host, raw_path)?;
        Some(Match { served: Arc::clone(found.value), params: found.params })
    }

    /// The route that a workflow has now; one that was made anew under the same name is another.
    pub(crate) fn of(&self, workflow: &WorkflowRef) -> Option<Arc<Served>> {
        let live = self.live.load();
        Option::as_ref(&live)?.all.get(workflow).cloned()
    }

    /// The workflow that has this name now.
    pub(crate) fn named(&self, namespace: &str, name: &str) -> Option<Arc<Served>> {
        let live = self.live.load();
        let first = WorkflowRef { namespace: namespace.to_owned(), name: name.to_owned(), uid: String::new() };
        let (workflow, served) = Option::as_ref(&live)?.all.range(first..).next()?;
        (workflow.namespace == namespace && workflow.name == name).then(|| Arc::clone(served))
    }

    /// Whether a workflow exists, with a route or without one: it may have been refused, and be mended.
    pub(crate) fn knows(&self, workflow: &WorkflowRef) -> bool {
        let live = self.live.load();
        Option::as_ref(&live).is_some_and(|live| live.all.contains_key(workflow) || live.alive.contains(&workflow.uid))
    }

    /// Replaces all routes. They are given in the order that decides conflicts: the earlier one stays. `alive` names by
    /// UID what else there is. A workflow's counts go on.
    pub(crate) fn swap(&self, routes: Vec<Arc<Route>>, alive: BTreeSet<String>) -> Vec<Rejected> {
        let before: HashMap<WorkflowRef, Arc<Served>> =
            self.list().into_iter().map(|served| (served.route.workflow().clone(), served)).collect();
        let mut live = Live { alive, since: Some(Instant::now()), ..Live::default() };
        let mut rejected = Vec::new();
        for route in routes {
            let before = before.get(route.workflow()).map(Arc::as_ref);
            rejected.extend(live.insert(&Arc::new(Served::new(route, before, &self.addresses))));
        }
        self.live.store(Arc::new(Some(live)));
        rejected
    }

    /// Since the routes were last replaced.
    pub(crate) fn age(&self) -> Option<Duration> {
        let live = self.live.load();
        Option::as_ref(&live)?.since.map(|since| since.elapsed())
    }

    /// Whether first routes are in.
    pub(crate) fn ready(&self) -> bool {
        self.live.load().is_some()
    }

    /// Every route, by namespace and name.
    pub(crate) fn list(&self) -> Vec<Arc<Served>> {
        let live = self.live.load();
        live.iter().flat_map(|live| live.all.values()).cloned().collect()
    }

    /// Every route that is served, by namespace and name.
    pub(crate) fn served(&self) -> Vec<Arc<Served>> {
        let live = self.live.load();
        let served = live.iter().flat_map(|live| {
            live.all.iter().filter(|(workflow, _)| !live.losers.contains(workflow)).map(|(_, served)| served)
        });
        served.cloned().collect()
    }
}

impl Live {
    /// Adds a route, or says who was there before.
    fn insert(&mut self, served: &Arc<Served>) -> Option<Rejected> {
        let workflow = served.route.workflow().clone();
        self.all.insert(workflow.clone(), Arc::clone(served));
        let intake = served.route.intake()?;
        let conflict = self.table.insert(intake.host(), intake.pattern(), Arc::clone(served)).err()?;
        let winner = self.table.get(intake.host(), &conflict.with);
        let winner = winner.map_or(&workflow, |winner| winner.route.workflow()).clone();
        self.losers.insert(workflow.clone());
        Some(Rejected { workflow, winner })
    }
}

impl Served {
    /// What was counted of the workflow `before` goes on; so do its rates, where they are still the same.
    fn new(route: Arc<Route>, before: Option<&Self>, addresses: &Arc<Addresses>) -> Self {
        let rates = route.plan().webhook.as_ref().map_or(&[][..], |webhook| &webhook.policy.rates);
        let kept = before.map(|before| &before.rates).filter(|kept| kept.are(rates));
        let program = &route.plan().program;
        let steps = program.steps.iter().chain(program.blocks.iter().flat_map(|block| &block.steps));
        let kinds = steps.map(|Step { name, kind: of, .. }| (name.clone(), kind(of))).collect();
        Self {
            workflow: Arc::new(route.workflow().clone()),
            rates: kept.map_or_else(|| Arc::new(Rates::new(rates, addresses)), Arc::clone),
            route,
            counts: before.map(|before| Arc::clone(&before.counts)).unwrap_or_default(),
            recorded: Budget::default(),
            text: OnceLock::new(),
            kinds,
        }
    }

    /// The plan as the store keeps it.
    pub(crate) fn plan_text(&self) -> &Arc<PlanText> {
        self.text.get_or_init(|| {
            let json = serde_json::to_vec(self.route.plan()).unwrap_or_default();
            Arc::new(PlanText::new(json.into()))
        })
    }
}
