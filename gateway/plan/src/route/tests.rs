//! Routes: what is built from a plan, and what a request of it looks like to expressions.

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::prelude::*;

use super::*;
use crate::json::Json;
use crate::plan::{
    Answer, AnswerBody, Concurrency, Delimiters, History, Mode, Policy, Program as Steps, Quota, Response,
    ScriptBounds, Suspend, Webhook,
};
use crate::reason::Reason;
use crate::request::{RawRequest, Verified};

/// A public workflow that answers with a template.
fn plan(template: &str) -> Plan {
    Plan {
        workflow: WorkflowRef { namespace: "shop".to_owned(), name: "hello".to_owned(), uid: "u".to_owned() },
        generation: 1,
        webhook: Some(Webhook {
            host: None,
            path: "/hello/{repo}".to_owned(),
            base_url: "https://hooks.example.test".to_owned(),
            methods: vec!["POST".to_owned(), "PUT".to_owned()],
            max_body_size: 1024,
            schema: None,
            schema_from: None,
            verification: None,
            policy: Policy::default(),
        }),
        vars: Json::Null,
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
        response: response(template),
        egress: Egress { internet: false, allow_addresses: Vec::new(), allow_hosts: Vec::new(), loopback: false },
        schemas: BTreeMap::new(),
    }
}

fn response(template: &str) -> Response {
    Response {
        mode: Mode::Sync,
        deadline_ms: 10_000,
        answer: Answer { status: None, headers: BTreeMap::new(), body: Some(AnswerBody::Json(Json::text(template))) },
        late: None,
        cancel: true,
        failed: None,
        rejected: None,
    }
}

fn route(plan: Plan) -> Result<Route, RouteError> {
    Route::build(Arc::new(plan), Keys::default())
}

