//! Messages that nobody of ours would send: each is refused by a sentence, and none tells a secret or takes more than its
//! bound.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

const HEADER: &str = r#"{"version":1,"revision":"a","full":true,"changes":1}"#;
const REMOVAL: &str = r#"{"remove":{"namespace":"shop","name":"hello","uid":"u-1"}}"#;
const ROUTE: &str = r#"{"workflow":{"namespace":"shop","name":"hello","uid":"u-1"},"revision":"r","route":"KLUv"}"#;

fn refusal(message: &str) -> String {
    read(message.as_bytes()).unwrap_err().to_string()
}

/// A route of this text.
fn packed(json: &[u8]) -> Packed {
    let frame = zstd::bulk::compress(json, 3).unwrap();
    serde_json::from_value(STANDARD.encode(frame).into()).unwrap()
}

fn unpacked(json: &[u8]) -> PackedFault {
    packed(json).unpack(&workflow("hello", "u-1")).unwrap_err()
}

#[test]
fn another_version_is_refused_by_a_sentence_whatever_else_it_says() {
    for version in [0, 2, 4_000_000_000_u32] {
        assert_eq!(
            refusal(&format!(r#"{{"version":{version},"routes":"elsewhere"}}"#)),
            format!("the message is of version {version} of the channel; versions 1 to 1 are understood here")
        );
    }
}

#[test]
fn a_first_line_that_is_no_header_is_refused() {
    for (message, column) in [
        ("", 0),
        ("[]", 2),
        ("nonsense", 2),
        (r#"{"revision":"a"}"#, 16),
        (r#"{"version":-1}"#, 13),
        (r#"{"version":1,"revision":7,"full":true,"changes":0}"#, 25),
        (ROUTE, 90),
    ] {
        let told = format!("the first line is not the header of a table (column {column})");
        assert_eq!(refusal(message), told, "{message}");
    }
    for contradiction in [r#""full":true,"base":"b""#, r#""full":false"#] {
        let message = format!(r#"{{"version":1,"revision":"a",{contradiction},"changes":0}}"#);
        assert!(refusal(&message).starts_with("the first line is not"), "{message}");
    }
}

#[test]
fn a_line_that_is_no_change_is_refused() {
    for line in [
        "7",
        "{}",
        r#"{"workflow":{"namespace":"shop","name":"hello","uid":"u-1"}}"#,
        r#"{"remove":{"namespace":"shop"}}"#,
        r#"{"remove":{"namespace":"shop","name":"a","uid":"b"},"revision":"r"}"#,
        r#"{"workflow":{"namespace":"shop","name":"hello","uid":"u-1"},"revision":"r","route":{"secret":"hunter2"}}"#,
    ] {
        let told = refusal(&format!("{HEADER}\n{line}\n"));
        assert!(told.starts_with("line 2 is no route and no removal"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_message_that_contradicts_itself_is_refused() {
    assert_eq!(refusal(&format!("{HEADER}\n{REMOVAL}\n")), "line 2 removes a route from a table that is given whole");
    assert_eq!(refusal(&format!("{HEADER}\n{ROUTE}\n{ROUTE}\n")), "line 3 is about shop/hello once more");
    assert_eq!(refusal(HEADER), "0 of 1 changes arrived");
    let none = r#"{"version":1,"revision":"a","full":true,"changes":0}"#;
    assert_eq!(refusal(&format!("{none}\n{ROUTE}")), "1 of 0 changes arrived");
}

#[test]
fn a_line_or_message_beyond_its_bound_is_not_held() {
    let mut reader = TableReader::default();
    let piece = vec![b'x'; 1 << 20];
    let fault = (0..).find_map(|count| reader.push(&piece).err().map(|fault| (count, fault.to_string()))).unwrap();
    assert_eq!(fault, (24, "a line is longer than 25165824 bytes".to_owned()));

    let mut lines = Lines::new(8, Some(20));
    assert_eq!(lines.push(b"12345678\n12345678\n").unwrap().len(), 2);
    assert_eq!(lines.push(b"123").unwrap_err(), LineFault::Message(20));
    assert_eq!(Lines::new(8, None).push(b"123456789").unwrap_err(), LineFault::Line(8));
    assert_eq!(Lines::new(8, None).push(b"123456789\n").unwrap_err(), LineFault::Line(8));
}

#[test]
fn more_changes_than_anybody_needs_are_refused() {
    let mut reader = TableReader::default();
    reader.push(br#"{"version":1,"revision":"a","full":false,"base":"b","changes":100001}"#).unwrap();
    reader.push(b"\n").unwrap();
    let line = |number| format!(r#"{{"remove":{{"namespace":"s","name":"n","uid":"{number}"}}}}"#) + "\n";
    (0..100_000).for_each(|number| reader.push(line(number).as_bytes()).unwrap());
    assert_eq!(reader.push(line(100_000).as_bytes()).unwrap_err(), TableFault::TooMany);
}

#[test]
fn a_route_that_unpacks_beyond_its_bound_is_refused() {
    let bomb = vec![b' '; (32 << 20) + 1];
    let route = packed(&bomb);
    assert!(serde_json::to_string(&route).unwrap().len() < 8192);
    assert_eq!(route.unpack(&workflow("hello", "u-1")).unwrap_err(), PackedFault::Frame);
}

#[test]
fn a_route_that_is_not_what_it_should_be_is_refused() {
    for text in ["", "KLUv", "not base64!", "AAAA"] {
        let route: Packed = serde_json::from_value(text.into()).unwrap();
        assert_eq!(route.unpack(&workflow("hello", "u-1")).unwrap_err(), PackedFault::Frame, "{text}");
    }
    for text in ["", "[]", "{}", r#"{"plan":{}}"#, "nonsense"] {
        assert_eq!(unpacked(text.as_bytes()), PackedFault::Shape, "{text}");
    }
}

#[test]
fn what_a_later_version_plans_is_told_and_what_it_keys_is_not() {
    let later = PLAN.replace(r#""suspend":"No""#, r#""suspend":"Sometimes""#);
    let fault = unpacked(format!(r#"{{"plan":{later},"keys":{{"schemes":[],"secrets":{{}}}}}}"#).as_bytes());
    let told = fault.to_string();
    assert!(told.starts_with("the plan is of another version of Boathook: unknown variant `Sometimes`"), "{told}");

    let keys = r#"{"schemes":[["hunter2"]],"secrets":"hunter2"}"#;
    let fault = unpacked(format!(r#"{{"plan":{PLAN},"keys":{keys}}}"#).as_bytes());
    assert_eq!(fault.to_string(), "the keys are of another version of Boathook");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_bring_a_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = read(&bytes);
        let _ = ReportReader::default().push(&bytes);
    }

    #[test]
    fn a_damaged_message_is_refused_or_read_never_worse(at in 0_usize..1200, byte in any::<u8>(), cut in 0_usize..1200) {
        let route = Packed::pack(&plan(), &keys()).unwrap();
        let change = Change::Put { revision: "r".to_owned(), route };
        let mut sent = header(Extent::Full, 1).line().to_vec();
        sent.extend_from_slice(&change.line(&workflow("hello", "u-1")));
        let length = sent.len();
        if let Some(place) = sent.get_mut(at) {
            *place = byte;
        }
        sent.truncate(cut.max(length / 2));
        let Ok(message) = read(&sent) else { return Ok(()) };
        for (workflow, change) in &message.changes {
            if let Change::Put { route, .. } = change {
                let _ = route.unpack(workflow);
            }
        }
    }
}
