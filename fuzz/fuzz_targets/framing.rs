//! The framing guard over any bytes: it ends no process, reads them alike however they are cut, and passes no head that
//! the HTTP library behind it would refuse.
#![no_main]

use boathook_plan::framing::frames::Frames;
use boathook_plan::framing::{FIELDS, Flaw, Framing, Step};
use libfuzzer_sys::fuzz_target;

/// What passed: heads apart from the rest, and how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Passed {
    heads: Vec<Vec<u8>>,
    rest: Vec<u8>,
    refused: Option<Flaw>,
    closed: bool,
}

fn pass<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Passed {
    let (mut framing, mut passed, mut waiting) = (Framing::default(), Passed::default(), Vec::new());
    for piece in pieces {
        waiting.extend_from_slice(piece);
        loop {
            let is_head = framing.is_between();
            match framing.next(&waiting) {
                Ok(Step::Pass(count)) if is_head => passed.heads.push(waiting.drain(..count).collect()),
                Ok(Step::Pass(count)) => passed.rest.extend(waiting.drain(..count)),
                Ok(Step::Drop(count)) => drop(waiting.drain(..count)),
                Ok(Step::More) => break,
                Ok(Step::End) => {
                    passed.closed = true;
                    return passed;
                }
                Err(flaw) => {
                    passed.refused = Some(flaw);
                    return passed;
                }
            }
        }
    }
    passed
}

/// Whether the library takes this head, and reads one host at most and one framing at most in it.
fn check(head: &[u8]) {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    assert_eq!(request.parse(head), Ok(httparse::Status::Complete(head.len())));
    http::Method::from_bytes(request.method.unwrap_or_default().as_bytes()).expect("a method");
    http::Uri::try_from(request.path.unwrap_or_default()).expect("a target");
    for field in request.headers.iter() {
        http::HeaderName::from_bytes(field.name.as_bytes()).expect("a name");
        http::HeaderValue::from_bytes(field.value).expect("a value");
    }
    let count = |name: &str| request.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name)).count();
    assert!(count("host") <= 1 && count("content-length") + count("transfer-encoding") <= 1);
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, bytes) = input;
    let whole = pass([bytes]);
    assert_eq!(pass(bytes.chunks(usize::from(size).max(1))), whole);
    whole.heads.iter().for_each(|head| check(head));
    let mut frames = Frames::new(0);
    for (piece, now) in bytes.chunks(usize::from(size).max(1)).zip(0..) {
        if frames.read(piece, now).is_err() {
            break;
        }
    }
});
