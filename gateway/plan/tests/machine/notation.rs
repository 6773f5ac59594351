//! Plans as short YAML: the program and the response as users write them, with the compiler's defaults.

use std::collections::BTreeMap;

use boathook_plan::plan::{
    Answer, AnswerBody, Block, BranchStep, CallStep, Case, Check, Concurrency, Delimiters, Egress, EndOutcome, EndStep,
    ForEachStep, History, HttpBody, HttpStep, Mode, OnError, OnItemError, ParallelStep, Plan, Policy, Program, Quota,
    Response, Retry, ScriptBounds, Step, StepKind, Suspend, ValidateStep, WaitStep, Webhook, WorkflowRef,
};
use serde::Deserialize;
use serde_json::Value;

/// The part of a workflow's `spec` that the machine runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Spec {
    steps: Vec<StepSpec>,
    blocks: Vec<BlockSpec>,
    on_failure: Option<RunSpec>,
    vars: Value,
    timeout: Option<String>,
    delimiters: Delimiters,
    response: ResponseSpec,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockSpec {
    name: String,
    steps: Vec<StepSpec>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunSpec {
    run: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StepSpec {
    name: String,
    r#if: Option<String>,
    until: Option<String>,
    timeout: Option<String>,
    retry: Option<RetrySpec>,
    #[serde(default)]
    on_error: OnError,
    #[serde(default)]
    sensitive: bool,
    http: Option<HttpSpec>,
    set: Option<Value>,
    validate: Option<ValidateSpec>,
    branch: Option<BranchSpec>,
    for_each: Option<ForEachSpec>,
    parallel: Option<ParallelStep>,
    wait: Option<WaitSpec>,
    call: Option<CallSpec>,
    respond: Option<AnswerSpec>,
    end: Option<EndSpec>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetrySpec {
    attempts: u32,
    backoff: Option<BackoffSpec>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BackoffSpec {
    initial: String,
    factor: u32,
    max: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpSpec {
    url: String,
    json: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidateSpec {
    #[serde(default)]
    value: Value,
    schema: Option<Value>,
    #[serde(default)]
    checks: Vec<Check>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BranchSpec {
    cases: Vec<CaseSpec>,
    r#else: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseSpec {
    r#if: String,
    run: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ForEachSpec {
    items: String,
    run: String,
    r#as: Option<String>,
    concurrency: Option<u32>,
    #[serde(default)]
    on_item_error: OnItemError,
    collect: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitSpec {
    r#for: Option<String>,
    until: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallSpec {
    workflow: String,
    #[serde(default)]
    input: Value,
    #[serde(default)]
    detach: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndSpec {
    #[serde(default)]
    outcome: EndOutcome,
    message: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ResponseSpec {
    mode: Option<Mode>,
    /// Whether the deadline ends the run, which most cases want.
    cancel: Option<bool>,
    deadline: Option<String>,
    status: Option<u16>,
    headers: BTreeMap<String, String>,
    json: Option<Value>,
    text: Option<String>,
    late: Option<AnswerSpec>,
    failed: Option<AnswerSpec>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AnswerSpec {
    status: Option<u16>,
    headers: BTreeMap<String, String>,
    json: Option<Value>,
    text: Option<String>,
}

impl Spec {
    /// Reads a spec; a case with a mistake in it is no case.
    pub fn read(yaml: &str) -> Self {
        serde_saphyr::from_str(yaml).expect("a spec in YAML")
    }

    /// The plan of the workflow `orders` in the namespace `shop`.
    pub fn plan(&self) -> Plan {
        let name = |text: &str| text.to_owned();
        Plan {
            workflow: WorkflowRef { namespace: name("shop"), name: name("orders"), uid: name("uid-of-orders") },
            generation: 1,
            webhook: Some(webhook()),
            vars: self.vars.clone().into(),
            secrets: Vec::new(),
            timeout_ms: self.timeout.as_deref().map_or(30_000, milliseconds),
            delimiters: self.delimiters,
            program: Program {
                steps: self.steps.iter().map(StepSpec::step).collect(),
                blocks: self.blocks.iter().map(BlockSpec::block).collect(),
                on_failure: self.on_failure.as_ref().map(|block| block.run.clone()),
            },
            filter: None,
            deduplication: None,
            concurrency: Concurrency::default(),
            batch: None,
            history: History::default(),
            suspend: Suspend::No,
            quota: Quota::default(),
            scripts: ScriptBounds::default(),
            response: self.response.response(),
            egress: Egress { internet: true, allow_addresses: vec![], allow_hosts: vec![], loopback: false },
            schemas: BTreeMap::new(),
        }
    }
}

impl BlockSpec {
    fn block(&self) -> Block {
        Block { name: self.name.clone(), steps: self.steps.iter().map(StepSpec::step).collect() }
    }
}

impl StepSpec {
    fn step(&self) -> Step {
        let default = Retry { attempts: if self.http.is_some() { 3 } else { 1 }, ..RETRY };
        Step {
            name: self.name.clone(),
            if_: self.r#if.clone(),
            timeout_ms: self.timeout.as_deref().map_or(30_000, milliseconds),
            retry: self.retry.as_ref().map_or(default, RetrySpec::retry),
            until: self.until.clone(),
            on_error: self.on_error,
            sensitive: self.sensitive,
            kind: self.kind().unwrap_or_else(|| panic!("step {} has no kind", self.name)),
        }
    }

    fn kind(&self) -> Option<StepKind> {
        let http = self.http.as_ref().map(|step| StepKind::Http(Box::new(step.step())));
        let set = self.set.clone().map(|values| StepKind::Set(values.into()));
        let validate = self.validate.clone().map(|step| {
            StepKind::Validate(ValidateStep {
                value: step.value.into(),
                schema: step.schema.map(Into::into),
                schema_from: None,
                checks: step.checks,
            })
        });
        let branch = self.branch.clone().map(|step| {
            let cases = step.cases.into_iter().map(|case| Case { if_: case.r#if, run: case.run }).collect();
            StepKind::Branch(BranchStep { cases, else_: step.r#else })
        });
        let for_each = self.for_each.clone().map(|step| StepKind::ForEach(step.step()));
        let parallel = self.parallel.clone().map(StepKind::Parallel);
        let wait = self.wait.clone().map(|step| StepKind::Wait(step.step()));
        let call = self.call.clone().map(|step| {
            let CallSpec { workflow, input, detach } = step;
            StepKind::Call(CallStep { workflow, input: input.into(), detach })
        });
        let respond = self.respond.as_ref().map(|answer| StepKind::Respond(answer.answer()));
        let end = self.end.clone().map(|step| StepKind::End(EndStep { outcome: step.outcome, message: step.message }));
        http.or(set).or(validate).or(branch).or(for_each).or(parallel).or(wait).or(call).or(respond).or(end)
    }
}

const RETRY: Retry = Retry { attempts: 1, initial_ms: 1_000, factor: 2, max_ms: 60_000 };

impl RetrySpec {
    fn retry(&self) -> Retry {
        let Some(backoff) = &self.backoff else { return Retry { attempts: self.attempts, ..RETRY } };
        Retry {
            attempts: self.attempts,
            initial_ms: milliseconds(&backoff.initial),
            factor: backoff.factor,
            max_ms: milliseconds(&backoff.max),
        }
    }
}

impl ForEachSpec {
    fn step(self) -> ForEachStep {
        ForEachStep {
            items: self.items,
            run: self.run,
            as_: self.r#as.unwrap_or_else(|| "item".to_owned()),
            concurrency: self.concurrency.unwrap_or(1),
            on_item_error: self.on_item_error,
            collect: self.collect,
        }
    }
}

impl WaitSpec {
    fn step(self) -> WaitStep {
        match (self.r#for, self.until) {
            (Some(time), None) => WaitStep::For(milliseconds(&time)),
            (None, Some(time)) => WaitStep::Until(time),
            (Some(_), Some(_)) | (None, None) => panic!("a wait for or until"),
        }
    }
}

impl HttpSpec {
    fn step(&self) -> HttpStep {
        HttpStep {
            method: "POST".to_owned(),
            url: self.url.clone(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            body: self.json.clone().map(|value| HttpBody::Json(value.into())),
            hosts: vec!["api.example.test".to_owned()],
            expect: vec!["2xx".to_owned()],
            auth: None,
            sign_standard_webhooks: None,
            follow_redirects: 0,
            max_response_size: 1 << 20,
        }
    }
}

impl ResponseSpec {
    fn response(&self) -> Response {
        let own = AnswerSpec {
            status: self.status,
            headers: self.headers.clone(),
            json: self.json.clone(),
            text: self.text.clone(),
        };
        Response {
            mode: self.mode.unwrap_or(Mode::Sync),
            deadline_ms: self.deadline.as_deref().map_or(10_000, milliseconds),
            answer: own.answer(),
            late: self.late.as_ref().map(AnswerSpec::answer),
            cancel: self.cancel.unwrap_or(true),
            failed: self.failed.as_ref().map(AnswerSpec::answer),
            rejected: None,
        }
    }
}

impl AnswerSpec {
    fn answer(&self) -> Answer {
        let text = self.text.clone().map(AnswerBody::Text);
        Answer {
            status: self.status,
            headers: self.headers.clone(),
            body: self.json.clone().map(|value| AnswerBody::Json(value.into())).or(text),
        }
    }
}

fn webhook() -> Webhook {
    Webhook {
        host: None,
        path: "/orders".to_owned(),
        base_url: "https://hooks.example.test".to_owned(),
        methods: vec!["POST".to_owned()],
        max_body_size: 1 << 20,
        schema: None,
        schema_from: None,
        verification: None,
        policy: Policy::default(),
    }
}

/// Reads `1500ms`, `2s`, `5m` or `1h`.
pub fn milliseconds(text: &str) -> u64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        other => panic!("{text}: unknown unit {other:?}"),
    };
    digits.parse::<u64>().expect("a number") * unit
}
