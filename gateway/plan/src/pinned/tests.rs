//! Pinned plans: keys, acknowledgements, and `$context` of what was kept.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, Method};

use super::*;
use crate::plan::{
    Answer, AnswerBody, Concurrency, Deduplication, Delimiters, Egress, History, Mode, Policy, Program as Steps, Quota,
    Response, ScriptBounds, Suspend, Webhook,
};
use crate::request::RawRequest;
use crate::verify::Verifier;

fn plan() -> Plan {
    Plan {
        workflow: WorkflowRef { namespace: "shop".to_owned(), name: "hello".to_owned(), uid: "u".to_owned() },
        generation: 1,
        webhook: Some(Webhook {
            host: None,
            path: "/hello".to_owned(),
            base_url: "https://hooks.example.test".to_owned(),
            methods: vec!["POST".to_owned()],
            max_body_size: 1024,
            schema: None,
            schema_from: None,
            verification: None,
            policy: Policy::default(),
        }),
        vars: Json::object([("prefix", Json::text("p"))]),
        secrets: Vec::new(),
        timeout_ms: 30_000,
        delimiters: Delimiters::Braces,
        program: Steps::default(),
        filter: None,
        deduplication: None,
        concurrency: Concurrency::default(),
        batch: None,
        history: History::default(),
        suspend: Suspend::No,
        quota: Quota::default(),
        scripts: ScriptBounds::default(),
        response: Response {
            mode: Mode::Async,
            deadline_ms: 10_000,
            answer: Answer::default(),
            late: None,
            cancel: false,
            failed: None,
            rejected: None,
        },
        egress: Egress { internet: false, allow_addresses: Vec::new(), allow_hosts: Vec::new(), loopback: false },
        schemas: BTreeMap::new(),
    }
}

fn keyed(key: &str) -> Pinned {
    let deduplication = Deduplication { key: key.to_owned(), window_ms: 1_000, explicit: true };
    Pinned::compile(Arc::new(Plan { deduplication: Some(deduplication), ..plan() })).unwrap()
}

fn sealed(body: &'static str) -> (Envelope, Bytes) {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let request = RawRequest {
        method: Method::POST,
        path: "/hello".to_owned(),
        query: None,
        headers,
        body: Bytes::from_static(body.as_bytes()),
        params: Vec::new(),
        client: "192.0.2.7".parse().unwrap(),
        received_at: "2026-11-24T12:00:00Z".parse().unwrap(),
        url: "https://hooks.example.test/hello".to_owned(),
    };
    let verified = Verifier::public().verify(request, "2026-11-24T12:00:00Z".parse().unwrap()).unwrap();
    Envelope::seal(verified, "r".into(), &Verifier::public(), &Json::Null)
}

fn facts() -> StageFacts {
    StageFacts { execution: uuid::Uuid::nil(), received_at: "2026-11-24T12:00:00Z".parse().unwrap() }
}

fn key(template: &str, body: &'static str) -> Result<Option<Arc<str>>, StageFault> {
    let pinned = keyed(template);
    let (envelope, body) = sealed(body);
    pinned.deduplication_key(&pinned.context(&envelope, &body).unwrap(), facts())
}

