//! Bodies of every type and coding: reading one ends no process, keeps to its bounds, and says the same of a body
//! whatever of it the workflow looks at.
#![no_main]

use boathook_plan::body::{self, Bounds, Content};
use boathook_plan::json::Projection;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

/// Bytes that a body may become here: as large as an input is allowed to be, many times over.
const BOUNDS: Bounds = Bounds { decoded: 64 << 10, room: 1 << 20 };

const TYPES: [&str; 16] = [
    "application/json",
    "application/vnd.example+json; charset=utf-16",
    "application/json; charset=iso-8859-1",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=windows-1252",
    "multipart/form-data; boundary=b",
    "application/xml",
    "text/xml; charset=utf-16",
    "application/soap+xml",
    "text/plain",
    "text/plain; charset=shift_jis",
    "text/csv; charset=gbk",
    "application/octet-stream",
    "image/png",
];

const CODINGS: [&str; 6] = ["", "gzip", "deflate", "br", "zstd", "identity"];

fn read(headers: &HeaderMap, bytes: &[u8], wanted: &Projection) -> Option<Content> {
    body::read(headers, bytes, wanted, BOUNDS).ok()
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (media, coding, bytes) = input;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(TYPES[usize::from(media) % TYPES.len()]));
    let coding = CODINGS[usize::from(coding) % CODINGS.len()];
    if !coding.is_empty() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    let mut some = Projection::nothing();
    some.add(["a", "b"]);
    some.add(["c"]);
    let whole = read(&headers, bytes, &Projection::all());
    let part = read(&headers, bytes, &some);
    let Some(whole) = whole else { return };
    assert!(whole.size <= BOUNDS.room);
    // What fits whole fits in part, and the part is that of the whole.
    let part = part.expect("a body that can be read whole can be read in part");
    assert!(part.size <= whole.size);
    for path in [&["a", "b"][..], &["c"]] {
        assert_eq!(part.data.get(path.iter().copied()), whole.data.get(path.iter().copied()));
    }
});
