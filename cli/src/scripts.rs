//! Finds out whether the scripts of workflows compile: facts for the world that compiles, each learned once.

use std::collections::BTreeMap;

use boathook_crds::WebhookWorkflowSpec;
use boathook_operator_core::world::{Checked, Checks};
use boathook_plan::script::CodeHash;
use boathook_sandbox::{Fault, FaultKind, Sandbox, SandboxError};
use tokio::runtime::Handle;

use crate::load::Loaded;

/// What was learned so far, and where more is learned.
#[derive(Debug)]
pub struct Scripts {
    sandbox: Sandbox,
    runtime: Handle,
    known: Checks,
}

impl Scripts {
    /// Nothing is known. Workers are driven by `runtime`.
    pub fn new(sandbox: Sandbox, runtime: Handle) -> Self {
        Self { sandbox, runtime, known: Checks::new() }
    }

    /// What is known of every script of these objects, once what is not known is learned. Blocks: never called by a task.
    pub fn learn(&mut self, loaded: &Loaded) -> Checks {
        let scripts = scripts(loaded).into_iter();
        let checks: Checks = scripts
            .map(|(hash, (owner, code))| {
                let known = self.known.get(&hash).cloned();
                (hash, known.unwrap_or_else(|| self.check(&owner, code)))
            })
            .collect();
        // Where none could be run that may be otherwise the next time.
        let lasting = checks.iter().filter(|(_, checked)| !matches!(checked, Checked::Unavailable(_)));
        self.known = lasting.map(|(hash, checked)| (hash.clone(), checked.clone())).collect();
        checks
    }

    fn check(&self, owner: &str, code: &str) -> Checked {
        checked(self.runtime.block_on(self.sandbox.check(owner, code)))
    }
}

/// What the compilation of a script says of it. That a worker had no time or no memory says something of this machine.
fn checked(told: Result<Option<Fault>, SandboxError>) -> Checked {
    match told {
        Ok(None) => Checked::Compiles,
        Ok(Some(fault)) => match fault.kind {
            FaultKind::Syntax | FaultKind::Thrown | FaultKind::ResultTooLarge => Checked::Broken(fault.to_string()),
            FaultKind::Timeout | FaultKind::Memory => Checked::Unavailable(format!("compiling the script: {fault}")),
        },
        Err(error) => Checked::Unavailable(error.to_string()),
    }
}

/// What is said where nothing of a script matters: it is whoever serves that has it compiled.
pub fn unseen(loaded: &Loaded) -> Checks {
    scripts(loaded).into_keys().map(|hash| (hash, Checked::Compiles)).collect()
}

/// Every script, with whoever has it compiled in a worker: its namespace.
fn scripts(loaded: &Loaded) -> BTreeMap<CodeHash, (String, &str)> {
    let workflows = loaded.workflows();
    let scripts = workflows.flat_map(|(namespace, spec)| {
        codes(spec).map(move |code| (CodeHash::of(code), (format!("{namespace}/check"), code)))
    });
    scripts.collect()
}

fn codes(spec: &WebhookWorkflowSpec) -> impl Iterator<Item = &str> {
    let blocks = spec.blocks.iter().flat_map(|block| &block.steps);
    spec.steps.iter().chain(blocks).filter_map(|step| step.javascript.as_ref()).map(|script| script.code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_had_no_time_says_nothing_of_the_script() {
        let told = |kind| {
            let fault = Fault { kind, message: "SyntaxError: no".to_owned(), line: Some(2), column: None };
            checked(Ok(Some(fault)))
        };
        assert_eq!(told(FaultKind::Syntax), Checked::Broken("SyntaxError: no (line 2)".to_owned()));
        let unavailable = "compiling the script: SyntaxError: no (line 2)".to_owned();
        assert_eq!(told(FaultKind::Timeout), Checked::Unavailable(unavailable.clone()));
        assert_eq!(told(FaultKind::Memory), Checked::Unavailable(unavailable));
        assert_eq!(checked(Err(SandboxError::Busy)), Checked::Unavailable(SandboxError::Busy.to_string()));
    }
}
