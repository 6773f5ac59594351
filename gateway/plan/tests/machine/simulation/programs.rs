//! Random programs: small, of every kind of step and with every field of a step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boathook_plan::json::Json;
use boathook_plan::machine::Program;
use boathook_plan::plan::{
    Answer, AnswerBody, Block, BranchStep, Case, Check, EndOutcome, EndStep, OnError, Plan, Retry, Step, StepKind,
    ValidateStep,
};

use super::chance::Chance;
use crate::notation::Spec;

/// Conditions that hold, that do not, that name a path which is not there, and that cannot be evaluated.
const CONDITIONS: [&str; 6] =
    ["true", "false", "$context.yes", "$context.missing.path", "1 / $context.zero > 0", "$context.n > 1"];

/// A compiled program, and what the promises need to know of it.
pub struct Sample {
    pub program: Arc<Program>,
    /// Attempts in all, by the step's name.
    pub attempts: BTreeMap<String, u32>,
    /// The names of `respond` steps.
    pub answering: BTreeSet<String>,
    /// Whether something runs after a failure.
    pub on_failure: bool,
    pub deadline_ms: u64,
    /// What a sender is told whose deadline has passed.
    pub late_status: u16,
}

impl Sample {
    pub fn new(seed: u64) -> Self {
        let mut plan = Writer { chance: Chance::new(seed), steps: 0, blocks: 0 }.plan();
        plan.timeout_ms = 20_000;
        let all = || plan.program.steps.iter().chain(plan.program.blocks.iter().flat_map(|block| &block.steps));
        let attempts = all().map(|step| (step.name.clone(), step.retry.attempts)).collect();
        let answering = all().filter(|step| matches!(step.kind, StepKind::Respond(_)));
        let answering = answering.map(|step| step.name.clone()).collect();
        let program = Program::compile(&plan).unwrap_or_else(|error| panic!("program {seed}: {error}"));
        Self {
            program: Arc::new(program),
            attempts,
            answering,
            on_failure: plan.program.on_failure.is_some(),
            deadline_ms: plan.response.deadline_ms,
            late_status: plan.response.late.and_then(|late| late.status).unwrap_or(504),
        }
    }
}

struct Writer {
    chance: Chance,
    steps: u32,
    blocks: u64,
}

impl Writer {
    fn plan(mut self) -> Plan {
        let mut plan = Spec::default().plan();
        self.blocks = self.chance.below(4);
        for block in 0..self.blocks {
            let steps = self.list(block + 1);
            plan.program.blocks.push(Block { name: format!("b{block}"), steps });
        }
        plan.program.steps = self.list(0);
        if self.chance.percent(60) {
            // Its first step is pure and always there: it tells that the block ran.
            let mut steps =
                vec![step("mark", StepKind::Set(Json::object([("step", Json::text("{{ $error.step }}"))])))];
            steps.extend(self.list(self.blocks));
            plan.program.blocks.push(Block { name: "rescue".to_owned(), steps });
            plan.program.on_failure = Some("rescue".to_owned());
        }
        plan.response.deadline_ms = 2_000 + self.chance.below(10_000);
        plan.response.answer = self.answer();
        plan.response.late = self.chance.percent(30).then(|| self.answer());
        plan.response.failed = self.chance.percent(30).then(|| self.answer());
        plan
    }

    /// Steps that run blocks from `first` on: no block can run itself.
    fn list(&mut self, first: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        for _ in 0..=self.chance.below(3) {
            steps.push(self.step(first));
        }
        steps
    }

    fn step(&mut self, first: u64) -> Step {
        let name = format!("s{}", self.steps);
        self.steps += 1;
        let kind = self.kind(first);
        let mut made = step(&name, kind);
        made.if_ = self.sometimes(20);
        made.on_error = if self.chance.percent(35) { OnError::Continue } else { OnError::Fail };
        made.sensitive = self.chance.percent(10);
        made.timeout_ms = 1_000 + self.chance.below(3_000);
        if matches!(made.kind, StepKind::Http(_)) {
            let attempts = 1 + u32::try_from(self.chance.below(4)).unwrap();
            made.retry = Retry { attempts, initial_ms: self.chance.below(2_000), factor: 2, max_ms: 3_000 };
            made.until = self.chance.percent(15).then(|| "$result.n > 1".to_owned());
        } else if self.chance.percent(5) {
            made.until = Some("$result != null".to_owned());
        }
        made
    }

    fn kind(&mut self, first: u64) -> StepKind {
        match self.chance.below(20) {
            0..8 => http(),
            8..12 => StepKind::Set(Json::object([
                ("id", Json::text("{{ uuid() }}")),
                ("at", Json::text("{{ string(now()) }}")),
                ("n", Json::text("{{ $context.n }}")),
            ])),
            12..14 => StepKind::Validate(ValidateStep {
                value: Json::Null,
                schema: None,
                checks: vec![Check { that: self.condition(), message: "{{ $context.n }} is wrong".to_owned() }],
            }),
            14..18 if first < self.blocks => {
                let run = |chance: &mut Chance, blocks| format!("b{}", first + chance.below(blocks - first));
                let case = Case { if_: self.condition(), run: run(&mut self.chance, self.blocks) };
                let else_ = self.chance.percent(50).then(|| run(&mut self.chance, self.blocks));
                StepKind::Branch(BranchStep { cases: vec![case], else_ })
            }
            18 => StepKind::Respond(self.answer()),
            19 => {
                let outcome = if self.chance.percent(50) { EndOutcome::Failed } else { EndOutcome::Succeeded };
                StepKind::End(EndStep {
                    outcome,
                    message: self.chance.percent(50).then(|| "n {{ $context.n }}".into()),
                })
            }
            _ => StepKind::Set(Json::object([("constant", Json::from(1_i64))])),
        }
    }

    fn condition(&mut self) -> String {
        self.chance.pick(&CONDITIONS).to_owned()
    }

    fn sometimes(&mut self, percent: u64) -> Option<String> {
        self.chance.percent(percent).then(|| self.condition())
    }

    fn answer(&mut self) -> Answer {
        let texts = ["plain", "{{ $context.n }}", "{{ $context.missing.path }}", "{{ uuid() }}"];
        let header = self.chance.percent(30).then(|| ("x-n".to_owned(), self.chance.pick(&texts).to_owned()));
        Answer {
            status: self.chance.percent(40).then(|| self.chance.pick(&[200, 202, 204, 400, 500])),
            headers: header.into_iter().collect(),
            body: self.chance.percent(60).then(|| AnswerBody::Json(Json::text(self.chance.pick(&texts)))),
        }
    }
}

fn step(name: &str, kind: StepKind) -> Step {
    Step {
        name: name.to_owned(),
        if_: None,
        timeout_ms: 1_000,
        retry: Retry { attempts: 1, initial_ms: 0, factor: 1, max_ms: 0 },
        until: None,
        on_error: OnError::Fail,
        sensitive: false,
        kind,
    }
}

fn http() -> StepKind {
    let spec = Spec::read("steps: [{name: call, http: {url: 'https://api.example.test/'}}]");
    let [step] = &spec.plan().program.steps[..] else { panic!("one step") };
    step.kind.clone()
}
