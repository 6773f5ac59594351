//! Reads the body of a table within its bounds: its size is the reader's, its time is here.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use boathook_plan::channel::{LineFault, Refusal as Word, TableFault, TableMessage, TableReader};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use super::desk::{Desk, DeskError};
use super::table::OtherBase;
use crate::admin::Refusal;

/// Between two parts: an operator that is gone holds nothing up for longer.
const IDLE: Duration = Duration::from_secs(30);

/// In all: the largest message at 2 MiB/s.
const WHOLE: Duration = Duration::from_mins(2);

/// The message of a body.
pub(super) async fn read(desk: &Desk, mut body: Body) -> Result<TableMessage, Refusal> {
    let end = Instant::now() + WHOLE;
    let mut reader = TableReader::default();
    loop {
        let part = timeout_at(end.min(Instant::now() + IDLE), body.frame()).await.map_err(|_| slow())?;
        let Some(frame) = part else { break };
        let frame = frame.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, Word::MALFORMED, error.to_string()))?;
        if let Some(bytes) = frame.data_ref() {
            reader.push(bytes)?;
            desk.wants(&reader)?;
        }
    }
    Ok(reader.finish()?)
}

fn slow() -> Refusal {
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "TooSlow", "the table did not arrive in time")
}

impl From<TableFault> for Refusal {
    fn from(fault: TableFault) -> Self {
        let (status, word) = match &fault {
            TableFault::Lines(LineFault::Line(_) | LineFault::Message(_)) | TableFault::TooMany => {
                (StatusCode::PAYLOAD_TOO_LARGE, Word::TOO_LARGE)
            }
            TableFault::Version(_) => (StatusCode::BAD_REQUEST, Word::UNKNOWN_VERSION),
            TableFault::Header { .. }
            | TableFault::Change { .. }
            | TableFault::Twice { .. }
            | TableFault::RemovedFromNothing { .. }
            | TableFault::Incomplete { .. } => (StatusCode::BAD_REQUEST, Word::MALFORMED),
        };
        Self::new(status, word, fault.to_string())
    }
}

impl From<OtherBase> for Refusal {
    fn from(fault: OtherBase) -> Self {
        Self::conflict(Word::OTHER_BASE, fault.to_string())
    }
}

impl From<DeskError> for Refusal {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::OtherBase(fault) => fault.into(),
            DeskError::Aborted(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Fault", error.to_string()),
        }
    }
}
