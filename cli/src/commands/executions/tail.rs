//! `boathook executions tail`: what happens from now on, or one execution to its end.

use std::time::Duration;

use boathook_plan::execution::{Execution, Phase, Step};
use clap::ValueEnum;
use jiff::{Timestamp, Unit};
use tokio::time::timeout;

use super::one;
use crate::admin::{Lines, Port};
use crate::clean;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::records::filter::Filter;

/// How often the steps of an execution under way are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Arguments of `executions tail`.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Without an id, a line is printed whenever an execution comes or moves to another phase; --since begins
with those that there are. With an id, each step is told as it ends, and the exit code is 0 where the
execution succeeds, 1 where it does not. Stop with Ctrl-C.")]
pub struct Args {
    /// One execution: its id, or the beginning of it
    #[arg(value_name = "ID", conflicts_with_all = ["namespace", "all_namespaces", "workflow", "phase", "since", "output"])]
    id: Option<String>,

    #[command(flatten)]
    filter: Filter,

    /// How to print each line [default: for people]
    #[arg(short, long, value_enum)]
    output: Option<LineFormat>,

    #[command(flatten)]
    port: Port,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LineFormat {
    /// One JSON object a line
    Json,
    /// Ids, one a line
    Name,
}

/// How an event is printed.
pub struct Style {
    format: Option<LineFormat>,
    namespaces: bool,
}

impl Style {
    /// For people.
    pub fn rows(filter: &Filter) -> Self {
        Self { format: None, namespaces: filter.is_of_all_namespaces() }
    }
}

/// Follows.
pub async fn execute(args: Args, console: &mut Console) -> Result<Exit, Failure> {
    let Args { id, filter, output, port } = args;
    if let Some(id) = id {
        return to_its_end(&port, &id, console).await;
    }
    let style = Style { format: output, namespaces: filter.is_of_all_namespaces() };
    follow(events(&port, &filter).await?, style, console).await
}

/// What happens from now on.
pub async fn events(port: &Port, filter: &Filter) -> Result<Lines, Failure> {
    port.lines("v1/executions/events", &filter.query()).await
}

/// Prints what happens until the gateway stops.
pub async fn follow(mut news: Lines, style: Style, console: &mut Console) -> Result<Exit, Failure> {
    while let Some(line) = news.next().await? {
        let execution = read(&line)?;
        console.print(&match style.format {
            None => row(&execution, style.namespaces),
            Some(LineFormat::Json) => clean::json(&line),
            Some(LineFormat::Name) => clean::line(&execution.metadata.name),
        })?;
    }
    console.say("the gateway stops");
    Ok(Exit::Done)
}

fn read(line: &str) -> Result<Execution, Failure> {
    serde_json::from_str(line).map_err(|error| Failure::stuck(format!("read an event: {error}")))
}

fn row(execution: &Execution, namespaces: bool) -> String {
    let status = &execution.status;
    let workflow = &execution.spec.workflow_ref.name;
    let workflow = if namespaces { format!("{}/{workflow}", execution.metadata.namespace) } else { workflow.clone() };
    let phase = format!("{:9}", status.phase.as_str());
    let step = status.step.as_ref().map(|step| format!("step {step}"));
    let more = [status.reason.clone(), step].into_iter().flatten();
    let words = [clock(moved(execution)), execution.metadata.name.clone(), phase, workflow].into_iter().chain(more);
    words.map(|word| clean::line(&word)).collect::<Vec<_>>().join("  ")
}

/// When it came to the phase that it is in, as far as that is kept.
fn moved(execution: &Execution) -> Timestamp {
    let status = &execution.status;
    match status.phase {
        Phase::Succeeded | Phase::Failed | Phase::Cancelled => status.finished_at,
        Phase::Running | Phase::Waiting => status.started_at,
        Phase::Queued | Phase::Rejected | Phase::Filtered | Phase::Duplicate => None,
    }
    .unwrap_or(status.accepted_at)
}

/// To the millisecond, so that the lines are aligned.
fn clock(at: Timestamp) -> String {
    format!("{:.3}", at.round(Unit::Millisecond).unwrap_or(at))
}

/// What was told of an execution.
#[derive(Default)]
struct Told {
    phase: Option<Phase>,
    steps: Vec<String>,
}

async fn to_its_end(port: &Port, id: &str, console: &mut Console) -> Result<Exit, Failure> {
    let execution = one(port, id).await?;
    // By its whole id from now on: others with the same beginning may come.
    let id = execution.metadata.name.clone();
    let mut news = events(port, &Filter::everywhere()).await?;
    let mut told = Told::default();
    let mut execution = one(port, &id).await?;
    loop {
        told.tell(&execution, console)?;
        if execution.status.phase.is_final() {
            let good = !matches!(execution.status.phase, Phase::Failed | Phase::Cancelled | Phase::Rejected);
            return Ok(if good { Exit::Done } else { Exit::No });
        }
        match timeout(LOOK, moves(&mut news, &id)).await {
            Ok(Ok(true)) | Err(_) => execution = one(port, &id).await?,
            Ok(Ok(false)) => return Err(Failure::stuck("the gateway stops before the execution has ended")),
            Ok(Err(failure)) => return Err(failure),
        }
    }
}

/// Returns when an execution moves; false where nothing more is told.
async fn moves(news: &mut Lines, id: &str) -> Result<bool, Failure> {
    while let Some(line) = news.next().await? {
        if read(&line)?.metadata.name == id {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Told {
    /// What is new: steps that are over, then the phase.
    fn tell(&mut self, execution: &Execution, console: &mut Console) -> Result<(), Failure> {
        for step in &execution.status.steps {
            let Some(end) = step.finished_at.filter(|_| !self.steps.contains(&step.place)) else { continue };
            console.print(&format!("{}  step {}", clock(end), over(step)))?;
            self.steps.push(step.place.clone());
        }
        let status = &execution.status;
        if self.phase.replace(status.phase) == Some(status.phase) {
            return Ok(());
        }
        let words = [Some(status.phase.to_string()), status.reason.clone(), status.message.clone()];
        let words: Vec<_> = words.iter().flatten().map(|word| clean::line(word)).collect();
        console.print(&format!("{}  {}", clock(moved(execution)), words.join(": ")))
    }
}

fn over(step: &Step) -> String {
    let last = step.attempts.iter().filter_map(|attempt| attempt.reason.as_deref()).next_back();
    let attempts = Some(step.attempts.len()).filter(|attempts| *attempts > 1);
    let attempts = attempts.map(|attempts| format!(" after {attempts} attempts")).unwrap_or_default();
    let why = last.filter(|_| step.phase == "Failed").map(|why| format!(": {why}")).unwrap_or_default();
    clean::line(&format!("{} ({}) {}{attempts}{why}", step.place, step.kind, step.phase))
}
