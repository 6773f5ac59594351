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
    retries: Family,
    missing: Family,
    unkeyed: Family,
    keys: Family,
    count: Family,
    age: Family,
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
            retries: counter("boathook_step_retries_total", "Attempts of steps beyond their first ones.", &[])?,
            unkeyed: counter(
                "boathook_deliveries_without_key_total",
                "Deliveries that were not deduplicated for want of a key.",
                &[],
            )?,
            keys: counter(
                "boathook_verified_key_total",
                "Verified requests by the position of the key that verified them.",
                &["position"],
            )?,
            missing: counter("boathook_missing_paths_total", "Conditions that were false for want of a path.", &[])?,
            age: Family::new(
                "boathook_route_table_age_seconds",
                "Since the routes were last replaced.",
                &[],
                MetricType::GAUGE,
            )?,
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

    /// The series of one workflow that have counted something.
    fn series<'a, const N: usize>(
        &'a self,
        names: [&'a str; 2],
        counts: impl Iterator<Item = ([&'static str; N], u64)> + 'a,
    ) -> impl Iterator<Item = Metric> + 'a {
        let seen = counts.filter(|(_, count)| *count > 0);
        seen.map(move |(own, count)| self.counter(names.into_iter().chain(own), count))
    }

    /// One series; its values stand in the order of the labels.
    fn counter<'a>(&self, values: impl Iterator<Item = &'a str>, count: u64) -> Metric {
        let labels = self.desc.variable_labels.iter().zip(values).map(|(name, value)| {
            let mut label = LabelPair::default();
            label.set_name(name.clone());
            label.set_value(value.to_owned());
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
        let of_runs = [&self.requests, &self.executions, &self.steps, &self.retries];
        let of_workflows = of_runs.into_iter().chain([&self.missing, &self.unkeyed, &self.keys]);
        of_workflows.chain([&self.count, &self.age]).map(|family| &family.desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let served = self.routes.list();
        let workflows = served.iter().map(|served| (served.route.workflow(), &*served.counts));
        let named = workflows.map(|(workflow, counts)| ([workflow.namespace.as_str(), workflow.name.as_str()], counts));
        let (mut requests, mut executions, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        let (mut missing, mut unkeyed, mut keys, mut retries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (names, counts) in named.chain([(["", ""], &*self.nowhere)]) {
            requests.extend(self.requests.series(names, counts.requests()));
            executions.extend(self.executions.series(names, counts.executions()));
            steps.extend(self.steps.series(names, counts.steps()));
            retries.extend(self.retries.series(names, counts.retries()));
            missing.extend(self.missing.series(names, counts.missing()));
            keys.extend(self.keys.series(names, counts.keys()));
            unkeyed.extend(self.unkeyed.series(names, counts.without_key()));
        }
        vec![
            self.requests.with(requests),
            self.executions.with(executions),
            self.steps.with(steps),
            self.retries.with(retries),
            self.missing.with(missing),
            self.unkeyed.with(unkeyed),
            self.keys.with(keys),
            self.count.with(vec![gauge(u64::try_from(served.len()).map_or(f64::MAX, to_float))]),
            self.age.with(self.routes.age().map(|age| gauge(age.as_secs_f64())).into_iter().collect()),
        ]
    }
}

fn gauge(value: f64) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    Metric::from_gauge(gauge)
}

/// Prometheus' numbers are doubles; a count is exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "the exposition format has no other number")]
fn to_float(count: u64) -> f64 {
    count as f64
}
