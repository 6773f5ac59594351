//! The operator's metrics. Those of a controller have controller-runtime's names, so that dashboards know them.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use prometheus::core::Collector;
use prometheus::{
    Encoder as _, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

use boathook_operator_core::object::ObjectKey;

/// The one controller and queue there is: a pass is about everything.
const CONTROLLER: &str = "boathook";

/// Seconds: from a gateway that is there to one whose pod is still to be made.
const PROGRAMMED: [f64; 11] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// What is counted. Clones are the same.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    reconciles: IntCounterVec,
    errors: IntCounterVec,
    time: HistogramVec,
    depth: IntGaugeVec,
    adds: IntCounterVec,
    work: HistogramVec,
    leads: IntGaugeVec,
    conditions: IntGaugeVec,
    programmed: Histogram,
    unreadable: IntGauge,
}

impl Metrics {
    /// Nothing is counted yet.
    pub fn new() -> Result<Self, prometheus::Error> {
        let of_queue = ["name", "controller"];
        let of_workflow = ["namespace", "workflow", "condition", "status"];
        let programmed = HistogramOpts::new(
            "boathook_apply_to_programmed_seconds",
            "From the first sight of a generation to its being served by every ready pod",
        );
        let metrics = Self {
            reconciles: counters(
                ("controller_runtime_reconcile_total", "Passes, by their result"),
                &["controller", "result"],
            )?,
            errors: counters(
                ("controller_runtime_reconcile_errors_total", "Passes with a failed call"),
                &["controller"],
            )?,
            time: times(("controller_runtime_reconcile_time_seconds", "How long passes take"), &["controller"])?,
            depth: gauges(("workqueue_depth", "Passes that wait"), &of_queue)?,
            adds: counters(("workqueue_adds_total", "Passes that were asked for"), &of_queue)?,
            work: times(("workqueue_work_duration_seconds", "How long passes take"), &of_queue)?,
            leads: gauges(("leader_election_master_status", "Whether this replica leads"), &["name"])?,
            conditions: gauges(
                ("boathook_workflow_status_condition", "Conditions of workflows: 1 for the status that holds"),
                &of_workflow,
            )?,
            programmed: Histogram::with_opts(programmed.buckets(PROGRAMMED.to_vec()))?,
            unreadable: IntGauge::new("boathook_unreadable_resources", "Resources whose stored form cannot be read")?,
            registry: Registry::new(),
        };
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> Result<(), prometheus::Error> {
        let all: [Box<dyn Collector>; 10] = [
            Box::new(self.reconciles.clone()),
            Box::new(self.errors.clone()),
            Box::new(self.time.clone()),
            Box::new(self.depth.clone()),
            Box::new(self.adds.clone()),
            Box::new(self.work.clone()),
            Box::new(self.leads.clone()),
            Box::new(self.conditions.clone()),
            Box::new(self.programmed.clone()),
            Box::new(self.unreadable.clone()),
        ];
        for collector in all {
            self.registry.register(collector)?;
        }
        self.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        self.errors.with_label_values(&[CONTROLLER]).inc_by(0);
        self.reconciles.with_label_values(&[CONTROLLER, "success"]).inc_by(0);
        self.reconciles.with_label_values(&[CONTROLLER, "error"]).inc_by(0);
        self.leads(false);
        Ok(())
    }

    /// A pass is asked for.
    pub fn asked(&self) {
        self.adds.with_label_values(&[CONTROLLER, CONTROLLER]).inc();
        self.depth.with_label_values(&[CONTROLLER, CONTROLLER]).set(1);
    }

    /// A pass is over.
    pub fn passed(&self, took: Duration, failed: bool) {
        let result = if failed { "error" } else { "success" };
        self.reconciles.with_label_values(&[CONTROLLER, result]).inc();
        self.errors.with_label_values(&[CONTROLLER]).inc_by(failed.into());
        self.time.with_label_values(&[CONTROLLER]).observe(took.as_secs_f64());
        self.work.with_label_values(&[CONTROLLER, CONTROLLER]).observe(took.as_secs_f64());
        self.depth.with_label_values(&[CONTROLLER, CONTROLLER]).set(0);
    }

    /// Whether this replica leads.
    pub fn leads(&self, leads: bool) {
        self.leads.with_label_values(&["boathook-operator"]).set(leads.into());
    }

    /// How many resources cannot be read.
    pub fn unreadable(&self, count: usize) {
        self.unreadable.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// A generation is served everywhere, so long after it was first seen.
    pub fn programmed(&self, took: Duration) {
        self.programmed.observe(took.as_secs_f64());
    }

    /// The conditions of a workflow.
    pub fn conditions(&self, key: &ObjectKey, conditions: &[Condition]) {
        for condition in conditions {
            for status in ["True", "False", "Unknown"] {
                let labels = [&*key.namespace, &*key.name, &*condition.type_, status];
                self.conditions.with_label_values(&labels).set((condition.status == status).into());
            }
        }
    }

    /// Workflows and conditions that are no more.
    pub fn forget(&self, gone: &BTreeSet<(ObjectKey, String)>) {
        for (key, condition) in gone {
            for status in ["True", "False", "Unknown"] {
                // One that is not there is forgotten.
                let _ = self.conditions.remove_label_values(&[&key.namespace, &key.name, condition, status]);
            }
        }
    }

    /// All of it, as Prometheus reads it.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        // Writing to memory does not fail; what cannot be said is left out.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        text
    }
}

fn counters((name, help): (&str, &str), labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
    IntCounterVec::new(Opts::new(name, help), labels)
}

fn gauges((name, help): (&str, &str), labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
    IntGaugeVec::new(Opts::new(name, help), labels)
}

fn times((name, help): (&str, &str), labels: &[&str]) -> Result<HistogramVec, prometheus::Error> {
    HistogramVec::new(HistogramOpts::new(name, help), labels)
}
