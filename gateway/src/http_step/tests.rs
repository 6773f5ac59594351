//! Attempts against local servers, hostile ones among them, on a network of the tests' own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::http_step::{CallFacts, HttpProgram, Origin};
use boathook_plan::json::Json;
use boathook_plan::plan::{Delimiters, Egress, HttpStep};
use boathook_plan::reason::StepFailure;
use boathook_plan::scope::Scope;
use boathook_plan::secret::{Secret, SecretText};
use rustls::{ClientConfig, RootCertStore};
use uuid::Uuid;

use super::{Attempt, HttpExecutor};
use crate::egress::Site;
use crate::egress::tests::{TestNetwork, internet};

mod answers;
mod coded;
mod guard;
mod hostile;
mod http2;
mod matrix;
mod pool;
mod redirects;
mod resolver;
mod secrets;
mod server;
mod tls;

/// An address that is public, and led to a local server by the test's network.
const PUBLIC: &str = "93.184.216.34";

/// A `GET` without anything optional.
fn step(url: &str) -> HttpStep {
    HttpStep {
        method: "GET".to_owned(),
        url: url.to_owned(),
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        body: None,
        hosts: vec![],
        expect: vec!["2xx".to_owned()],
        auth: None,
        sign_standard_webhooks: None,
        follow_redirects: 0,
        max_response_size: 1 << 20,
    }
}

fn attempt(step: &HttpStep) -> Attempt {
    attempt_under(step, internet())
}

fn attempt_under(step: &HttpStep, egress: Egress) -> Attempt {
    Attempt {
        program: Arc::new(HttpProgram::compile(step, Delimiters::Braces).unwrap()),
        scope: Scope::new("2026-11-24T10:00:00Z".parse().unwrap(), Uuid::from_u128(1)),
        facts: CallFacts {
            idempotency_key: "6f1c".to_owned(),
            now: "2026-11-24T10:00:00Z".parse().unwrap(),
            execution: Uuid::from_u128(0x0193_5b3c_0000_7000_8000_0000_0000_0001),
            origin: Origin::default(),
        },
        timeout: Duration::from_secs(20),
        egress: Arc::new(egress),
    }
}

/// An executor on `network` that trusts nobody.
fn executor(network: &Arc<TestNetwork>) -> HttpExecutor {
    let trust = ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    HttpExecutor::at(Site {
        network: Arc::clone(network) as Arc<_>,
        trust,
        admin: Some("10.0.0.9:8081".parse().unwrap()),
    })
}

async fn perform(network: &Arc<TestNetwork>, step: &HttpStep) -> Result<Json, StepFailure> {
    executor(network).perform(&attempt(step), &BTreeMap::new()).await
}

/// What a server at `http://target.test/` that answers `response` makes of one attempt of `step`.
async fn against(server: &server::Server, step: &HttpStep) -> Result<Json, StepFailure> {
    let network = TestNetwork::default().name("target.test", &[PUBLIC]).leads("93.184.216.34:80", server.address);
    perform(&Arc::new(network), step).await
}

fn secret(text: &str) -> SecretText {
    SecretText(Secret::new(text.as_bytes().to_vec()))
}

fn text<'j>(value: &'j Json, path: &[&str]) -> &'j str {
    value.get(path.iter().copied()).and_then(Json::as_str).unwrap_or_else(|| panic!("no text at {path:?} of {value}"))
}
