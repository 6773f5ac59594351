//! What one side writes the other reads as it was, and nothing else.

use super::*;
use crate::wire::HEADER;

fn body(bytes: &[u8]) -> Frame {
    Frame(bytes[HEADER..].to_vec())
}

#[test]
fn an_order_is_read_as_it_was_written() {
    let order =
        Order::Run { code: "return 1", input: r#"{"vars":{}}"#, raw: b"\0\xff", time: Duration::from_millis(250) };
    assert_eq!(Order::decode(&body(&order.encode().unwrap())), Ok(order));
    let order = Order::Check { code: "return 1" };
    assert_eq!(Order::decode(&body(&order.encode().unwrap())), Ok(order));
}

#[test]
fn a_reply_is_read_as_it_was_written() {
    let fault = Fault { kind: FaultKind::Thrown, message: "Error: no".to_owned(), line: Some(2), column: Some(7) };
    let console = vec!["one".to_owned(), "two\nthree".to_owned()];
    for reply in [
        Reply::Ready,
        Reply::Unconfined("no Landlock".to_owned()),
        Reply::Checked(None),
        Reply::Checked(Some(fault.clone())),
        Reply::Ended(Ended::new(Ok("[1]".to_owned()), console.clone())),
        Reply::Ended(Ended::new(Err(fault), console)),
    ] {
        assert_eq!(Reply::decode(&body(&reply.encode().unwrap())), Ok(reply));
    }
}

#[test]
fn what_a_worker_says_that_was_taken_over_is_no_reply() {
    for bytes in [
        &b"\x06\x01\0\0\0\xff\x02\0\0\0[]"[..],
        b"\x06\x01\0\0\x001\x01\0\0\0[",
        b"\x07\x02\0\0\0{}\x02\0\0\0[]",
        b"\x09",
        b"\x01\0\0\0\0",
    ] {
        assert_eq!(Reply::decode(&Frame(bytes.to_vec())), Err(WireError::Malformed), "{bytes:?}");
    }
}

#[test]
fn a_fault_names_its_place() {
    let mut fault = Fault::new(FaultKind::Thrown, "Error: no");
    assert_eq!(fault.to_string(), "Error: no");
    fault.line = Some(3);
    assert_eq!(fault.to_string(), "Error: no (line 3)");
    fault.column = Some(9);
    assert_eq!(fault.to_string(), "Error: no (line 3, column 9)");
}

#[test]
fn what_a_worker_says_is_bounded_by_who_hears_it() {
    let said = |reply: Reply| Reply::decode(&body(&reply.encode().unwrap()));
    let fault = |message: String| Fault { kind: FaultKind::Thrown, message, line: None, column: None };
    let Ok(Reply::Ended(ended)) = said(Reply::Ended(Ended::new(Err(fault("x".repeat(3_000))), Vec::new()))) else {
        panic!("it is a reply")
    };
    assert_eq!(ended.outcome.unwrap_err().message.len(), 1_024);
}

#[test]
fn a_reply_that_no_worker_makes_is_none() {
    let lines = |count: usize, size: usize| Reply::Ended(Ended::new(Ok("1".to_owned()), vec!["x".repeat(size); count]));
    let fault = Fault { kind: FaultKind::Thrown, message: "x".repeat(1 << 20), line: None, column: None };
    let value = Reply::Ended(Ended::new(Ok("x".repeat((3 << 20) + 1)), Vec::new()));
    for reply in [lines(100_000, 0), lines(1, 1 << 20), Reply::Checked(Some(fault)), value] {
        let frame = body(&reply.encode().unwrap());
        assert!(matches!(Reply::decode(&frame), Err(WireError::TooLarge(_))));
    }
    let Ok(Reply::Ended(ended)) = Reply::decode(&body(&lines(150, 10).encode().unwrap())) else { panic!("a reply") };
    assert_eq!(ended.console.len(), 101);
}
