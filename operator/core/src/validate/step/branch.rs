//! `branch`: the first case that holds runs its block.

use boathook_crds::workflow::steps::flow::BranchStep as Text;
use boathook_plan::plan::{BranchStep, Case};

use crate::field::Field;
use crate::validate::reader::Reader;

/// Reads it; whether the blocks are there is judged when all are known.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> BranchStep {
    let cases = step.cases.iter().enumerate().map(|(index, case)| Case {
        if_: reader.expression(&at.at("cases").item(index).at("if"), &case.if_),
        run: case.run.to_string(),
    });
    BranchStep { cases: cases.collect(), else_: step.else_.as_ref().map(ToString::to_string) }
}
