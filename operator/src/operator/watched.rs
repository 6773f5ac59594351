//! What passes are measured by.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use boathook_operator_core::object::ObjectKey;

use crate::decide::{Spoken, Statements};
use crate::metrics::Metrics;
use crate::watches::View;

/// What the metrics need to know from before.
pub(super) struct Watched {
    metrics: Metrics,
    series: BTreeSet<(ObjectKey, String)>,
    /// Generations that are not served everywhere yet, and since when they are known.
    waiting: BTreeMap<ObjectKey, (i64, Instant)>,
    served: BTreeMap<ObjectKey, i64>,
}

impl Watched {
    /// Nothing is measured yet.
    pub fn new(metrics: Metrics) -> Self {
        Self { metrics, series: BTreeSet::new(), waiting: BTreeMap::new(), served: BTreeMap::new() }
    }

    /// A pass is over.
    pub fn passed(&self, took: Duration, failed: bool) {
        self.metrics.passed(took, failed);
    }

    /// Measures what is said.
    pub fn see(&mut self, view: &View, spoken: &Statements) {
        let mut series = BTreeSet::new();
        let workflows = spoken.iter().filter_map(|((_, key), spoken)| match spoken {
            Spoken::Workflow(status) => Some((key, status)),
            Spoken::Gateway(_) => None,
        });
        for (key, status) in workflows {
            self.metrics.conditions(key, &status.conditions);
            series.extend(status.conditions.iter().map(|condition| (key.clone(), condition.type_.clone())));
            let generation = status.observed_generation.unwrap_or_default();
            let programmed = status.conditions.iter().any(|said| said.type_ == "Programmed" && said.status == "True");
            self.time(key, generation, programmed);
        }
        self.metrics.forget(&self.series.difference(&series).cloned().collect());
        self.series = series;
        self.waiting.retain(|key, _| view.workflows.contains_key(key));
        self.served.retain(|key, _| view.workflows.contains_key(key));
        let unread = view.workflows.values().filter(|seen| seen.object.is_err()).count();
        self.metrics.unreadable(unread + view.gateways.values().filter(|seen| seen.object.is_err()).count());
    }

    /// Measures from the first sight of a generation to its being served.
    fn time(&mut self, key: &ObjectKey, generation: i64, programmed: bool) {
        if self.served.get(key) == Some(&generation) {
            return;
        }
        let since = match self.waiting.get(key) {
            Some((known, since)) if *known == generation => *since,
            Some(_) | None => Instant::now(),
        };
        if programmed {
            self.metrics.programmed(since.elapsed());
            self.waiting.remove(key);
            self.served.insert(key.clone(), generation);
        } else {
            self.waiting.insert(key.clone(), (generation, since));
        }
    }
}
