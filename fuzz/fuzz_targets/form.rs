//! Forms and multipart bodies: the values are those that the URL Standard's own parser yields, and a file's bytes are a
//! piece of the body.
#![no_main]

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_plan::body::{self, Bounds};
use boathook_plan::json::{Json, Projection};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

const BOUNDS: Bounds = Bounds { decoded: 1 << 20, room: 16 << 20 };

fn read(media: &'static str, bytes: &[u8]) -> Option<Json> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    body::read(&headers, bytes, &Projection::all(), BOUNDS).ok().map(|content| content.data)
}

/// Every text of a field, in order: one is a value, several are a list.
fn texts(value: &Json) -> Vec<&str> {
    value.as_array().map_or_else(|| value.as_str().into_iter().collect(), |list| list.iter().filter_map(Json::as_str).collect())
}

fn form(bytes: &[u8]) {
    let Some(data) = read("application/x-www-form-urlencoded", bytes) else { return };
    let Some(object) = data.as_object() else { return };
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        expected.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let found: BTreeMap<String, Vec<String>> =
        object.iter().map(|(name, value)| (name.to_string(), texts(value).into_iter().map(str::to_owned).collect())).collect();
    assert_eq!(found, expected);
}

/// Every base64 text of a value.
fn files(value: &Json, found: &mut Vec<String>) {
    if let Some(text) = value.as_object().and_then(|_| value.get(["base64"])).and_then(Json::as_str) {
        found.push(text.to_owned());
    }
    value.as_array().into_iter().flatten().for_each(|item| files(item, found));
    value.as_object().into_iter().flat_map(|object| object.iter()).for_each(|(_, item)| files(item, found));
}

fn multipart(bytes: &[u8]) {
    let Some(data) = read("multipart/form-data; boundary=b", bytes) else { return };
    let mut found = Vec::new();
    files(&data, &mut found);
    for text in found {
        // A field may be called `base64` too: only what is base64 is looked for.
        let Ok(file) = STANDARD.decode(&text) else { continue };
        let is_piece = file.is_empty() || bytes.windows(file.len()).any(|window| window == file);
        let is_text = bytes.windows(text.len().max(1)).any(|window| window == text.as_bytes());
        assert!(is_piece || is_text);
    }
}

fuzz_target!(|input: (bool, &[u8])| {
    let (is_form, bytes) = input;
    if is_form { form(bytes) } else { multipart(bytes) }
});
