//! How much there is of each workflow in the store, as it was when somebody last looked.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use prometheus::core::Collector;
use prometheus::{GaugeVec, Opts};

use crate::store::Totals;

/// Namespace and name.
const LABELS: [&str; 2] = ["namespace", "workflow"];

/// A gauge each, with a series for each workflow that the store knows and that is served.
#[derive(Debug)]
pub(crate) struct Queues {
    depth: GaugeVec,
    oldest: GaugeVec,
    running: GaugeVec,
    dead: GaugeVec,
    shown: Mutex<BTreeSet<[String; 2]>>,
}

impl Queues {
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let gauge = |name, help| GaugeVec::new(Opts::new(name, help), &LABELS);
        Ok(Self {
            depth: gauge("boathook_queue_depth", "Executions that have not begun.")?,
            oldest: gauge("boathook_queue_oldest_seconds", "Age of the oldest execution that has not begun.")?,
            running: gauge("boathook_executions_running", "Executions that have begun and are not finished.")?,
            dead: gauge("boathook_dead_letters", "Failed executions that are kept.")?,
            shown: Mutex::default(),
        })
    }

    pub(super) fn collectors(&self) -> [Box<dyn Collector>; 4] {
        [&self.depth, &self.oldest, &self.running, &self.dead]
            .map(|gauge| Box::new(gauge.clone()) as Box<dyn Collector>)
    }

    /// Shows these workflows and no others.
    pub(crate) fn show(&self, totals: &[Totals], now: Timestamp) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let current: BTreeSet<_> = totals.iter().map(names).collect();
        for [namespace, name] in shown.difference(&current) {
            for gauge in [&self.depth, &self.oldest, &self.running, &self.dead] {
                // It was shown, so it is there.
                let _ = gauge.remove_label_values(&[namespace.as_str(), name.as_str()]);
            }
        }
        for totals in totals {
            self.set(totals, now);
        }
        *shown = current;
    }

    fn set(&self, totals: &Totals, now: Timestamp) {
        let [namespace, name] = names(totals);
        let labels = [namespace.as_str(), name.as_str()];
        let age = totals.oldest_queued.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
        self.depth.with_label_values(&labels).set(to_float(totals.queued));
        self.oldest.with_label_values(&labels).set(age);
        self.running.with_label_values(&labels).set(to_float(totals.active));
        self.dead.with_label_values(&labels).set(to_float(totals.dead_letters));
    }
}

fn names(totals: &Totals) -> [String; 2] {
    [totals.workflow.namespace.clone(), totals.workflow.name.clone()]
}

/// Prometheus' numbers are doubles; a count is exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "the exposition format has no other number")]
fn to_float(count: u64) -> f64 {
    count as f64
}
