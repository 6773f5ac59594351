//! Charsets: declared, marked, and those that are none.

use super::*;

#[test]
fn a_declared_charset_is_decoded() {
    assert_eq!(text("text/plain; charset=ISO-8859-1", b"caf\xe9"), r#""café""#);
    assert_eq!(text("text/plain; charset=\"shift_jis\"", b"\x83\x65"), r#""テ""#);
    assert_eq!(text("application/json; charset=latin1", b"{\"a\":\"\xe9\"}"), r#"{"a":"é"}"#);
    assert_eq!(text("application/json; charset=utf-16le", b"1\x002\x00"), "12");
}

#[test]
fn a_byte_order_mark_counts_before_what_is_declared_and_is_no_text() {
    assert_eq!(text("text/plain", b"\xef\xbb\xbfa"), r#""a""#);
    assert_eq!(text("text/plain; charset=latin1", "\u{feff}é"), r#""é""#);
    assert_eq!(text("application/json", b"\xff\xfe1\x00"), "1");
    assert_eq!(text("text/plain; charset=utf-16", b"\xfe\xff\x00a"), r#""a""#);
}

#[test]
fn a_charset_that_is_not_known_is_415_whatever_the_body() {
    for label in ["utf-7", "utf-32", "hz-gb-2312", "x", "\"\""] {
        for media in ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/xml"] {
            let (reason, _) = refused(&format!("{media}; charset={label}"), "1");
            assert_eq!(reason, "UnsupportedMediaType", "{media} {label}");
        }
    }
}

#[test]
fn what_is_no_text_needs_no_charset() {
    assert_eq!(text("application/octet-stream; charset=binary", "1"), r#"{"base64":"MQ=="}"#);
}

#[test]
fn bytes_that_are_no_text_are_refused_and_never_replaced() {
    for (media, body) in [
        ("text/plain", &b"\xff"[..]),
        ("application/json", b"\"\xff\""),
        ("application/json; charset=utf-16le", b"\x00\xd8"),
        ("text/plain; charset=utf-16le", b"a"),
        ("application/xml", b"<a>\xff</a>"),
        ("text/plain; charset=euc-jp", b"\xff\xff"),
    ] {
        let message = "the body is not text in its charset".to_owned();
        assert_eq!(refused(media, body), ("MalformedBody", message), "{media}");
    }
}

#[test]
fn an_xml_text_may_say_its_charset_itself() {
    let body = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
    assert_eq!(text("application/xml", body), r#""é""#);
    let declared = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>é</a>";
    assert_eq!(text("text/xml; charset=utf-8", declared), r#""é""#, "the type counts before the text");
    assert_eq!(refused("text/xml", "<?xml version='1.0' encoding='utf-7'?><a/>").0, "UnsupportedMediaType");
}
