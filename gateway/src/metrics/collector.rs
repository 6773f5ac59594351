//! Shows the counts of the workflows that are being served to Prometheus: a series exists once it has counted something
//! and as long as its workflow is there.

use std::sync::Arc;

use prometheus::Opts;
use prometheus::core::{Collector, Desc, Describer as _};
use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

use super::counts::Counts;
use crate::routes::Routes;

/// A metric with a series for each workflow.
struct Family {
    desc: Desc,
    kind: MetricType,
}

/// Reads the counts when Prometheus asks.
pub(super) struct WorkflowCollector {
    routes: Routes,
    nowhere: Arc<Counts>,
    requests: Family,
    executions: Family,
    steps: Family,
    count: Family,
}

impl WorkflowCollector {
    pub(super) fn new(routes: Routes, nowhere: Arc<Counts>) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels| Family::new(name, help, labels, MetricType::COUNTER);
        Ok(Self {
            routes,
            nowhere,
            requests: counter("boathook_requests_total", "Requests by how they ended.", &["outcome"])?,
            executions: counter("boathook_executions_total", "Executions by how they ended.", &["outcome"])?,
            steps: counter("boathook_steps_total", "Steps by kind and by how they ended.", &["kind", "outcome"])?,
            count: Family::new("boathook_routes", "Routes being served.", &[], MetricType::GAUGE)?,
        })
    }
}

impl Family {
    fn new(name: &str, help: &str, own: &[&str], kind: MetricType) -> Result<Self, prometheus::Error> {
        let of_workflow: &[&str] = if kind == MetricType::COUNTER { &["namespace", "workflow"] } else { &[] };
        let labels = of_workflow.iter().chain(own).map(|label| (*label).to_owned()).collect();
        let opts = Opts::new(name, help).variable_labels(labels);
        Ok(Self { desc: opts.describe()?, kind })
    }

    fn with(&self, series: Vec<Metric>) -> MetricFamily {
        let mut family = MetricFamily::default();
        family.set_name(self.desc.fq_name.clone());
        family.set_help(self.desc.help.clone());
        family.set_field_type(self.kind);
        family.set_metric(series);
        family
    }

    /// One series; its values stand in the order of the labels.
    fn counter(&self, values: &[&str], count: u64) -> Metric {
        let labels = self.desc.variable_labels.iter().zip(values).map(|(name, value)| {
            let mut label = LabelPair::default();
            label.set_name(name.clone());
            label.set_value((*value).to_owned());
            label
        });
        let mut counter = Counter::default();
        counter.set_value(to_float(count));
        let mut metric = Metric::from_label(labels.collect());
        metric.set_counter(counter);
        metric
    }
}

impl Collector for WorkflowCollector {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.requests.desc, &self.executions.desc, &self.steps.desc, &self.count.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let served = self.routes.list();
        let named = served.iter().map(|served| {
            let workflow = served.route.workflow();
            (workflow.namespace.as_str(), workflow.name.as_str(), &*served.counts)
        });
        let (mut requests, mut executions, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for (namespace, name, counts) in named.chain([("", "", &*self.nowhere)]) {
            let seen = |(_, count): &(&str, u64)| *count > 0;
            requests.extend(
                counts
                    .requests()
                    .filter(seen)
                    .map(|(outcome, count)| self.requests.counter(&[namespace, name, outcome], count)),
            );
            executions.extend(
                counts
                    .executions()
                    .filter(seen)
                    .map(|(outcome, count)| self.executions.counter(&[namespace, name, outcome], count)),
            );
            let done = counts.steps().filter(|(.., count)| *count > 0);
            steps.extend(
                done.map(|(kind, outcome, count)| self.steps.counter(&[namespace, name, kind, outcome], count)),
            );
        }
        vec![
            self.requests.with(requests),
            self.executions.with(executions),
            self.steps.with(steps),
            self.count.with(vec![gauge(served.len())]),
        ]
    }
}

fn gauge(value: usize) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(u64::try_from(value).map_or(f64::MAX, to_float));
    Metric::from_gauge(gauge)
}

/// Prometheus' numbers are doubles; a count is exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "the exposition format has no other number")]
fn to_float(count: u64) -> f64 {
    count as f64
}
