//! A first answer as it is kept for a sender's repeat, and as the caller of a workflow reads it.

use boathook_plan::json::Json;
use boathook_plan::limits::{self, RESULT_SIZE};
use boathook_plan::reply::Reply;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::store::{ANSWER_KEPT, Answer};

/// Between the fields, which are JSON on one line, and the body as it is.
const END_OF_FIELDS: u8 = b'\n';

/// Whom an answer is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A sender that repeats its delivery.
    Repeat,
    /// The step that called, and waits.
    Step,
}

impl Reader {
    /// Bytes of the largest body that is kept.
    const fn most(self) -> usize {
        match self {
            Self::Repeat => limits::ANSWER_KEPT,
            Self::Step => RESULT_SIZE,
        }
    }
}

/// An answer to keep. One that is too large is its status alone.
pub(crate) fn answer(reply: &Reply, reader: Reader) -> Answer {
    let kept = (reply.body.len() <= reader.most()).then(|| encode(reply)).filter(|kept| kept.len() <= ANSWER_KEPT);
    Answer { status: reply.status.as_u16(), kept }
}

/// The answer again; `None` where it was not kept.
pub(crate) fn reply(answer: &Answer) -> Option<Reply> {
    let kept = answer.kept.as_ref()?;
    let end = kept.iter().position(|byte| *byte == END_OF_FIELDS)?;
    let fields: Vec<(String, String)> = serde_json::from_slice(kept.get(..end)?).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    let body = Bytes::copy_from_slice(kept.get(end + 1..)?);
    Some(Reply { status: StatusCode::from_u16(answer.status).ok()?, headers, body })
}

/// What a caller gets of the answer: its JSON, or its text.
pub(crate) fn value(reply: &Reply) -> Json {
    let is_json = reply.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_json);
    let text = || Json::from(String::from_utf8_lossy(&reply.body).into_owned());
    match serde_json::from_slice::<Json>(&reply.body) {
        Ok(value) if is_json => value,
        Ok(_) | Err(_) if reply.body.is_empty() => Json::Null,
        Ok(_) | Err(_) => text(),
    }
}

/// Whether a media type is JSON, whatever its parameters.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

fn encode(reply: &Reply) -> Vec<u8> {
    let fields = reply.headers.iter();
    let fields = fields.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
    let mut kept = serde_json::to_vec(&fields.collect::<Vec<_>>()).unwrap_or_default();
    kept.push(END_OF_FIELDS);
    kept.extend_from_slice(&reply.body);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_given_again_as_it_was() {
        let mut first = Reply::json(StatusCode::CREATED, &Json::text("é"));
        first.headers.insert("x-order", HeaderValue::from_static("7"));
        assert_eq!(reply(&answer(&first, Reader::Repeat)), Some(first));
        let lines = Reply::text(StatusCode::OK, "\na\n\nb");
        assert_eq!(reply(&answer(&lines, Reader::Repeat)), Some(lines));
    }

    #[test]
    fn an_answer_that_is_too_large_is_its_status() {
        for (reader, most) in [(Reader::Repeat, 65_536), (Reader::Step, 1_048_576)] {
            let fits = Reply::text(StatusCode::OK, "x".repeat(most));
            assert_eq!(reply(&answer(&fits, reader)), Some(fits));
            let large = Reply::text(StatusCode::OK, "x".repeat(most + 1));
            assert_eq!(answer(&large, reader), Answer { status: 200, kept: None });
            assert_eq!(reply(&answer(&large, reader)), None);
        }
    }

    #[test]
    fn a_caller_gets_json_as_it_is_and_text_as_text() {
        assert_eq!(value(&Reply::json(StatusCode::OK, &Json::from(7_i64))), Json::from(7_i64));
        let mut with_parameter = Reply::json(StatusCode::OK, &Json::from(7_i64));
        with_parameter.headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
        assert_eq!(value(&with_parameter), Json::from(7_i64));
        assert_eq!(value(&Reply::text(StatusCode::OK, "7")), Json::text("7"));
        assert_eq!(value(&Reply::empty(StatusCode::OK)), Json::Null);
    }
}
