//! Random programs: small, of every kind of step and with every field of a step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boathook_plan::json::Json;
use boathook_plan::machine::Program;
use boathook_plan::plan::{
    Answer, AnswerBody, Block, BranchStep, CallStep, Case, Check, EndOutcome, EndStep, ForEachStep, Mode, OnError,
    OnItemError, ParallelStep, Plan, Response, Retry, Step, StepKind, ValidateStep, WaitStep,
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
    /// How long a sender waits, where one does.
    pub deadline_ms: Option<u64>,
    /// What a sender may be told whose deadline has passed.
    pub late_statuses: [u16; 2],
    /// How many items run at once, by the name of the `forEach` step.
    pub widths: BTreeMap<String, usize>,
    /// The position of each step's list of steps.
    pub block_of: BTreeMap<String, usize>,
    /// Whether steps run at the same time: a crash may then change their order.
    pub concurrent: bool,
}

impl Sample {
    pub fn new(seed: u64) -> Self {
        let mut plan = Writer { chance: Chance::new(seed), steps: 0, blocks: 0 }.plan();
        plan.timeout_ms = 20_000;
        let all = || plan.program.steps.iter().chain(plan.program.blocks.iter().flat_map(|block| &block.steps));
        let attempts = all().map(|step| (step.name.clone(), step.retry.attempts)).collect();
        let answering = all().filter(|step| matches!(step.kind, StepKind::Respond(_)));
        let answering = answering.map(|step| step.name.clone()).collect();
        let lists = std::iter::once(&plan.program.steps).chain(plan.program.blocks.iter().map(|block| &block.steps));
        let block_of = lists.enumerate().flat_map(|(at, steps)| steps.iter().map(move |step| (step.name.clone(), at)));
        let block_of = block_of.collect();
        let widths: BTreeMap<_, _> = all().filter_map(|step| Some((step.name.clone(), width(&step.kind)?))).collect();
        let parallel = all().any(|step| matches!(step.kind, StepKind::Parallel(_)));
        let program = Program::compile(&plan).unwrap_or_else(|error| panic!("program {seed}: {error}"));
        Self {
            program: Arc::new(program),
            attempts,
            answering,
            on_failure: plan.program.on_failure.is_some(),
            deadline_ms: (plan.response.mode == Mode::Sync).then_some(plan.response.deadline_ms),
            late_statuses: late_statuses(&plan.response),
            concurrent: parallel || widths.values().any(|width| *width > 1),
            widths,
            block_of,
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
        plan.response.mode = if self.chance.percent(20) { Mode::Async } else { Mode::Sync };
        plan.response.cancel = self.chance.percent(60);
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
        if matches!(made.kind, StepKind::Http(_) | StepKind::Call(_)) {
            let attempts = 1 + u32::try_from(self.chance.below(4)).unwrap();
            made.retry = Retry { attempts, initial_ms: self.chance.below(2_000), factor: 2, max_ms: 3_000 };
            made.until = self.chance.percent(15).then(|| "$result.n > 1".to_owned());
        } else if self.chance.percent(5) {
            made.until = Some("$result != null".to_owned());
        }
        made
    }

    fn kind(&mut self, first: u64) -> StepKind {
        match self.chance.below(27) {
            0..8 => http(),
            8..12 => StepKind::Set(Json::object([
                ("id", Json::text("{{ uuid() }}")),
                ("at", Json::text("{{ string(now()) }}")),
                ("n", Json::text("{{ $context.n }}")),
            ])),
            12..14 => StepKind::Validate(ValidateStep {
                value: Json::Null,
                schema: None,
                schema_from: None,
                checks: vec![Check { that: self.condition(), message: "{{ $context.n }} is wrong".to_owned() }],
            }),
            14..18 if first < self.blocks => {
                let run = |chance: &mut Chance, blocks| format!("b{}", first + chance.below(blocks - first));
                let case = Case { if_: self.condition(), run: run(&mut self.chance, self.blocks) };
                let else_ = self.chance.percent(50).then(|| run(&mut self.chance, self.blocks));
                StepKind::Branch(BranchStep { cases: vec![case], else_ })
            }
            20..22 if first < self.blocks => self.for_each(first),
            22..24 if first + 1 < self.blocks => {
                let left = first + self.chance.below(self.blocks - first - 1);
                StepKind::Parallel(ParallelStep { blocks: vec![format!("b{left}"), format!("b{}", left + 1)] })
            }
            24..26 => self.wait(),
            26 => StepKind::Call(CallStep {
                workflow: "other".to_owned(),
                input: Json::text("{{ $context.n }}"),
                detach: self.chance.percent(30),
            }),
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

    fn for_each(&mut self, first: u64) -> StepKind {
        let run = format!("b{}", first + self.chance.below(self.blocks - first));
        StepKind::ForEach(ForEachStep {
            items: self.chance.pick(&["[]", "[1]", "[1, 2, 3]", "[1, 2, 3, 4]", "$context.n"]).to_owned(),
            run,
            as_: "item".to_owned(),
            concurrency: self.chance.pick(&[1, 1, 2, 3]),
            on_item_error: self.chance.pick(&[OnItemError::Fail, OnItemError::Continue, OnItemError::Stop]),
            collect: self.chance.percent(50).then(|| self.chance.pick(&["$item + $index", "$item.none"]).to_owned()),
        })
    }

    fn wait(&mut self) -> StepKind {
        let until = ["2026-01-01T00:00:03Z", "2020-01-01T00:00:00Z", "{{ $context.n }}"];
        StepKind::Wait(if self.chance.percent(50) {
            WaitStep::For(self.chance.below(4_000))
        } else {
            WaitStep::Until(self.chance.pick(&until).to_owned())
        })
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

fn width(kind: &StepKind) -> Option<usize> {
    let StepKind::ForEach(step) = kind else { return None };
    usize::try_from(step.concurrency).ok()
}

fn late_statuses(response: &Response) -> [u16; 2] {
    let unsaid = if response.cancel { 504 } else { 202 };
    [unsaid, response.late.as_ref().and_then(|late| late.status).unwrap_or(unsaid)]
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
