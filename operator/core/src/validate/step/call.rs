//! `call`: another workflow of the namespace. Whether it is there, a run finds out; whether it calls back is judged when
//! all workflows are known.

use boathook_crds::workflow::steps::flow::CallStep as Text;
use boathook_plan::json::Json;
use boathook_plan::plan::CallStep;

use crate::field::Field;
use crate::validate::reader::Reader;

/// Reads it.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> CallStep {
    CallStep {
        workflow: step.workflow.to_string(),
        input: step.input.as_ref().map_or(Json::Null, |input| reader.json(&at.at("input"), input)),
        detach: step.detach.unwrap_or_default(),
    }
}
