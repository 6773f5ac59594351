//! A pass: gather, compile, decide, apply, publish, say. Every replica compiles, so that whoever takes over knows what was
//! accepted; the one that leads does the rest.

mod counts;
mod watched;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use boathook_operator_core::apply::Reconciler;
use boathook_operator_core::compile::{Accepted, Compiled, Compiler};
use boathook_operator_core::desired::Settings;
use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::world::{Platform, World};
use jiff::Timestamp;

use crate::cluster::Cluster;
use crate::decide::{self, Known, Say, Statements};
use crate::gateways::{Gateways, Table};
use crate::lease::Leadership;
use crate::metrics::Metrics;
use crate::scripts::Scripts;
use crate::statuses::Statuses;
use crate::watches::{View, Watches};
use counts::Counts;
use watched::Watched;

/// Calls of one pass: what is left over is done in the next one, with a newer view.
const CALLS: usize = 500;

/// When what is waited for is looked at again.
const SOON: Duration = Duration::from_secs(1);

/// When everything is looked at again, whatever is heard: a net below all watches.
const LATE: Duration = Duration::from_mins(10);

/// What a pass works with.
pub struct Tools {
    /// What is looked at.
    pub watches: Arc<Watches>,
    /// What is known of scripts.
    pub scripts: Scripts,
    /// The API server.
    pub cluster: Cluster,
    /// The gateways.
    pub gateways: Arc<dyn Gateways>,
    /// Whether this replica leads.
    pub leadership: Leadership,
}

/// What is kept from one pass to the next.
pub struct Operator {
    tools: Tools,
    settings: Settings,
    platform: Platform,
    compiler: Compiler,
    accepted: Accepted,
    reconciler: Reconciler,
    statuses: Statuses,
    counts: Counts,
    watched: Watched,
}

impl Operator {
    /// Nothing has been seen.
    pub fn new(tools: Tools, (settings, platform): (Settings, Platform), statuses: Statuses, metrics: Metrics) -> Self {
        Self {
            tools,
            settings,
            platform,
            compiler: Compiler::default(),
            accepted: Accepted::default(),
            reconciler: Reconciler::default(),
            statuses,
            counts: Counts::default(),
            watched: Watched::new(metrics),
        }
    }

    /// Whether everything has been seen once: before, nothing may be concluded from what is missing.
    pub fn sees_everything(&self) -> bool {
        self.tools.watches.are_whole()
    }

    /// Whether this replica leads.
    pub fn leads(&self) -> bool {
        self.tools.leadership.holds()
    }

    /// One pass; when the next one is due at the latest.
    pub async fn pass(&mut self) -> Duration {
        let view = self.tools.watches.view();
        let compiled = self.compile(&view);
        if !self.tools.leadership.holds() {
            return LATE;
        }
        let begun = Instant::now();
        let applied = self.apply(&view, &compiled).await;
        let tables = self.publish(&view, &compiled);
        let spoken = self.say(&view, &compiled, &tables);
        let waits = self.statuses.write(spoken, &view, &self.tools.leadership).await;
        self.watched.passed(begun.elapsed(), !applied);
        self.rest(waits)
    }

    /// Compiles what is seen.
    fn compile(&mut self, view: &View) -> Compiled {
        let known = (self.tools.scripts.known(view), std::mem::take(&mut self.accepted));
        let world: World = self.tools.watches.world(view, known, self.platform.clone());
        let compiled = self.compiler.compile(&world);
        self.accepted = compiled.accepted.clone();
        compiled
    }

    /// Brings the objects of the gateways to what is wanted; whether nothing is in the way.
    async fn apply(&mut self, view: &View, compiled: &Compiled) -> bool {
        let gateways = &self.tools.gateways;
        let wanted = decide::wanted(compiled, &self.settings, |gateway| gateways.files(gateway, view.channel(gateway)));
        self.reconciler.forget(&wanted, &view.owned);
        let mut calls = 0;
        while let Some(call) = self.reconciler.next(&wanted, &view.owned, Timestamp::now()) {
            calls += 1;
            if calls > CALLS || !self.tools.leadership.holds() {
                break;
            }
            tracing::info!(%call, "calls the API server");
            let answer = self.tools.cluster.perform(&call).await;
            self.reconciler.answer(&call, answer, Timestamp::now());
        }
        self.reconciler.troubles().next().is_none()
    }

    /// Hands the routes out.
    fn publish(&self, view: &View, compiled: &Compiled) -> BTreeMap<ObjectKey, Table> {
        let tables = decide::tables(compiled, view);
        self.tools.gateways.publish(&tables);
        tables
    }

    /// What is to be said of every resource.
    fn say(&mut self, view: &View, compiled: &Compiled, tables: &BTreeMap<ObjectKey, Table>) -> Statements {
        let said = self.tools.gateways.said();
        self.counts.hear(view, &said);
        let known = Known {
            compiled,
            view,
            tables,
            said: &said,
            troubles: self.reconciler.troubles().map(|(id, trouble)| (id.clone(), trouble)).collect(),
            platform: &self.platform,
        };
        let before = Say {
            gateway: &|key, seen| self.statuses.of_gateway(key, seen),
            workflow: &|key, seen| self.statuses.of_workflow(key, seen),
            deliveries: &|uid| self.counts.of(uid),
        };
        let spoken = decide::say(&known, &before, Timestamp::now());
        self.watched.see(view, &spoken);
        spoken
    }

    fn rest(&self, waits: bool) -> Duration {
        let now = Timestamp::now();
        let wakes = self.reconciler.wakes(now).map(|wakes| wakes.duration_since(now).unsigned_abs());
        let soon = waits.then_some(SOON);
        wakes.into_iter().chain(soon).fold(LATE, Duration::min).max(Duration::from_millis(50))
    }
}
