//! `javascript`: code and its bounds. Whether the code compiles is a fact that others learn ([`crate::world::World::checks`]).

use boathook_crds::workflow::steps::javascript::JavaScriptStep as Text;
use boathook_plan::plan::JavaScriptStep;

use crate::field::Field;
use crate::validate::bounds::{LEAST, SCRIPT_MEMORY, SCRIPT_TIME};
use crate::validate::reader::Reader;

/// How long a script may run where the step does not say, in milliseconds: a thousand times what real ones need.
pub(crate) const DEFAULT_TIME_MS: u64 = 1_000;

/// Bytes of a script's values where the step does not say: a body of 1 MiB, read into values and changed.
pub(crate) const DEFAULT_MEMORY: u64 = 16 << 20;

/// Bytes in which the engine can start.
const LEAST_MEMORY: u64 = 1 << 20;

/// Reads it. What the gateway grants is judged later.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> JavaScriptStep {
    let timeout = step.timeout.as_ref();
    let memory = step.memory.as_ref().map(|memory| {
        let at = at.at("memory");
        let bytes = reader.report.size(&at, memory, SCRIPT_MEMORY);
        if bytes < LEAST_MEMORY {
            reader.report.refuse_once(&at, "must be at least 1Mi");
        }
        bytes
    });
    JavaScriptStep {
        code: step.code.to_string(),
        time_ms: timeout
            .map_or(DEFAULT_TIME_MS, |timeout| reader.report.duration(&at.at("timeout"), timeout, LEAST, SCRIPT_TIME)),
        memory: memory.unwrap_or(DEFAULT_MEMORY),
    }
}
