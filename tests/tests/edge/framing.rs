//! Every row of `tests/data/edge/framing.yaml` through a real port.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use boathook_gateway::Clock;
use boathook_tests::served::Served;
use boathook_tests::wire::{Answer, exchange};
use serde::Deserialize;
use serde_json::json;

const CASES: &str = include_str!("../../data/edge/framing.yaml");

/// A row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    class: String,
    says: String,
    bytes: String,
    told: Vec<serde_json::Value>,
}

impl Case {
    /// The bytes, `<text*count>` written out; each character is one.
    fn bytes(&self) -> Vec<u8> {
        let byte = |character| u8::try_from(u32::from(character)).expect("a character is a byte");
        written_out(&self.bytes).chars().map(byte).collect()
    }

    fn told(&self) -> Vec<String> {
        self.told.iter().map(|told| told.as_str().map_or_else(|| told.to_string(), str::to_owned)).collect()
    }
}

fn written_out(text: &str) -> String {
    let Some((before, after)) = text.split_once('*').filter(|_| text.contains('<')) else { return text.to_owned() };
    match (before.rsplit_once('<'), after.split_once('>')) {
        (Some((start, part)), Some((count, rest))) if count.parse::<usize>().is_ok() => {
            format!("{start}{}{}", part.repeat(count.parse().expect("a count")), written_out(rest))
        }
        _ => format!("{before}*{}", written_out(after)),
    }
}

fn cases() -> Vec<Case> {
    serde_saphyr::from_str(CASES).expect("the cases are well-formed")
}

/// An answer in the words of the data.
fn told(answer: &Answer) -> String {
    match answer.status {
        status @ (100 | 200) => status.to_string(),
        status => format!("{status} {}", answer.reason()),
    }
}

async fn gateway() -> Served {
    Served::start(json!({"path": "/hook", "public": true, "methods": ["GET", "POST"]}), Vec::new(), Clock::system())
        .await
}

async fn ask(address: SocketAddr, case: &Case) -> Vec<Answer> {
    let answers = exchange(address, &case.bytes()).await;
    answers.unwrap_or_else(|error| panic!("{}, {}: {error}", case.class, case.says))
}

#[tokio::test]
async fn every_sequence_of_bytes_has_one_reading() {
    let served = gateway().await;
    let mut wrong = Vec::new();
    for case in cases() {
        let found: Vec<_> = ask(served.address(), &case).await.iter().map(told).collect();
        if found != case.told() {
            wrong.push(format!("{}, {}: {found:?} and not {:?}", case.class, case.says, case.told()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_refusal_closes_is_a_problem_with_an_id_and_is_counted() {
    let served = gateway().await;
    let mut counts = BTreeMap::<String, u64>::new();
    for case in cases() {
        for answer in ask(served.address(), &case).await {
            if answer.status == 100 {
                continue;
            }
            let outcome = if answer.status == 200 { "Accepted".to_owned() } else { answer.reason() };
            *counts.entry(outcome).or_default() += 1;
            assert_eq!(answer.header("boathook-request-id").len(), 36, "{}: {answer:?}", case.says);
            assert!(!answer.header("date").is_empty(), "{}: {answer:?}", case.says);
            if answer.status != 200 {
                assert_eq!(answer.header("content-type"), "application/problem+json", "{}: {answer:?}", case.says);
                assert_eq!(answer.header("connection"), "close", "{}: {answer:?}", case.says);
                assert!(answer.body.contains(answer.header("boathook-request-id")), "{}: {answer:?}", case.says);
            }
        }
    }
    for (outcome, count) in &counts {
        assert_eq!(served.counted(Some(outcome)).await, *count, "{outcome}");
    }
    assert_eq!(served.counted(None).await, counts.values().sum::<u64>(), "every request has one outcome");
}

#[test]
fn the_classes_that_confused_parsers_are_all_there() {
    let all = cases();
    let classes: std::collections::BTreeSet<_> = all.iter().map(|case| case.class.as_str()).collect();
    let wanted = ["C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "fine"];
    assert_eq!(classes.into_iter().collect::<Vec<_>>(), wanted);
    assert!(all.len() >= 79 + 17, "{} cases", all.len());
}
