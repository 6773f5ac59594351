//! A first answer as it is kept for a sender's repeat, and as the caller of a workflow reads it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_plan::json::Json;
use boathook_plan::reply::Reply;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::store::{ANSWER_KEPT, Answer};

/// Fields and body; the status stands beside them.
#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

/// An answer to keep. One that is too large is its status alone.
pub(crate) fn answer(reply: &Reply) -> Answer {
    let kept = (reply.body.len() <= ANSWER_KEPT).then(|| encode(reply)).filter(|kept| kept.len() <= ANSWER_KEPT);
    Answer { status: reply.status.as_u16(), kept }
}

/// The answer again; `None` where it was not kept.
pub(crate) fn reply(answer: &Answer) -> Option<Reply> {
    let kept: Kept = serde_json::from_slice(answer.kept.as_ref()?).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in kept.headers {
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    let body = STANDARD.decode(kept.body).ok()?.into();
    Some(Reply { status: StatusCode::from_u16(answer.status).ok()?, headers, body })
}

/// What a caller gets of the answer: its JSON, or its text.
pub(crate) fn value(reply: &Reply) -> Json {
    let is_json = reply.headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().ends_with(b"json"));
    let text = || Json::from(String::from_utf8_lossy(&reply.body).into_owned());
    match serde_json::from_slice::<Json>(&reply.body) {
        Ok(value) if is_json => value,
        Ok(_) | Err(_) if reply.body.is_empty() => Json::Null,
        Ok(_) | Err(_) => text(),
    }
}

fn encode(reply: &Reply) -> Vec<u8> {
    let headers = reply
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let kept = Kept { headers: headers.collect(), body: STANDARD.encode(&reply.body) };
    serde_json::to_vec(&kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_given_again_as_it_was() {
        let mut first = Reply::json(StatusCode::CREATED, &Json::text("é"));
        first.headers.insert("x-order", HeaderValue::from_static("7"));
        assert_eq!(reply(&answer(&first)), Some(first));
    }

    #[test]
    fn an_answer_that_is_too_large_is_its_status() {
        let large = Reply::text(StatusCode::OK, "x".repeat(ANSWER_KEPT));
        assert_eq!(answer(&large), Answer { status: 200, kept: None });
        assert_eq!(reply(&answer(&large)), None);
    }

    #[test]
    fn a_caller_gets_json_as_it_is_and_text_as_text() {
        assert_eq!(value(&Reply::json(StatusCode::OK, &Json::from(7_i64))), Json::from(7_i64));
        assert_eq!(value(&Reply::text(StatusCode::OK, "7")), Json::text("7"));
        assert_eq!(value(&Reply::empty(StatusCode::OK)), Json::Null);
    }
}
