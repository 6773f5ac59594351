//! A gateway pod's records, read as the operator would: over the control channel, with a certificate of its authority.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_operator::channel::Dialer;
use boathook_operator::channel::certificates::{Authority, Issued, Validity};
use boathook_operator_core::object::ObjectKey;
use boathook_plan::secret::Secret;
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;

/// Summaries of all executions of a pod of the default gateway. `authority` is the operator's Secret, as JSON in a file.
///
/// # Panics
///
/// When the pod does not answer.
pub async fn all(address: SocketAddr, authority: &str) -> Vec<Value> {
    let secret = std::fs::read_to_string(authority).expect("the authority's file");
    let kept = issued(&serde_json::from_str(&secret).expect("a Secret"));
    let authority = Authority::of(&kept).expect("an authority");
    let own = authority.operator(Timestamp::now()).expect("a certificate");
    let dialer = Dialer::new(&kept.certificate, &own).expect("a dialer");
    let gateway = ObjectKey::new("boathook-gateway", "default");
    let mut connection = dialer.dial(&gateway, address).await.expect("the pod's channel");
    let (mut records, mut next) = (Vec::new(), String::new());
    loop {
        let uri = format!(
            "https://gateway/v1/executions?limit=500&phase=Queued,Running,Waiting,Succeeded,Failed,Cancelled{next}"
        );
        let request = Request::get(uri).body(Bytes::new()).expect("a request");
        let answer = connection.send(request).await.expect("an answer");
        let body = answer.into_body().collect().await.expect("its body").to_bytes();
        let mut page: Value = serde_json::from_slice(&body).expect("JSON");
        let items = page["items"].take();
        records.extend(items.as_array().unwrap_or_else(|| panic!("a page: {page}")).iter().cloned());
        let Some(more) = page["metadata"]["continue"].as_str().filter(|more| !more.is_empty()) else { return records };
        next = format!("&continue={more}");
    }
}

fn issued(secret: &Value) -> Issued {
    let entry = |name: &str| STANDARD.decode(secret["data"][name].as_str().expect("an entry")).expect("base64");
    let text = |name: &str| String::from_utf8(entry(name)).expect("text");
    let time = |name: &str| text(name).parse::<Timestamp>().expect("a time");
    let validity = Validity { from: time("valid-from"), until: time("valid-until") };
    Issued { certificate: text("tls.crt"), key: Secret::new(entry("tls.key")), validity }
}
