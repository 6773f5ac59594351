//! Counts of each workflow, by its UID: another one of the same name begins anew.

use std::collections::BTreeMap;

use boathook_crds::workflow::status::Deliveries;
use boathook_operator_core::status::Tally;

use crate::gateways::Said;
use crate::watches::View;

/// The counts of all workflows.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<String, Tally>);

impl Counts {
    /// Takes what the pods say. A workflow that is seen for the first time goes on from its status.
    pub fn hear(&mut self, view: &View, said: &Said) {
        let mut known = std::mem::take(&mut self.0);
        let statuses = view.workflows.values().map(|seen| (&seen.uid, seen.status.deliveries.as_ref()));
        self.0 = statuses
            .map(|(uid, status)| (uid.clone(), known.remove(uid).unwrap_or_else(|| Tally::from(status))))
            .collect();
        for says in said.values().flat_map(BTreeMap::values) {
            for (uid, counted) in &says.deliveries {
                if let Some(tally) = self.0.get_mut(uid) {
                    tally.hear(&says.instance, counted);
                }
            }
        }
    }

    /// The counts of a workflow; `None` while nothing was counted.
    pub fn of(&self, uid: &str) -> Option<Deliveries> {
        self.0.get(uid).filter(|tally| tally.has_heard()).map(Tally::total)
    }
}
