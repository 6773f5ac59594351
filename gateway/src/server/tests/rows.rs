//! Every row of the request path through the real port: status, fields, body, reason and metric, and that the requests
//! counted are the requests sent.

mod chance;
mod sites;
mod table;

use std::collections::BTreeMap;

use boathook_plan::reason::Reason;

use super::{admin, connect, rest};
use crate::gateway::Gateway;
use sites::{Sites, Which};
use table::{ROWS, Row};

/// An answer, taken apart.
#[derive(Debug)]
struct Told {
    status: u16,
    fields: BTreeMap<String, String>,
    body: String,
}

/// Sends bytes over a connection of their own and reads all of the answer.
async fn send(gateway: &Gateway, bytes: &str) -> Told {
    let mut stream = connect(gateway).await;
    // The other side may close while we still write.
    let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, bytes.as_bytes()).await;
    let answer = rest(&mut stream).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {bytes:?}: {answer:?}"));
    let (line, fields) = head.split_once("\r\n").unwrap_or((head, ""));
    let fields = fields.lines().map(|field| field.split_once(": ").unwrap());
    Told {
        status: line["HTTP/1.1 ".len()..][..3].parse().unwrap(),
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.to_owned(),
    }
}

/// Requests of a gateway by workflow and outcome.
async fn counted(gateway: &Gateway) -> BTreeMap<(String, String), u64> {
    let text = admin(gateway, "/metrics").await.1;
    let lines = text.lines().filter_map(|line| line.strip_prefix("boathook_requests_total{"));
    let series = lines.map(|line| {
        let (labels, count) = line.split_once("} ").unwrap();
        let label = |name: &str| {
            let (_, value) = labels.split_once(&format!("{name}=\"")).unwrap();
            value.split('"').next().unwrap().to_owned()
        };
        ((label("workflow"), label("outcome")), count.parse().unwrap())
    });
    series.collect()
}

/// Waits until as many requests are counted, and never one more.
async fn all_counted(gateway: &Gateway, sent: u64) -> BTreeMap<(String, String), u64> {
    let seen = async {
        loop {
            let counts = counted(gateway).await;
            let sum: u64 = counts.values().sum();
            assert!(sum <= sent, "{sum} counted of {sent}: {counts:?}");
            if sum == sent {
                return counts;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::PATIENCE, seen).await.expect("every request is counted")
}

fn holds(row: &Row, told: &Told) {
    assert_eq!(told.status, row.status, "{}: {told:?}", row.name);
    for (name, value) in row.fields {
        let found = told.fields.get(*name).map(String::as_str);
        assert_eq!(found, Some(*value), "{}: {name} of {told:?}", row.name);
    }
    assert_eq!(told.fields.get("boathook-request-id").map(String::len), Some(36), "{}: {told:?}", row.name);
    let has_execution = told.fields.contains_key("boathook-execution-id");
    assert_eq!(has_execution, [Reason::Accepted, Reason::Duplicate].contains(&row.reason), "{}", row.name);
    if let Some(body) = row.body {
        assert!(told.body.contains(body), "{}: {told:?}", row.name);
        return;
    }
    let problem: serde_json::Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(told.fields.get("content-type").map(String::as_str), Some("application/problem+json"));
    assert_eq!((&problem["reason"], &problem["status"]), (&row.reason.as_str().into(), &row.status.into()));
    assert_eq!(problem["requestID"], told.fields["boathook-request-id"].as_str());
}

#[tokio::test]
async fn every_row_of_the_request_path_ends_as_documented() {
    let sites = Sites::start().await;
    let mut sent: BTreeMap<Which, u64> = BTreeMap::new();
    let mut expected: BTreeMap<(Which, String, String), u64> = BTreeMap::new();
    for row in ROWS {
        let told = send(sites.at(row.at), &row.bytes()).await;
        holds(row, &told);
        *sent.entry(row.at).or_default() += 1;
        *expected.entry((row.at, row.counted.to_owned(), row.reason.as_str().to_owned())).or_default() += 1;
    }
    for (at, sent) in sent {
        let counts = all_counted(sites.at(at), sent).await;
        for ((workflow, outcome), count) in counts {
            let wanted = expected.get(&(at, workflow.clone(), outcome.clone()));
            assert_eq!(wanted, Some(&count), "{at:?} {workflow} {outcome}");
        }
    }
}

#[test]
fn every_reason_of_this_build_has_a_row() {
    let missing: Vec<_> = Reason::ALL.iter().filter(|reason| !ROWS.iter().any(|row| row.reason == **reason)).collect();
    assert_eq!(missing, Vec::<&Reason>::new());
}
