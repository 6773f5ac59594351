//! `GET /v1/report`: what became of each workflow's requests, and which table is in force; told when it changes and at
//! least each second. Only looks while somebody listens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use boathook_plan::channel::{REPORTED, Report, VERSION, WorkflowReport};
use boathook_plan::plan::WorkflowRef;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::desk::Desk;
use super::table::Table;
use crate::admin::lines::{self, End, Lines};
use crate::store::Totals;

/// How often counts are looked at: half of what is promised.
const LOOK: Duration = Duration::from_millis(500);

/// How often the store is asked.
const ASK: Duration = Duration::from_secs(1);

/// What a listener knows.
#[derive(Default)]
struct Told(HashMap<WorkflowRef, WorkflowReport>);

/// What the store holds, as it was when it was last asked.
#[derive(Default)]
struct Stored {
    totals: HashMap<String, Totals>,
    asked: Option<Instant>,
}

/// The answer, which goes on until its reader goes away.
pub(super) fn answer(desk: Arc<Desk>) -> Response {
    lines::answer(|lines| async move { write(&desk, &lines).await })
}

async fn write(desk: &Desk, lines: &Lines) -> Result<(), End> {
    let mut table = desk.watch();
    let (mut told, mut stored) = (Told::default(), Stored::default());
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            changed = table.changed() => if changed.is_err() { return Ok(()) },
            () = lines.closed() => return Err(End::Reader),
        }
        stored.ask(desk).await;
        let in_force = table.borrow_and_update().clone();
        for report in told.news(desk, in_force.as_deref(), &stored) {
            lines.send(&report).await?;
        }
    }
}

impl Stored {
    /// A store that does not answer is told of by what depends on it; the rest is still told.
    async fn ask(&mut self, desk: &Desk) {
        if self.asked.is_some_and(|asked| asked.elapsed() < ASK) {
            return;
        }
        self.asked = Some(Instant::now());
        let Ok(store) = desk.shared.runner.store() else { return };
        match store.totals().await {
            Ok(totals) => {
                self.totals = totals.into_iter().map(|totals| (totals.workflow.uid.clone(), totals)).collect();
            }
            Err(error) => tracing::debug!(error = %error, "asking the store for a report"),
        }
    }
}

impl Told {
    /// What is new, in lines of a bounded size; one line at least.
    fn news(&mut self, desk: &Desk, table: Option<&Table>, stored: &Stored) -> Vec<Report> {
        let revisions: HashMap<&WorkflowRef, &str> = table.iter().flat_map(|table| table.revisions()).collect();
        let gone: Vec<_> = self.0.keys().filter(|known| !revisions.contains_key(known)).cloned().collect();
        self.0.retain(|known, _| revisions.contains_key(known));
        let mut news = Vec::new();
        for served in desk.shared.routes.list() {
            let workflow = served.route.workflow();
            let Some(revision) = revisions.get(workflow) else { continue };
            let mut deliveries = served.counts.deliveries();
            if let Some(totals) = stored.totals.get(&workflow.uid) {
                (deliveries.queued, deliveries.running) = (totals.queued, totals.active);
                deliveries.dead_lettered = totals.dead_letters;
            }
            let now = WorkflowReport { workflow: workflow.clone(), revision: (*revision).to_owned(), deliveries };
            if self.0.get(workflow) != Some(&now) {
                self.0.insert(workflow.clone(), now.clone());
                news.push(now);
            }
        }
        let report = |workflows: &[WorkflowReport], gone: &[WorkflowRef]| Report {
            version: VERSION,
            instance: desk.instance,
            revision: table.map(|table| table.revision.clone()),
            sandbox: desk.sandbox(),
            workflows: workflows.to_vec(),
            gone: gone.to_vec(),
        };
        let mut reports: Vec<_> = gone.chunks(REPORTED).map(|gone| report(&[], gone)).collect();
        reports.extend(news.chunks(REPORTED).map(|news| report(news, &[])));
        if reports.is_empty() {
            reports.push(report(&[], &[]));
        }
        reports
    }
}
