//! Many executions at once: which ones is shown, somebody is asked, each is done by itself, and a line sums it up.

use std::future::Future;
use std::io::BufRead as _;

use boathook_plan::execution::{Execution, Phase};
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::listed;
use crate::admin::Port;
use crate::console::Console;
use crate::failure::{Exit, Failure};
use crate::progress;
use crate::records::filter::Filter;
use crate::records::table::{Look, table};
use crate::report::counted;

/// Executions that are shown before somebody is asked.
const SHOWN: usize = 20;

/// Which executions something is done with.
#[derive(clap::Args, Debug)]
pub struct Which {
    /// Their ids, or the beginnings of these; without one, all that the flags mean
    #[arg(value_name = "ID", conflicts_with_all = ["namespace", "all_namespaces", "workflow", "phase", "since"])]
    ids: Vec<String>,

    #[command(flatten)]
    filter: Filter,

    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// What is done, in words.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// `replay`
    pub name: &'static str,
    /// `replayed`
    pub done: &'static str,
    /// `replaying`
    pub doing: &'static str,
    /// Phases that can be meant.
    pub possible: &'static [Phase],
    /// Phases that are meant where none are named.
    pub usual: &'static [Phase],
}

impl Which {
    /// The ids of what is meant, oldest first, once somebody agreed; `None` where nobody did.
    pub async fn agreed(&self, verb: Verb, port: &Port, console: &mut Console) -> Result<Option<Vec<String>>, Failure> {
        if !self.ids.is_empty() {
            return Ok(Some(self.ids.clone()));
        }
        let filter = self.filter(verb)?;
        let (found, _) = listed(port, &filter, usize::MAX).await?;
        if found.is_empty() {
            console.say(&format!("nothing to {}: no such executions {}", verb.name, filter.place()));
            return Ok(Some(Vec::new()));
        }
        if !self.yes && !agrees(verb, &found, console).await? {
            return Ok(None);
        }
        Ok(Some(found.into_iter().rev().map(|execution| execution.metadata.name).collect()))
    }

    fn filter(&self, verb: Verb) -> Result<Filter, Failure> {
        if !self.filter.is_given() {
            return Err(Failure::usage(format!("{} which executions?", verb.name))
                .next("ids; or --workflow, --phase, --since, -n or -A for many"));
        }
        let phases = self.filter.phases();
        if let Some(wrong) = phases.iter().find(|phase| !verb.possible.contains(phase)) {
            let names: Vec<_> = verb.possible.iter().map(|phase| phase.as_str()).collect();
            return Err(Failure::usage(format!("{} executions that are {wrong}: that cannot be done", verb.name))
                .next(format!("--phase {}", names.join(","))));
        }
        Ok(self.filter.clone().of(if phases.is_empty() { verb.usual } else { phases }))
    }
}

async fn agrees(verb: Verb, found: &[Execution], console: &mut Console) -> Result<bool, Failure> {
    let look = Look { namespaces: true, wide: false, colours: console.colours().err, now: Timestamp::now() };
    console.say(&table(found.iter().take(SHOWN), look));
    if found.len() > SHOWN {
        console.say(&format!("... and {} more", found.len() - SHOWN));
    }
    let question = format!("{} {}", verb.name, counted(found.len(), "execution"));
    if !console.terminals().input {
        return Err(Failure::usage(format!("{question}: nobody can be asked here")).next("--yes"));
    }
    console.ask(&format!("{question}? [y/N] "));
    let answer = spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let answer = answer.await.ok().and_then(Result::ok).unwrap_or_default();
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Does something with each, in order, and sums it up. What is refused holds up no other; what cannot be asked any more
/// ends it.
pub async fn each<F>(
    verb: Verb,
    ids: Vec<String>,
    console: &mut Console,
    act: impl Fn(String) -> F,
) -> Result<Exit, Failure>
where
    F: Future<Output = Result<String, Failure>>,
{
    let all = ids.len();
    let bar = progress::bar(console, verb.doing, "executions");
    bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
    let mut failed = 0;
    for (id, before) in ids.into_iter().zip(0_usize..) {
        let done = act(id.clone()).await;
        bar.inc(1);
        match done {
            Ok(line) => bar.suspend(|| console.print(&line))?,
            Err(failure) if failure.exit == Exit::Stuck || all == 1 => {
                bar.finish_and_clear();
                return Err(stopped(verb, failure, before, all));
            }
            Err(failure) => {
                failed += 1;
                bar.suspend(|| console.say(&format!("not {}: {id}: {failure}", verb.done)));
            }
        }
    }
    bar.finish_and_clear();
    if all > 1 {
        console.say(&summary(verb, all, failed));
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::No })
}

fn summary(verb: Verb, all: usize, failed: usize) -> String {
    let refused = if failed > 0 { format!(", {failed} refused") } else { String::new() };
    format!("{} {} of {}{refused}", verb.done, all - failed, counted(all, "execution"))
}

/// The rest was not asked for: what was done was told.
fn stopped(verb: Verb, failure: Failure, before: usize, all: usize) -> Failure {
    if before == 0 {
        return failure;
    }
    let message = format!(
        "{} (stopped after {before} of {}: those that were {} are told above)",
        failure.message,
        counted(all, "execution"),
        verb.done
    );
    Failure { message, ..failure }
}