#[test]
fn a_key_is_the_text_of_its_template() {
    assert_eq!(key("{{ $vars.prefix }}-{{ $context.data.id }}", r#"{"id":7}"#).unwrap().as_deref(), Some("p-7"));
}

#[test]
fn a_key_that_is_null_empty_or_not_there_is_none() {
    for body in [r#"{"id":null}"#, r#"{"id":""}"#, "{}"] {
        assert_eq!(key("{{ $context.data.id }}", body), Ok(None), "{body}");
    }
}

#[test]
fn a_key_that_cannot_be_told_is_a_fault_that_names_its_field() {
    let fault = key("{{ $context.data.id + 1 }}", r#"{"id":"x"}"#).unwrap_err();
    assert!(fault.to_string().starts_with("deduplication.key: "), "{fault}");
}

#[test]
fn a_long_key_is_its_hash() {
    let hashed = key("{{ $context.data.id }}{{ 'x'.replace('x', 'xxxxxxxxxx') }}", r#"{"id":"a"}"#).unwrap().unwrap();
    assert_eq!(&*hashed, "axxxxxxxxxx");
    let long: &'static str = Box::leak(format!(r#"{{"id":"{}"}}"#, "a".repeat(1_025)).into_boxed_str());
    let hashed = key("{{ $context.data.id }}", long).unwrap().unwrap();
    assert_eq!((&hashed[..7], hashed.len()), ("sha256:", 71));
}

#[test]
fn an_acknowledgement_is_what_the_workflow_says() {
    let mut plan = plan();
    plan.response.answer = Answer {
        status: None,
        headers: BTreeMap::new(),
        body: Some(AnswerBody::Json(Json::text("{{ $execution.id }} {{ $context.data.id }}"))),
    };
    let pinned = Pinned::compile(Arc::new(plan)).unwrap();
    let (envelope, body) = sealed(r#"{"id":7}"#);
    let reply = pinned.acknowledge(&envelope, &pinned.context(&envelope, &body).unwrap(), facts());
    assert_eq!(reply.status, 202);
    assert_eq!(reply.body, r#""00000000-0000-0000-0000-000000000000 7""#);
}

#[test]
fn an_acknowledgement_that_cannot_be_rendered_is_the_plain_one() {
    let mut plan = plan();
    plan.response.answer.status = Some(200);
    plan.response.answer.headers.insert("x-id".to_owned(), "{{ $context.data.id }}".to_owned());
    let pinned = Pinned::compile(Arc::new(plan)).unwrap();
    let (envelope, body) = sealed("{}");
    let reply = pinned.acknowledge(&envelope, &pinned.context(&envelope, &body).unwrap(), facts());
    assert_eq!(reply.status, 202);
    assert_eq!(reply.body, r#"{"status":"accepted","executionID":"00000000-0000-0000-0000-000000000000"}"#);
}

#[test]
fn an_acknowledgement_is_what_the_preset_wants() {
    let pinned = Pinned::compile(Arc::new(plan())).unwrap();
    let (mut envelope, _) = sealed("{}");
    let told = |envelope: &Envelope| {
        let reply = pinned.acknowledge(envelope, &Json::Null, facts());
        (reply.status.as_u16(), reply.body.is_empty())
    };
    assert_eq!(told(&envelope), (202, false));
    let crate::envelope::Source::Request(request) = &mut envelope.source else { panic!("it is a request") };
    request.identity.scheme = "Slack".to_owned();
    assert_eq!(told(&envelope), (200, true));
}

#[test]
fn what_was_kept_yields_the_same_context() {
    let mut plan = plan();
    plan.response.answer.headers.insert("x".to_owned(), "{{ $context }}".to_owned());
    let pinned = Pinned::compile(Arc::new(plan)).unwrap();
    let (envelope, body) = sealed(r#"{"id":12345678901234567890.5,"b":[1e400]}"#);
    let kept: Envelope = serde_json::from_str(&serde_json::to_string(&envelope).unwrap()).unwrap();
    assert_eq!(pinned.context(&kept, &body).unwrap(), pinned.context(&envelope, &body).unwrap());
}

#[test]
fn the_key_of_one_delivery_does_not_name_a_batch_of_several() {
    let pinned = keyed("{{ $context.data.id }}");
    let (mut envelope, _) = sealed("{}");
    envelope.deduplication_key = Some("7".into());
    let facts = RunFacts::first(uuid::Uuid::from_u128(1), "2026-11-24T12:00:00Z".parse().unwrap());
    let seed = |batch| {
        let delivered = Delivered { envelope: &envelope, context: &Json::Null, batch };
        pinned.run(delivered, facts).input().seed.clone()
    };
    assert_eq!(seed(None), crate::machine::Seed::Delivery { workflow: "u".into(), key: "7".into() });
    assert_eq!(seed(Some(&Json::Null)), crate::machine::Seed::Execution(uuid::Uuid::from_u128(1)));
}
