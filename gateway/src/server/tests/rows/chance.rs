//! Requests made of parts that fit together and of parts that do not: each is counted once, whatever becomes of it.

use proptest::bool::weighted;
use proptest::sample::select;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use tokio::io::AsyncWriteExt as _;

use super::sites::{Sites, Which};
use super::{all_counted, send};
use crate::server::tests::connect;

const REQUESTS: u64 = 400;

const METHODS: &[&str] = &["POST", "GET", "HEAD", "OPTIONS", "DELETE", "BREW"];

const PATHS: &[&str] = &[
    "/hello",
    "/nowhere",
    "/suspended",
    "/walled",
    "/slow",
    "/bearer",
    "/keyless",
    "/github",
    "/slack",
    "/metered",
    "/typed",
    "/choosy",
    "/queued",
    "/once",
    "/crammed",
    "/hello?a=b",
    "/hello%2f",
    "//hello",
    "/../hello",
];

const FIELDS: &[&str] = &[
    "",
    "Content-Type: application/json\r\n",
    "Content-Type: text/plain\r\n",
    "Content-Type: application/json\r\nAuthorization: Bearer correct-horse\r\n",
    "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
    "Content-Type: application/json\r\nX-Forwarded-For: 10.0.0.1\r\nOrigin: https://a.example\r\n",
    "Content-Type: application/json\r\nX-Hub-Signature-256: sha256=00\r\n",
];

const BODIES: &[&str] = &["", "{}", "{", r#"{"total":9,"id":1}"#, r#"{"total":"x","id":2}"#, "[1,2,3]", "x"];

#[tokio::test]
async fn the_requests_counted_are_the_requests_sent() {
    let sites = Sites::start().await;
    let gateway = sites.at(Which::Whole);
    let mut runner = TestRunner::deterministic();
    let parts = (select(METHODS), select(PATHS), select(FIELDS), select(BODIES), weighted(0.1));
    for _ in 0..REQUESTS {
        let (method, path, fields, body, hangs_up) = parts.new_tree(&mut runner).unwrap().current();
        // Whoever hangs up has said that more would come.
        let length = body.len() + usize::from(hangs_up);
        let head = format!("{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {length}\r\n");
        let request = format!("{head}{fields}\r\n{body}");
        if hangs_up {
            connect(gateway).await.write_all(request.as_bytes()).await.unwrap();
        } else {
            send(gateway, &request).await;
        }
    }
    let counts = all_counted(gateway, REQUESTS).await;
    let reasons: std::collections::BTreeSet<_> = counts.keys().map(|(_, reason)| reason.as_str()).collect();
    assert!(reasons.len() >= 12, "too few kinds of ends were tried: {reasons:?}");
}
