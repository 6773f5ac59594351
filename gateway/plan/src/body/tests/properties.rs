//! Round trips, and readers that no bytes make panic.

use proptest::prelude::*;
use url::form_urlencoded;

use super::*;

/// Types of every reader.
const TYPES: [&str; 9] = [
    "application/json",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "application/xml",
    "text/plain; charset=shift_jis",
    "text/plain",
    "application/octet-stream",
];

/// Marks of every kind.
const MARKS: [&str; 35] = [
    "--b",
    "--b--",
    "\r\n",
    "\r\n\r\n",
    "Content-Disposition: form-data; name=\"a\"",
    "; filename=\"",
    "--b\r\nContent-Disposition: form-data; name=\"z\"\r\n",
    "Content-Type: ",
    "Content-Type: garbage\r\n\r\n",
    "\r\n--b--",
    "<a>",
    "</a>",
    "<a b='",
    "'/>",
    "&amp;",
    "&#",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<?xml ",
    "?>",
    "{\"",
    "\":",
    "[",
    "]",
    "}",
    ",",
    "1",
    "\"",
    "\\u00",
    "%",
    "%C3",
    "&",
    "=",
    "+",
];

/// Bytes with the marks of every kind in them.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let marks = prop::sample::select(&MARKS[..]);
    let mark = prop_oneof![
        8 => marks.prop_map(|mark| mark.as_bytes().to_vec()),
        2 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(mark, 0..24).prop_map(|parts| parts.concat())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;").replace('\r', "&#13;")
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic_and_no_projection_changes_what_it_accepts(body in nearly()) {
        for media in TYPES {
            let whole = all(media, &body);
            for wanted in [only(&["a"]), only(&["a", "b"])] {
                prop_assert_eq!(part_of(media, &body, &wanted).is_ok(), whole.is_ok(), "{}", media);
            }
        }
    }

    #[test]
    fn a_coded_body_of_any_bytes_is_bounded(body in prop::collection::vec(any::<u8>(), 1..200), coding in 0..4_usize) {
        let name = ["gzip", "deflate", "br", "zstd"][coding];
        let headers = fields(&[("content-type", "text/plain"), ("content-encoding", name)]);
        let _ = read(&headers, &body, &Projection::All, BOUNDS);
    }

    #[test]
    fn a_form_is_read_as_it_was_written(pairs in prop::collection::vec(("\\PC{1,8}", "\\PC{0,8}"), 0..8)) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let data = all("application/x-www-form-urlencoded", &body).unwrap();
        for (name, _) in &pairs {
            let sent: Vec<_> = pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| &**value).collect();
            let found = data.get([&**name]).unwrap();
            let found: Vec<_> = found.as_array().map_or_else(
                || found.as_str().into_iter().collect(),
                |items| items.iter().filter_map(Json::as_str).collect(),
            );
            prop_assert_eq!(found, sent);
        }
    }

    #[test]
    fn parts_are_read_as_they_were_written(contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..16), 1..6)) {
        let mut body = Vec::new();
        for (index, content) in contents.iter().enumerate() {
            let head = format!("--b0undary\r\nContent-Disposition: form-data; name=\"{index}\"; filename=\"f\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0undary--");
        let data = all("multipart/form-data; boundary=b0undary", &body).unwrap();
        for (index, content) in contents.iter().enumerate() {
            let name = index.to_string();
            let base64 = data.get([&*name, "base64"]).unwrap().as_str().unwrap().to_owned();
            prop_assert_eq!(STANDARD.decode(base64).unwrap(), content.clone());
        }
    }

    #[test]
    fn xml_texts_and_attributes_are_read_as_they_were_written(text in "[ -~é😀\n\t]{0,16}", value in "[ -~é😀]{0,16}") {
        let body = format!("<a b='{}'><c>{}</c></a>", escaped(&value), escaped(&text));
        let data = all("text/xml", &body).unwrap();
        prop_assert_eq!(data.get(["@b"]).unwrap().as_str().unwrap(), &value);
        prop_assert_eq!(data.get(["c"]).unwrap().as_str().unwrap(), &text);
    }
}
