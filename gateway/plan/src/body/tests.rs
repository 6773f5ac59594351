//! Bodies of every kind: what they become, and what refuses them.

mod bounds;
mod charset;
mod coding;
mod events;
mod forms;
mod media;
mod parts;
mod properties;
mod xml;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::limits::JSON_TREE_SIZE;

/// What a body of the default limit may use.
const BOUNDS: Bounds = Bounds { decoded: 1 << 20, room: JSON_TREE_SIZE };

fn fields(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| -> (HeaderName, HeaderValue) {
        (name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    pairs.iter().map(pair).collect()
}

/// Reads all of a body of this type.
fn all(media: &str, body: impl AsRef<[u8]>) -> Result<Json, BodyFault> {
    part_of(media, body, &Projection::All)
}

fn part_of(media: &str, body: impl AsRef<[u8]>, wanted: &Projection) -> Result<Json, BodyFault> {
    Ok(read(&fields(&[("content-type", media)]), body.as_ref(), wanted, BOUNDS)?.data)
}

/// The JSON text of all of it.
fn text(media: &str, body: impl AsRef<[u8]>) -> String {
    all(media, body).unwrap().to_string()
}

/// How a body is refused.
fn refused(media: &str, body: impl AsRef<[u8]>) -> (&'static str, String) {
    let fault = all(media, body).unwrap_err();
    (fault.reason().as_str(), fault.to_string())
}

/// The projection of one path.
fn only(path: &[&str]) -> Projection {
    let mut wanted = Projection::nothing();
    wanted.add(path.iter().copied());
    wanted
}

#[test]
fn other_types_are_their_bytes() {
    assert_eq!(text("application/octet-stream", [0, 255, 1]), r#"{"base64":"AP8B"}"#);
    assert_eq!(text("image/png", b"\x89PNG"), r#"{"base64":"iVBORw=="}"#);
    assert_eq!(part_of("image/png", b"x", &only(&["size"])).unwrap().to_string(), "{}");
    assert_eq!(part_of("image/png", b"x", &Projection::nothing()).unwrap().to_string(), "{}");
}

#[test]
fn text_is_one_string() {
    assert_eq!(text("text/plain", "a\r\nb\u{0}é"), "\"a\\r\\nb\\u0000é\"");
    assert_eq!(text("text/csv; charset=utf-8", "a,b"), r#""a,b""#);
    assert_eq!(part_of("text/plain", "x", &Projection::nothing()).unwrap(), Json::Null);
}

#[test]
fn a_body_without_bytes_is_null_whatever_it_says_of_itself() {
    for headers in [fields(&[]), fields(&[("content-type", "x")]), fields(&[("content-encoding", "nonsense")])] {
        assert_eq!(read(&headers, b"", &Projection::All, BOUNDS).unwrap(), Content { data: Json::Null, size: 0 });
    }
}

#[test]
fn a_body_without_one_type_is_refused() {
    let two = [("content-type", "application/json"), ("content-type", "application/json")];
    for headers in [fields(&[]), fields(&two), fields(&[("content-type", "")]), fields(&[("content-type", "json")])] {
        let fault = read(&headers, b"1", &Projection::All, BOUNDS).unwrap_err();
        assert_eq!((fault, fault.reason().as_str()), (BodyFault::Type, "UnsupportedMediaType"));
    }
}

#[test]
fn the_memory_of_a_body_is_told() {
    let headers = fields(&[("content-type", "application/json")]);
    let read = |wanted| read(&headers, br#"{"a":"0123456789","b":[1,2]}"#, &wanted, BOUNDS).unwrap();
    let (nothing, little, whole) = (read(Projection::Nothing), read(only(&["a"])), read(Projection::All));
    assert_eq!(nothing.size, 0);
    assert!(nothing.size < little.size && little.size < whole.size, "{} {}", little.size, whole.size);
}