fn fields(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

/// A request as one with this body, verified by a workflow that admits everybody.
fn verified(headers: HeaderMap, body: &'static str) -> Verified {
    let request = RawRequest {
        method: Method::POST,
        path: "/hello/a%20b".to_owned(),
        query: Some("a=1&b=x+y%20z&a=2&c".to_owned()),
        headers,
        body: Bytes::from_static(body.as_bytes()),
        params: vec![("repo".to_owned(), "a b".to_owned())],
        client: "::ffff:192.0.2.7".parse::<IpAddr>().unwrap(),
        received_at: "2026-11-24T12:00:00Z".parse().unwrap(),
        url: "https://hooks.example.test/hello/a%20b?a=1&b=x+y%20z&a=2&c".to_owned(),
    };
    Verifier::public().verify(request, "2026-11-24T12:00:00Z".parse().unwrap()).unwrap()
}

/// Through the stages of the body.
fn delivered(route: &Route, verified: Verified) -> Result<Delivery, BodyFault> {
    let room = route.effort(&verified).room;
    let parsed = route.parse(verified, room).map_err(|unparsed| unparsed.fault)?;
    Ok(route.deliver(parsed, "r".into()))
}

/// `$context` of a workflow with this template, as text.
fn context(template: &str, headers: &[(&str, &str)], body: &'static str) -> String {
    let mut headers = fields(headers);
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    delivered(&route(plan(template)).unwrap(), verified(headers, body)).unwrap().context.to_string()
}

#[test]
fn the_whole_context_holds_every_part() {
    assert_eq!(
        context("{{ $context }}", &[("X-Event", "push")], r#"{"z":1,"a":[true]}"#),
        concat!(
            r#"{"data":{"z":1,"a":[true]},"#,
            r#""headers":{"x-event":"push","content-type":"application/json"},"#,
            r#""query":{"a":["1","2"],"b":"x y z","c":""},"params":{"repo":"a b"},"event":null,"deliveryID":null,"#,
            r#""identity":{"scheme":"public","key":null,"subject":null,"claims":null},"method":"POST","#,
            r#""path":"/hello/a%20b","url":"https://hooks.example.test/hello/a%20b?a=1&b=x+y%20z&a=2&c","#,
            r#""clientIP":"192.0.2.7","#,
            r#""receivedAt":"2026-11-24T12:00:00Z","raw":"eyJ6IjoxLCJhIjpbdHJ1ZV19","signature":null}"#
        )
    );
}

#[test]
fn only_what_the_workflow_looks_at_is_built() {
    let body = r#"{"user":{"name":"Ada","mail":"a@example.test"},"list":[1,2,3]}"#;
    assert_eq!(context("constant", &[], body), "{}");
    assert_eq!(context("{{ $context.data.user.name }}", &[], body), r#"{"data":{"user":{"name":"Ada"}}}"#);
    assert_eq!(
        context("{{ $context.method + $context.params.repo }}", &[], body),
        r#"{"params":{"repo":"a b"},"method":"POST"}"#
    );
}

#[test]
fn a_header_is_found_by_its_lower_case_name_and_repeats_are_joined() {
    let repeated = [("X-Tag", "one"), ("x-tag", "two"), ("Cookie", "a=1"), ("cookie", "b=2"), ("X-Other", "no")];
    assert_eq!(context("{{ $context.headers['x-tag'] }}", &repeated, "1"), r#"{"headers":{"x-tag":"one, two"}}"#);
    assert_eq!(context("{{ $context.headers.cookie }}", &repeated, "1"), r#"{"headers":{"cookie":"a=1; b=2"}}"#);
    assert_eq!(context("{{ $context.headers['x-absent'] }}", &repeated, "1"), r#"{"headers":{}}"#);
    assert!(context("{{ header('X-Tag') }}", &repeated, "1").contains(r#""x-tag":"one, two""#));
}

#[test]
fn what_the_preset_says_of_a_request_is_there_although_nothing_else_of_the_body_is_read() {
    use crate::plan::{KeySpec, Match, Scheme, SchemeKind, SchemeOptions, Verification};
    use crate::secret::{KeyValue, Secret, SecretText};
    use crate::verify::sign::{Stamp, sign};
    let kind = SchemeKind::Preset("Stripe".to_owned());
    let key = KeyValue::Bytes(SecretText(Secret::new(b"whsec_test".to_vec())));
    let scheme = Scheme { kind, keys: vec![KeySpec::default()], tolerance_ms: None, options: SchemeOptions::default() };
    let signer = scheme.clone();
    let mut plan = plan(r"{{ [$context.event, $context.deliveryID, $context.identity] }}");
    plan.webhook.as_mut().unwrap().verification = Some(Verification { match_: Match::Any, schemes: vec![scheme] });
    let keys = Keys { schemes: vec![vec![Some(key.clone())]], secrets: BTreeMap::new() };
    let route = Route::build(Arc::new(plan), keys).unwrap();
    let body = r#"{"id":"evt_1","type":"invoice.paid","data":{"object":{"id":"in_1"}}}"#;
    let request = verified(fields(&[("content-type", "application/json")]), body).request().clone();
    let now = request.received_at;
    let request = sign(&signer, &KeySpec::default(), &key, request, Stamp { now, id: "unused" }).unwrap();
    let delivery = delivered(&route, route.verifier().verify(request, now).unwrap()).unwrap();
    assert_eq!(
        delivery.context.to_string(),
        concat!(
            r#"{"event":"invoice.paid","deliveryID":"evt_1","#,
            r#""identity":{"scheme":"Stripe","key":0,"subject":null,"claims":null}}"#
        )
    );
}

#[test]
fn a_field_that_is_not_utf_8_is_shown_as_far_as_it_is() {
    let mut headers = fields(&[("content-type", "application/json")]);
    headers.insert("x-name", HeaderValue::from_bytes(b"caf\xe9").unwrap());
    let route = route(plan("{{ $context.headers['x-name'] }}")).unwrap();
    let delivery = delivered(&route, verified(headers, "1")).unwrap();
    assert_eq!(delivery.context.to_string(), "{\"headers\":{\"x-name\":\"caf\u{fffd}\"}}");
}

#[test]
fn a_body_is_checked_whole_although_little_of_it_is_read() {
    let route = route(plan("{{ $context.data.a }}")).unwrap();
    let headers = fields(&[("content-type", "application/json")]);
    let fault = delivered(&route, verified(headers, r#"{"a":1,"b":}"#)).unwrap_err();
    assert_eq!(fault.reason(), Reason::MalformedBody);
}

#[test]
fn the_type_of_a_body_decides_whether_it_is_read() {
    let route = route(plan("x")).unwrap();
    let reason = |pairs: &[(&str, &str)]| delivered(&route, verified(fields(pairs), "1")).err().map(BodyFault::reason);
    assert_eq!(reason(&[("content-type", "application/json;charset=utf-8")]), None);
    assert_eq!(reason(&[("content-type", "application/problem+json")]), None);
    assert_eq!(reason(&[("content-type", "application/json"), ("content-encoding", "identity")]), None);
    let unsupported = Some(Reason::UnsupportedMediaType);
    assert_eq!(reason(&[]), unsupported);
    assert_eq!(reason(&[("content-type", "application/json"), ("content-type", "application/json")]), unsupported);
    assert_eq!(reason(&[("content-type", "application/json"), ("content-encoding", "compress")]), unsupported);
    assert_eq!(reason(&[("content-type", "application/json; charset=utf-7")]), unsupported);
    assert_eq!(reason(&[("content-type", "application/xml")]), Some(Reason::MalformedBody));
}

#[test]
fn an_event_says_what_its_preset_does_not() {
    let headers = [("ce-specversion", "1.0"), ("ce-id", "7"), ("ce-source", "/shop"), ("ce-type", "order.paid")];
    assert_eq!(
        context("{{ $context.event + $context.deliveryID }}", &headers, "1"),
        r#"{"event":"order.paid","deliveryID":"7"}"#
    );
}

#[test]
fn what_reading_a_body_costs_is_known_before_it_is_read() {
    let route = route(plan("x")).unwrap();
    let json = [("content-type", "application/json")];
    let small = route.effort(&verified(fields(&json), "1"));
    assert_eq!(small, Effort { room: 64 << 10, account: 0, is_long: false });
    let coded = route.effort(&verified(fields(&[json[0], ("content-encoding", "gzip")]), "1"));
    assert_eq!(coded, Effort { room: 64 << 10, account: (64 << 10) + 1024 + (16 << 20), is_long: true });
}

#[test]
fn a_method_is_judged_by_the_workflow_and_the_verification() {
    let intake = route(plan("x")).unwrap().intake().unwrap().clone();
    let handshakes = [Method::GET];
    let judged = |name: &str| intake.judge(&Method::from_bytes(name.as_bytes()).unwrap(), handshakes.iter().cloned());
    assert_eq!(judged("POST"), MethodVerdict::Runs);
    assert_eq!(judged("PUT"), MethodVerdict::Runs);
    assert_eq!(judged("GET"), MethodVerdict::HandshakeOnly);
    assert_eq!(judged("HEAD"), MethodVerdict::Alive);
    assert_eq!(judged("OPTIONS"), MethodVerdict::Options);
    assert_eq!(judged("DELETE"), MethodVerdict::Refused);
    assert_eq!(judged("post"), MethodVerdict::Refused);
    assert_eq!(intake.allow(), "POST, PUT, HEAD, OPTIONS");
}

#[test]
fn a_plan_that_cannot_be_served_says_which_field() {
    let mut bad = plan("x");
    bad.webhook.as_mut().unwrap().path = "/a//b".to_owned();
    assert_eq!(route(bad).unwrap_err().to_string(), "webhook.path must not hold an empty segment (//)");
    let mut bad = plan("x");
    bad.webhook.as_mut().unwrap().methods = vec!["HEAD".to_owned()];
    let message = "webhook.methods must be of GET, POST, PUT, PATCH, DELETE, unlike \"HEAD\"";
    assert_eq!(route(bad).unwrap_err().to_string(), message);
    assert!(matches!(route(plan("{{ 1 + }}")), Err(RouteError::Program(_))));
}

#[test]
fn a_revision_is_of_the_plan_and_never_of_a_key() {
    let revision = |plan: &Plan| Revision::of(plan).to_string();
    let one = plan("x");
    assert_eq!(revision(&one), revision(&plan("x")));
    assert_eq!(revision(&one).len(), 64);
    assert_ne!(revision(&one), revision(&plan("y")));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(revision(&serde_json::from_str(&text).unwrap()), revision(&one), "the plan's way over the wire");
}

proptest! {
    #[test]
    fn no_field_or_query_makes_a_context_fail(name in "[a-z-]{1,8}", value in "[ -~\u{80}-\u{ff}]{0,16}", query in "\\PC{0,32}") {
        let mut headers = fields(&[("content-type", "application/json")]);
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value.as_bytes())) {
            headers.append(name, value);
        }
        let mut request = verified(headers, "").request().clone();
        request.query = Some(query);
        let now = request.received_at;
        let verified = Verifier::public().verify(request, now).unwrap();
        prop_assert!(delivered(&route(plan("{{ $context }}")).unwrap(), verified).is_ok());
    }
}
