//! One head for each flaw, and the bounds to the byte.

use super::{End, all};
use crate::framing::{FIELDS, Flaw, HEAD_SIZE, TARGET_SIZE};

/// What a head with these lines behind its request line is refused for.
fn flaw(lines: &str) -> Flaw {
    refused(&format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n"))
}

fn refused(bytes: &str) -> Flaw {
    match all(bytes) {
        (passed, End::Refused(flaw)) if passed.is_empty() => flaw,
        other => panic!("{bytes:?}: {other:?}"),
    }
}

#[test]
fn each_flaw_of_a_request_line_is_told_apart() {
    for (line, expected) in [
        ("GET /", Flaw::RequestLine),
        ("GET  / HTTP/1.1", Flaw::RequestLine),
        ("GET / HTTP/1.1 ", Flaw::RequestLine),
        ("G(T / HTTP/1.1", Flaw::RequestLine),
        ("GET / HTTP/1.32", Flaw::RequestLine),
        ("GET / HTTPS/1.1", Flaw::RequestLine),
        ("GET / HTTP/3.0", Flaw::Version),
        ("GET a HTTP/1.1", Flaw::Target),
        ("GET * HTTP/1.1", Flaw::Target),
        ("GET /a#b HTTP/1.1", Flaw::Target),
        ("GET //a@h HTTP/0.9", Flaw::Version),
        ("GET http:// HTTP/1.1", Flaw::Target),
        ("GET ws://h/ HTTP/1.1", Flaw::Target),
        ("GET http://u@h/ HTTP/1.1", Flaw::Target),
        ("CONNECT h:80 HTTP/1.1", Flaw::Tunnel),
        ("GET / HTTP/1.1\x0b", Flaw::Control),
    ] {
        assert_eq!(refused(&format!("{line}\r\nHost: h\r\n\r\n")), expected, "{line}");
    }
}

#[test]
fn each_flaw_of_a_field_is_told_apart() {
    for (lines, expected) in [
        ("A: b", Flaw::HostMissing),
        ("Host: h\r\nHost: h", Flaw::HostRepeated),
        ("Host: a@h", Flaw::HostInvalid),
        ("Host: h:", Flaw::HostInvalid),
        ("Host: ", Flaw::HostInvalid),
        ("Host: h\r\n A: b", Flaw::Folded),
        ("Host: h\r\nA : b", Flaw::Field),
        ("Host: h\r\n: b", Flaw::Field),
        ("Host: h\r\nA", Flaw::Field),
        ("Host: h\r\nA: \u{7f}", Flaw::Control),
        ("Host: h\nA: b", Flaw::Control),
        ("Host: h\r\nContent-Length: 1\r\nContent-Length: 1", Flaw::LengthRepeated),
        ("Host: h\r\nContent-Length: 01", Flaw::LengthInvalid),
        ("Host: h\r\nContent-Length: 1000000000000000000", Flaw::LengthInvalid),
        ("Host: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", Flaw::LengthAndCoding),
        ("Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Flaw::Coding),
        ("Host: h\r\nTransfer-Encoding: gzip", Flaw::Coding),
        ("Host: h\r\nExpect: more", Flaw::Expectation),
    ] {
        assert_eq!(flaw(lines), expected, "{lines}");
    }
    assert_eq!(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), Flaw::CodingTooOld);
    assert_eq!(refused("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n"), Flaw::HostDiffers);
}

#[test]
fn each_flaw_of_a_chunked_body_is_told_apart() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let long = "x".repeat(9_000);
    for (body, expected) in [
        ("\r\n", Flaw::ChunkSize),
        ("0x1\r\n", Flaw::ChunkSize),
        ("8000000000000001\r\n", Flaw::ChunkSize),
        (&*format!("1;{long}"), Flaw::ChunkExtension),
        (&*format!("1;{}\r\nx\r\n", &long[..250]).repeat(40), Flaw::ChunkExtension),
        ("1\r\nxx\r\n", Flaw::ChunkEnd),
        ("0\r\na\r\n\r\n", Flaw::Trailer),
        (&*format!("0\r\na: {long}"), Flaw::Trailer),
        (&*format!("0\r\n{}", "a: b\r\n".repeat(101)), Flaw::Trailer),
        ("0\r\na: b\n", Flaw::Control),
    ] {
        assert_eq!(all(&format!("{head}{body}")).1, End::Refused(expected), "{body}");
    }
}

#[test]
fn a_target_of_8_kib_passes_and_one_byte_more_does_not() {
    let get = |size: usize| format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(size - 1));
    assert_eq!(all(&get(TARGET_SIZE)), (get(8_192), End::Open));
    assert_eq!(refused(&get(TARGET_SIZE + 1)), Flaw::TargetTooLong);
    assert_eq!(refused(&get(TARGET_SIZE + 200)[..TARGET_SIZE + 100]), Flaw::TargetTooLong, "before its end");
}

#[test]
fn a_head_of_32_kib_passes_and_one_byte_more_does_not() {
    let frame = "GET / HTTP/1.1\r\nHost: h\r\na: \r\n\r\n";
    let get = |size: usize| frame.replace("a: ", &format!("a: {}", "b".repeat(size - frame.len())));
    assert_eq!(all(&get(HEAD_SIZE)), (get(32_768), End::Open));
    assert_eq!(refused(&get(HEAD_SIZE + 1)), Flaw::HeadTooLarge);
    assert_eq!(refused(&get(HEAD_SIZE + 200)[..HEAD_SIZE + 100]), Flaw::HeadTooLarge, "before its end");
}

#[test]
fn a_hundred_fields_pass_and_one_more_does_not() {
    let get = |fields: usize| format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "a: b\r\n".repeat(fields - 1));
    assert_eq!(all(&get(FIELDS)), (get(100), End::Open));
    assert_eq!(refused(&get(FIELDS + 1)), Flaw::TooManyFields);
}
