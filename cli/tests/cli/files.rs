//! Files of tests: workflows whose answers tell them apart.

use std::fs;
use std::path::Path;

/// A public workflow that answers `{"version":VERSION}`.
pub fn answering(name: &str, version: u32) -> String {
    format!(
        "apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {{name: {name}}}
spec:
  webhook: {{public: true}}
  steps: [{{name: a, set: {{x: 1}}}}]
  response: {{mode: Sync, json: {{version: {version}}}}}
"
    )
}

/// Writes as careful editors do: a new file, renamed over the old one.
pub fn rename_over(file: &Path, text: &str) {
    let new = file.with_extension("tmp");
    fs::write(&new, text).unwrap();
    fs::rename(&new, file).unwrap();
}
