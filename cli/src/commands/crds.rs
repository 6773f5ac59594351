//! `boathook crds`: the definitions that a cluster needs before it takes our resources.

use boathook_crds::generate;

use crate::console::Console;
use crate::failure::{Exit, Failure};

/// Prints both definitions as one YAML stream, for `kubectl apply --server-side -f -`.
pub fn execute(console: &mut Console) -> Result<Exit, Failure> {
    let documents = generate::definitions().map(|definition| definition.yaml());
    console.print(&documents.join("---\n"))?;
    Ok(Exit::Done)
}
