//! The channel's messages: their literal text, that they survive the way however it is cut, and what hostile ones do.

mod hostile;
mod reports;
mod tables;

use super::*;
use crate::edge::{AccessLog, Edge, HostCertificate, Pair};
use crate::plan::{Plan, WorkflowRef};
use crate::secret::{KeyValue, Keys, Secret, SecretText};

/// A plan as it was written when this version of the channel was made.
const PLAN: &str = r#"{"workflow":{"namespace":"shop","name":"hello","uid":"u-1"},"generation":3,"webhook":null,"vars":null,"secrets":["token"],"timeoutMs":30000,"delimiters":"Braces","program":{"steps":[],"blocks":[],"onFailure":null},"deduplication":null,"concurrency":{"max":1000,"key":null,"overflow":"Queue","queue":10000},"batch":null,"history":{"keepMs":1,"keepFailedMs":1,"body":"Full","redact":[]},"suspend":"No","response":{"mode":"Async","deadlineMs":10000,"answer":{"status":null,"headers":{},"body":null},"late":null,"cancel":true,"failed":null},"egress":{"internet":false,"allowAddresses":[],"allowHosts":[],"loopback":false}}"#;

fn plan() -> Plan {
    serde_json::from_str(PLAN).unwrap()
}

fn secret(text: &str) -> SecretText {
    SecretText(Secret::new(text.as_bytes().to_vec()))
}

fn keys() -> Keys {
    let scheme = vec![Some(KeyValue::Bytes(secret("signing-key"))), None];
    Keys { schemes: vec![scheme], secrets: [("token".to_owned(), secret("step-token"))].into() }
}

fn workflow(name: &str, uid: &str) -> WorkflowRef {
    WorkflowRef { namespace: "shop".to_owned(), name: name.to_owned(), uid: uid.to_owned() }
}

fn revision(text: &str) -> TableRevision {
    TableRevision(text.to_owned())
}

fn edge() -> Edge {
    let pair = Pair { chain: "CHAIN".to_owned(), key: secret("tls-key") };
    let certificate = HostCertificate { host: Some("shop.example.com".to_owned()), pair: Some(pair) };
    Edge { tls: Some(vec![certificate]), access_log: AccessLog::Errors, ..Edge::default() }
}

fn header(extent: Extent, changes: usize) -> Header {
    Header { revision: revision("a-2"), extent, changes, edge: edge(), alive: ["u-9".to_owned()].into() }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Reads a message in one piece.
fn read(message: &[u8]) -> Result<TableMessage, TableFault> {
    let mut reader = TableReader::default();
    reader.push(message)?;
    reader.finish()
}

#[test]
fn a_gateways_name_is_its_own_and_a_legal_one() {
    let name = gateway_name("boathook", "default");
    assert_eq!(name, "8e7bda063690eecb8ca6e5bde0ebceb7.gateway.channel.boathook.internal");
    assert_ne!(name, gateway_name("boathook", "other"));
    assert!(rustls::pki_types::DnsName::try_from(gateway_name(&"n".repeat(63), &"x".repeat(253))).is_ok());
    assert!(rustls::pki_types::DnsName::try_from(OPERATOR_NAME).is_ok());
}
