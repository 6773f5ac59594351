//! Finds out whether the scripts of workflows compile, beside the passes: a pass never waits for a worker.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boathook_crds::WebhookWorkflowSpec;
use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::world::{Checked, Checks};
use boathook_plan::script::CodeHash;
use boathook_sandbox::Sandbox;
use tokio::sync::Notify;

use crate::watches::View;

/// What could not be looked at is looked at again by then.
const AGAIN: Duration = Duration::from_mins(1);

/// What is known of scripts, and where more is learned. Clones are the same.
#[derive(Clone, Debug)]
pub struct Scripts {
    sandbox: Sandbox,
    changed: Arc<Notify>,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    checks: Checks,
    asked: BTreeSet<CodeHash>,
}

impl Scripts {
    /// Nothing is known.
    pub fn new(sandbox: Sandbox, changed: Arc<Notify>) -> Self {
        Self { sandbox, changed, known: Arc::default() }
    }

    /// What is known of the scripts of these workflows. What is not is asked for, and `changed` tells when it is known.
    pub fn known(&self, view: &View) -> Checks {
        let scripts = scripts(view);
        let (checks, asked) = self.with(|known| {
            known.checks.retain(|hash, _| scripts.contains_key(hash));
            let new = |hash: &&CodeHash| !known.checks.contains_key(*hash) && !known.asked.contains(*hash);
            let asked: Vec<_> = scripts.keys().filter(new).cloned().collect();
            known.asked.extend(asked.iter().cloned());
            (known.checks.clone(), asked)
        });
        for hash in asked {
            if let Some((namespace, code)) = scripts.get(&hash) {
                tokio::spawn(self.clone().learn(hash, format!("{namespace}/check"), (*code).to_owned()));
            }
        }
        checks
    }

    async fn learn(self, hash: CodeHash, owner: String, code: String) {
        let checked = match self.sandbox.check(&owner, &code).await {
            Ok(None) => Checked::Compiles,
            Ok(Some(fault)) => Checked::Broken(fault.to_string()),
            Err(error) => Checked::Unavailable(error.to_string()),
        };
        let lasts = !matches!(checked, Checked::Unavailable(_));
        self.with(|known| {
            known.asked.remove(&hash);
            known.checks.insert(hash.clone(), checked);
        });
        self.changed.notify_one();
        if !lasts {
            tokio::time::sleep(AGAIN).await;
            self.with(|known| known.checks.remove(&hash));
            self.changed.notify_one();
        }
    }

    fn with<R>(&self, act: impl FnOnce(&mut Known) -> R) -> R {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Every script, with the namespace of a workflow that has it.
fn scripts(view: &View) -> BTreeMap<CodeHash, (&str, &str)> {
    let workflows = view.workflows.iter().filter_map(|(key, seen)| Some((key, seen.object.as_ref().ok()?)));
    let scripts = workflows.flat_map(|(key, object)| {
        let ObjectKey { namespace, .. } = key;
        codes(&object.spec).map(move |code| (CodeHash::of(code), (namespace.as_str(), code)))
    });
    scripts.collect()
}

fn codes(spec: &WebhookWorkflowSpec) -> impl Iterator<Item = &str> {
    let blocks = spec.blocks.iter().flat_map(|block| &block.steps);
    spec.steps.iter().chain(blocks).filter_map(|step| step.javascript.as_ref()).map(|script| script.code.as_str())
}
