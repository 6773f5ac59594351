//! What the tests of this crate start from: plans, and a gateway without sockets.

mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use boathook_plan::json::Json;
use boathook_plan::plan::{
    Answer, AnswerBody, Concurrency, Deduplication, Delimiters, Egress, History, HttpStep, KeySpec, Match, Mode,
    OnError, Plan, Policy, Program, Quota, Response, Retry, Scheme, SchemeKind, SchemeOptions, ScriptBounds, Step,
    StepKind, Suspend, Verification, Webhook, WorkflowRef,
};
use boathook_plan::route::Route;
use boathook_plan::secret::{KeyValue, Keys, Secret, SecretText};
use boathook_sandbox::{Program as Worker, Sandbox, Settings};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame};
use jiff::Timestamp;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Limits;
use crate::http_step::HttpExecutor;
use crate::ingest;
use crate::runner;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::store::{ExecutionRow, Filter, Phase, RequestRow, Store};

pub(crate) use target::Target;

/// When everything in these tests happens.
pub(crate) const NOW: &str = "2026-11-24T12:00:00Z";

/// A public Sync workflow in namespace `shop` that answers `{"ok":true}` to a POST.
pub(crate) fn plan(name: &str, path: &str) -> Plan {
    Plan {
        workflow: WorkflowRef { namespace: "shop".to_owned(), name: name.to_owned(), uid: format!("uid-{name}") },
        generation: 1,
        webhook: Some(Webhook {
            host: None,
            path: path.to_owned(),
            base_url: "https://hooks.example.test".to_owned(),
            methods: vec!["POST".to_owned()],
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
        program: Program::default(),
        filter: None,
        deduplication: None,
        concurrency: Concurrency::default(),
        batch: None,
        history: History::default(),
        suspend: Suspend::No,
        quota: Quota::default(),
        scripts: ScriptBounds::default(),
        response: Response {
            mode: Mode::Sync,
            deadline_ms: 10_000,
            answer: answer(r#"{"ok":true}"#),
            late: None,
            cancel: true,
            failed: None,
            rejected: None,
        },
        egress: Egress { internet: false, allow_addresses: Vec::new(), allow_hosts: Vec::new(), loopback: true },
        schemas: BTreeMap::new(),
    }
}

/// An Async workflow that calls `url` once.
pub(crate) fn calling(name: &str, url: &str) -> Plan {
    let mut plan = plan(name, &format!("/{name}"));
    plan.response = Response { mode: Mode::Async, answer: Answer::default(), ..plan.response };
    plan.program.steps = vec![step("call", get(url))];
    plan
}

/// The same, one delivery for each `id` of the body.
pub(crate) fn once(mut plan: Plan) -> Plan {
    let key = "{{ $context.data.id }}".to_owned();
    plan.deduplication = Some(Deduplication { key, window_ms: 3_600_000, explicit: true });
    plan
}

/// An answer with a JSON body.
pub(crate) fn answer(body: &str) -> Answer {
    Answer { status: None, headers: BTreeMap::new(), body: Some(AnswerBody::Json(json(body))) }
}

/// JSON by its text.
pub(crate) fn json(text: &str) -> Json {
    serde_json::from_str::<Value>(text).unwrap().into()
}

/// A step with the defaults of its kind, tried once.
pub(crate) fn step(name: &str, kind: StepKind) -> Step {
    Step {
        name: name.to_owned(),
        if_: None,
        timeout_ms: 30_000,
        retry: Retry { attempts: 1, initial_ms: 1, factor: 1, max_ms: 1 },
        until: None,
        on_error: OnError::Fail,
        sensitive: false,
        kind,
    }
}

/// A GET of a constant URL that expects 2xx.
pub(crate) fn get(url: &str) -> StepKind {
    StepKind::Http(Box::new(HttpStep {
        method: "GET".to_owned(),
        url: url.to_owned(),
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        body: None,
        hosts: Vec::new(),
        expect: vec!["2xx".to_owned()],
        auth: None,
        sign_standard_webhooks: None,
        follow_redirects: 0,
        max_response_size: 1 << 20,
    }))
}

/// The plan, verified by one scheme with one key; `None` is a key whose Secret is missing.
pub(crate) fn verified(mut plan: Plan, kind: SchemeKind, key: Option<&str>) -> (Plan, Keys) {
    let scheme = Scheme { kind, keys: vec![KeySpec::default()], tolerance_ms: None, options: SchemeOptions::default() };
    plan.webhook.as_mut().unwrap().verification = Some(Verification { match_: Match::Any, schemes: vec![scheme] });
    let value = key.map(|text| KeyValue::Bytes(SecretText(Secret::new(text.as_bytes().to_vec()))));
    (plan, Keys { schemes: vec![vec![value]], secrets: BTreeMap::new() })
}

/// Where scripts run, which no test of this crate does: its program is no worker.
fn sandbox() -> Sandbox {
    Sandbox::new(Settings { program: Worker::At("/nowhere".into()), ..Settings::default() })
}

/// A route of a plan without keys.
pub(crate) fn route(plan: Plan) -> Arc<Route> {
    build(plan, Keys::default())
}

/// A route.
pub(crate) fn build(plan: Plan, keys: Keys) -> Arc<Route> {
    Arc::new(Route::build(Arc::new(plan), keys).unwrap())
}

/// A gateway without sockets.
pub(crate) struct App {
    pub(crate) shared: Arc<Shared>,
    pub(crate) stop: Stop,
    background: Vec<JoinHandle<()>>,
}

/// What a sender sees.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl App {
    pub(crate) fn new(routes: impl IntoIterator<Item = Arc<Route>>) -> Self {
        Self::within(Limits::default(), routes)
    }

    pub(crate) fn within(limits: Limits, routes: impl IntoIterator<Item = Arc<Route>>) -> Self {
        let stop = Stop::new();
        let now: Timestamp = NOW.parse().unwrap();
        let http = HttpExecutor::new(([127, 0, 0, 1], 0).into());
        let shared = Arc::new(Shared::new(limits, Clock::new(move || now), stop.signal(), http, sandbox()).unwrap());
        let app = Self { shared, stop, background: Vec::new() };
        app.swap(routes);
        app
    }

    /// A gateway over the store of a directory, by the system's clock.
    pub(crate) async fn over(directory: &Path, routes: impl IntoIterator<Item = Arc<Route>>) -> Self {
        Self::by(Clock::system(), directory, routes).await
    }

    /// The same, at a moment that does not pass.
    pub(crate) async fn at(directory: &Path, now: Timestamp, routes: impl IntoIterator<Item = Arc<Route>>) -> Self {
        Self::by(Clock::new(move || now), directory, routes).await
    }

    /// The same, by a clock.
    pub(crate) async fn by(clock: Clock, directory: &Path, routes: impl IntoIterator<Item = Arc<Route>>) -> Self {
        let stop = Stop::new();
        let http = HttpExecutor::new(([127, 0, 0, 1], 0).into());
        let shared = Shared::new(Limits::default(), clock, stop.signal(), http, sandbox()).unwrap();
        let shared = Arc::new(shared.with_store(directory.to_owned(), Duration::ZERO).await.unwrap());
        let background = runner::start(&shared);
        let app = Self { shared, stop, background };
        app.swap(routes);
        app
    }

    /// Serves other routes.
    pub(crate) fn swap(&self, routes: impl IntoIterator<Item = Arc<Route>>) {
        assert_eq!(self.shared.routes.swap(routes.into_iter().collect(), BTreeSet::new()), Vec::new());
        self.shared.runner.rerouted.notify_one();
    }

    /// Serves none of these, which exist.
    pub(crate) fn refuse<const N: usize>(&self, workflows: [&str; N]) {
        let alive = workflows.map(|name| format!("uid-{name}")).into();
        assert_eq!(self.shared.routes.swap(Vec::new(), alive), Vec::new());
        self.shared.runner.rerouted.notify_one();
    }

    /// The store.
    pub(crate) fn store(&self) -> &Store {
        self.shared.runner.store().unwrap()
    }

    /// The execution, once it is in this phase.
    pub(crate) async fn phase(&self, id: Uuid, phase: Phase) -> ExecutionRow {
        let seen = async {
            loop {
                if let Some(row) = self.store().execution(id).await.unwrap().filter(|row| row.phase == phase) {
                    return row;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("execution {id} never was {phase:?}"))
    }

    /// The recorded requests, once there are so many.
    pub(crate) async fn refused(&self, count: usize) -> Vec<RequestRow> {
        let seen = async {
            loop {
                let page = self.store().requests(Filter::default()).await.unwrap();
                if page.rows.len() >= count {
                    return page.rows;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("there never were {count} records"))
    }

    /// Stops as a process does that is killed, but for what the store was given already: no run takes another step.
    pub(crate) async fn crash(self) {
        self.background.iter().for_each(JoinHandle::abort);
        self.shared.runner.close().await;
        self.stop.drain();
        self.stop.abort();
    }

    /// Stops as it is meant to.
    pub(crate) async fn drain(self) {
        self.stop.drain();
        self.shared.gate.empty().await;
        self.shared.runner.idle().await;
        self.shared.runner.close().await;
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send<B>(&self, request: Request<B>) -> Seen
    where
        B: Body<Data = Bytes> + Unpin,
    {
        self.send_from(IpAddr::from(Ipv4Addr::LOCALHOST), request).await
    }

    /// The same, from another address.
    pub(crate) async fn send_from<B>(&self, peer: IpAddr, request: Request<B>) -> Seen
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let response = match ingest::enter(&self.shared, peer, request) {
            ingest::Entry::Let(entered) => entered.answer().await,
            ingest::Entry::Refused(refused) => refused,
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Seen { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Seen {
        self.send(request("POST", path, body)).await
    }

    /// Requests of the workflow `hello` that ended so.
    pub(crate) fn requests(&self, outcome: &str) -> u64 {
        self.count(&format!(r#"boathook_requests_total{{namespace="shop",workflow="hello",outcome="{outcome}"}}"#))
    }

    /// Executions of the workflow `hello` that ended so.
    pub(crate) fn executions(&self, outcome: &str) -> u64 {
        self.count(&format!(r#"boathook_executions_total{{namespace="shop",workflow="hello",outcome="{outcome}"}}"#))
    }

    /// Steps of the workflow `hello` that ended so.
    pub(crate) fn steps(&self, kind: &str, outcome: &str) -> u64 {
        let labels = format!(r#"namespace="shop",workflow="hello",kind="{kind}",outcome="{outcome}""#);
        self.count(&format!("boathook_steps_total{{{labels}}}"))
    }

    /// The value of a series, by its name and labels as the text format writes them; 0 when it is not there.
    pub(crate) fn count(&self, series: &str) -> u64 {
        let text = self.shared.metrics.text().unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok());
        line.unwrap_or_default()
    }
}

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request with a JSON body.
pub(crate) fn request(method: &str, path: &str, body: &str) -> Request<Full<Bytes>> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "hooks.example.test")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .unwrap()
}

/// A body that never comes.
pub(crate) struct Never;

impl Body for Never {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

impl Seen {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A field's text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The execution that it names.
    pub(crate) fn execution(&self) -> Uuid {
        self.header("boathook-execution-id").parse().unwrap()
    }

    /// `reason` of a problem.
    pub(crate) fn reason(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.json()["reason"].as_str().unwrap().to_owned()
    }
}
