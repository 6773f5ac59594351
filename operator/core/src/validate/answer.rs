//! Answers to the sender: `spec.response`, its variants, and `respond` steps.

use std::collections::BTreeMap;

use boathook_crds::text::TextTemplate;
use boathook_crds::workflow::response::{self as crd, ResponseMode};
use boathook_crds::workflow::steps::answer::RespondStep;
use boathook_plan::limits::DEFAULT_SYNC_DEADLINE;
use boathook_plan::plan::{Answer, AnswerBody, Mode, Response};
use boathook_plan::reply::AnswerProgram;
use serde_json::Value;

use super::bounds::{DEADLINE, LEAST};
use super::reader::{Place, Reader};
use crate::field::Field;

/// The fields that every answer has.
pub(super) struct Said<'a> {
    pub status: Option<i32>,
    pub headers: &'a BTreeMap<String, String>,
    pub json: Option<&'a Value>,
    pub text: Option<&'a TextTemplate>,
}

/// Reads `spec.response`. The acknowledgement of an Async workflow is made before its first step.
pub(super) fn response(response: &crd::Response, at: &Field, reader: &mut Reader) -> Response {
    let mode = match response.mode {
        ResponseMode::Async => Mode::Async,
        ResponseMode::Sync => Mode::Sync,
    };
    let default = u64::try_from(DEFAULT_SYNC_DEADLINE.as_millis()).unwrap_or(u64::MAX);
    let deadline = response.deadline.as_ref();
    let deadline_ms =
        deadline.map_or(default, |deadline| reader.report.duration(&at.at("deadline"), deadline, LEAST, DEADLINE));
    reader.enter(match mode {
        Mode::Async => Place::Acknowledgement,
        Mode::Sync => Place::Answer,
    });
    let answer = read(&response.into(), at, reader);
    let cancel = response.late.as_ref().is_some_and(|late| late.cancel == Some(true));
    let late = response.late.as_ref().map(|late| read(&late.into(), &at.at("late"), reader));
    reader.enter(Place::Failed);
    let failed = response.failed.as_ref().map(|failed| read(&failed.into(), &at.at("failed"), reader));
    reader.enter(Place::Arrival);
    let rejected = response.rejected.as_ref().map(|rejected| read(&rejected.into(), &at.at("rejected"), reader));
    Response { mode, deadline_ms, answer, late, cancel, failed, rejected }
}

/// Reads one answer.
pub(super) fn read(said: &Said<'_>, at: &Field, reader: &mut Reader) -> Answer {
    if said.json.is_some() && said.text.is_some() {
        reader.report.refuse(&at.at("text"), "must not be set with `json`: an answer has one body");
    }
    let headers = said.headers.iter();
    let headers = headers.map(|(name, value)| (name.clone(), reader.template(&at.at("headers").key(name), value)));
    let headers = headers.collect();
    let json = said.json.map(|value| AnswerBody::Json(reader.json(&at.at("json"), value)));
    let text = said.text.map(|text| AnswerBody::Text(reader.template(&at.at("text"), text)));
    let answer =
        Answer { status: said.status.and_then(|status| u16::try_from(status).ok()), headers, body: json.or(text) };
    if let Err(error) = AnswerProgram::compile(&answer, reader.syntax()) {
        reader.report.refuse_within(at, &error.field, error.message);
    }
    answer
}

macro_rules! said {
    ($($type:ty),*) => { $(
        impl<'a> From<&'a $type> for Said<'a> {
            fn from(from: &'a $type) -> Self {
                Self { status: from.status, headers: &from.headers, json: from.json.as_ref(), text: from.text.as_ref() }
            }
        }
    )* };
}

said!(crd::Response, crd::LateAnswer, crd::Answer, RespondStep);
