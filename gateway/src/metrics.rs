//! What a gateway counts, and how Prometheus reads it.
//!
//! The counts of a workflow live with its route and leave with it, so that no series outlives its workflow; labels are
//! its namespace, its name and closed enums. Nothing from a request becomes a label.

mod collector;
mod counts;
mod dropped;
mod queues;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Encoder as _, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, Opts, Registry, TextEncoder,
};

use crate::routes::Routes;
use crate::store::{Commit, Observer};
use collector::WorkflowCollector;
use counts::KINDS;
use dropped::Connections;
use queues::Queues;

pub(crate) use counts::{Counts, RequestKind, kind};
pub(crate) use dropped::Dropped;

/// Upper bounds in seconds: a Sync answer takes from less than a millisecond to its deadline.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Upper bounds in seconds: a run takes from a fraction of a millisecond to the days that it waits.
const LONG: [f64; 14] =
    [0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0];

/// Upper bounds of the changes in one commit: up to what the store gathers.
const BATCHES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    duration: Histogram,
    executions: Histogram,
    steps: HistogramVec,
    commits: Histogram,
    batches: Histogram,
    pub(crate) queues: Queues,
    /// Records of Sync runs that were not written.
    pub(crate) records_dropped: IntCounter,
    /// Connections that were dropped.
    pub(crate) dropped: Connections,
    /// Of requests that found no route.
    pub(crate) nowhere: Arc<Counts>,
}

impl Metrics {
    pub(crate) fn new(routes: &Routes) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let nowhere = Arc::new(Counts::default());
        let duration =
            histogram("boathook_request_duration_seconds", "From the head of a request to its answer.", &BUCKETS)?;
        let executions =
            histogram("boathook_execution_duration_seconds", "From the begin of an execution to its end.", &LONG)?;
        let steps = HistogramOpts::new("boathook_step_duration_seconds", "From a step's turn to its end, by kind.");
        let steps = HistogramVec::new(steps.buckets(LONG.to_vec()), &["kind"])?;
        let commits = histogram("boathook_store_commit_seconds", "Time of one commit of the store.", &BUCKETS)?;
        let batches = histogram("boathook_store_batch_size", "Changes in one commit of the store.", &BATCHES)?;
        let records_dropped = IntCounter::new(
            "boathook_records_dropped_total",
            "Records of Sync runs that were not written: the store was too slow, or the namespace's quota used up.",
        )?;
        let dropped = Connections::new()?;
        let own: [Box<dyn Collector>; 10] = [
            Box::new(executions.clone()),
            Box::new(steps.clone()),
            dropped.collector(),
            Box::new(records_dropped.clone()),
            Box::new(duration.clone()),
            Box::new(commits.clone()),
            Box::new(batches.clone()),
            Box::new(WorkflowCollector::new(routes.clone(), Arc::clone(&nowhere))?),
            Box::new(build_info()?),
            Box::new(ProcessCollector::for_self()),
        ];
        let queues = Queues::new()?;
        own.into_iter().chain(queues.collectors()).try_for_each(|collector| registry.register(collector))?;
        Ok(Self { registry, duration, executions, steps, commits, batches, queues, records_dropped, dropped, nowhere })
    }

    /// Notes how long a request took.
    pub(crate) fn took(&self, time: Duration) {
        self.duration.observe(time.as_secs_f64());
    }

    /// Notes how long an execution took.
    pub(crate) fn executed(&self, time: SignedDuration) {
        self.executions.observe(time.as_secs_f64().max(0.0));
    }

    /// Notes how long a step took, by the position of its kind.
    pub(crate) fn stepped(&self, kind: usize, time: SignedDuration) {
        if let Some(kind) = KINDS.get(kind) {
            self.steps.with_label_values(&[*kind]).observe(time.as_secs_f64().max(0.0));
        }
    }

    /// What notes each commit of the store.
    pub(crate) fn observer(&self) -> Observer {
        let (commits, batches) = (self.commits.clone(), self.batches.clone());
        Arc::new(move |commit: Commit| {
            commits.observe(commit.took.as_secs_f64());
            batches.observe(u32::try_from(commit.commands).map_or(f64::MAX, f64::from));
        })
    }

    /// Everything in Prometheus' text format.
    pub(crate) fn text(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn histogram(name: &str, help: &str, buckets: &[f64]) -> Result<Histogram, prometheus::Error> {
    Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))
}

fn build_info() -> Result<Gauge, prometheus::Error> {
    let opts = Opts::new("boathook_build_info", "Always 1; the version is in the label.")
        .const_label("version", env!("CARGO_PKG_VERSION"));
    let gauge = Gauge::with_opts(opts)?;
    gauge.set(1.0);
    Ok(gauge)
}
