//! `wait`: time, which must fit into the workflow's own.

use std::time::Duration;

use boathook_crds::workflow::steps::flow::WaitStep as Text;
use boathook_plan::plan::WaitStep;
use boathook_plan::template::Template;
use jiff::Timestamp;

use crate::field::Field;
use crate::text;
use crate::validate::bounds::{LEAST, TIMEOUT};
use crate::validate::reader::Reader;

/// Reads it; `timeout_ms` is the workflow's.
pub(super) fn read(step: &Text, timeout_ms: u64, at: &Field, reader: &mut Reader) -> Option<WaitStep> {
    if let Some(wanted) = &step.for_ {
        let at = at.at("for");
        let wanted = reader.report.duration(&at, wanted, LEAST, TIMEOUT);
        if wanted > timeout_ms {
            let timeout = text::duration(Duration::from_millis(timeout_ms));
            reader.report.refuse_once(&at, format!("must be at most the workflow's timeout, which is {timeout}"));
        }
        return Some(WaitStep::For(wanted));
    }
    let until = step.until.as_ref()?;
    let at = at.at("until");
    let constant = Template::parse(until, reader.syntax()).is_ok_and(|template| template.is_constant());
    if constant && until.parse::<Timestamp>().is_err() {
        reader.report.refuse(&at, "must be a time as RFC 3339 writes it, such as 2026-12-31T00:00:00Z");
    }
    Some(WaitStep::Until(reader.template(&at, until)))
}
