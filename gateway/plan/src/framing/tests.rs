//! What passes, what is dropped and what is refused, however the bytes come.

mod frames;
mod heads;
mod property;

use super::{Flaw, Framing, Step};

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It did not: more may come.
    Open,
    /// Nothing more is read.
    Closed,
    /// A message was refused, in its head or not.
    Refused(Flaw),
}

/// What is passed on of bytes that come in pieces, and how it ends.
fn pass(pieces: &[&[u8]]) -> (Vec<u8>, End) {
    let (mut framing, mut passed, mut waiting) = (Framing::default(), Vec::new(), Vec::new());
    for piece in pieces {
        waiting.extend_from_slice(piece);
        loop {
            match framing.next(&waiting) {
                Ok(Step::Pass(count)) => passed.extend(waiting.drain(..count)),
                Ok(Step::Drop(count)) => drop(waiting.drain(..count)),
                Ok(Step::More) => break,
                Ok(Step::End) => return (passed, End::Closed),
                Err(flaw) => return (passed, End::Refused(flaw)),
            }
        }
    }
    (passed, End::Open)
}

fn all(bytes: &str) -> (String, End) {
    let (passed, end) = pass(&[bytes.as_bytes()]);
    (String::from_utf8(passed).unwrap(), end)
}

#[test]
fn messages_pass_one_after_the_other() {
    let two = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}GET /b HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_eq!(all(two), (two.to_owned(), End::Open));
}

#[test]
fn an_empty_line_before_a_message_is_dropped_and_a_second_one_is_refused() {
    let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_eq!(all(&format!("\r\n{get}\r\n{get}")), (get.repeat(2), End::Open));
    assert_eq!(all(&format!("\r\n\r\n{get}")), (String::new(), End::Refused(Flaw::RequestLine)));
}

#[test]
fn nothing_of_a_head_passes_before_its_end() {
    let head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    for length in 0..head.len() {
        assert_eq!(all(&head[..length]), (String::new(), End::Open), "{length}");
    }
}

#[test]
fn chunks_pass_as_they_come_and_trailers_do_not() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let sent = format!("{head}2;x=y\r\n{{}}\r\n0\r\nContent-Length: 9\r\nA: b\r\n\r\n{head}");
    let passed = format!("{head}2;x=y\r\n{{}}\r\n0\r\n\r\n{head}");
    assert_eq!(all(&sent), (passed, End::Open));
}

#[test]
fn the_bytes_of_a_body_are_open_and_no_others() {
    let mut framing = Framing::default();
    let head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n";
    assert_eq!((framing.open(), framing.is_between()), (0, true));
    assert_eq!(framing.next(head), Ok(Step::Pass(head.len())));
    assert_eq!((framing.open(), framing.is_between()), (10, false));
    framing.passed(4);
    assert_eq!(framing.next(b"56789"), Ok(Step::Pass(5)));
    assert_eq!(framing.open(), 1);
    assert_eq!(framing.next(b"0GET"), Ok(Step::Pass(1)));
    assert_eq!((framing.open(), framing.is_between()), (0, true));
}

#[test]
fn nothing_behind_a_message_that_asks_for_another_protocol_is_read() {
    let upgrade = "POST / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(all(&format!("{upgrade}GET / HTTP/1.1\r\nHost: h\r\n\r\n")), (upgrade.to_owned(), End::Closed));
}

#[test]
fn every_flaw_has_a_status_of_its_reason_and_a_sentence_of_its_own() {
    use crate::problem::Problem;
    let mut sentences: Vec<_> = Flaw::ALL.into_iter().map(Flaw::as_str).collect();
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!(sentences.len(), Flaw::ALL.len());
    for flaw in Flaw::ALL {
        assert!(Problem::of(flaw.reason()).is_some(), "{flaw:?}");
        assert!([400, 408, 414, 417, 431, 505].contains(&flaw.status()), "{flaw:?}");
    }
}
