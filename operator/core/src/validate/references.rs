//! Whether every `$name` of an expression can be there when it is evaluated.
//!
//! Roots and their members are a table; which steps a place sees is the graph's to say. What only a run can know, such
//! as a member of a payload, is not judged.

use std::collections::BTreeSet;

use boathook_plan::expr::Reference;
use boathook_plan::scope::ROOTS;

use super::graph::Graph;
use super::outline::Outline;
use super::reader::{Place, Use};
use crate::report::Report;

/// Members of `$context`, as workflow.md lists them; `headers`, `query` and `data` have the sender's own below.
const CONTEXT: [&str; 14] = [
    "data",
    "headers",
    "query",
    "params",
    "event",
    "deliveryID",
    "identity",
    "method",
    "path",
    "url",
    "clientIP",
    "receivedAt",
    "raw",
    "signature",
];

/// Members of the roots whose members do not depend on the workflow.
const MEMBERS: [(&str, &[&str]); 5] = [
    ("$context", &CONTEXT),
    ("$context.identity", &["scheme", "key", "subject", "claims"]),
    ("$execution", &["id", "attempt", "startedAt"]),
    ("$workflow", &["name", "namespace"]),
    ("$error", &["step", "reason", "message"]),
];

/// The names that a workflow gives to things.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// Path parameters; `None` where the path is refused.
    pub params: Option<Vec<String>>,
    /// Of `spec.vars`; `None` where `varsFrom` may add others.
    pub vars: Option<Vec<&'a str>>,
    /// Of `spec.secrets`.
    pub secrets: Vec<&'a str>,
    /// Whether an execution holds several deliveries.
    pub batch: bool,
}

/// Refuses every reference that can never be followed.
pub(super) fn check(uses: &[Use], names: &Names<'_>, outline: &Outline<'_>, report: &mut Report) {
    let graph = Graph::new(outline);
    for text in uses {
        let broken = text.references.iter().filter_map(|reference| follow(reference, text.place, names, &graph).err());
        for message in broken.collect::<BTreeSet<_>>() {
            report.refuse(&text.field, message);
        }
    }
}

fn follow(reference: &Reference, place: Place, names: &Names<'_>, graph: &Graph<'_>) -> Result<(), String> {
    known_members(reference)?;
    let first = reference.path.first().map(|name| &**name);
    match (&*reference.root, first) {
        ("$steps", Some(name)) => graph.step(name, place),
        ("$vars", Some(name)) => match &names.vars {
            Some(vars) => one_of(name, vars, "a variable of spec.vars"),
            None => Ok(()),
        },
        ("$secrets", name) => secret(name, place, names),
        ("$context", _) if names.batch && !is_before(place) => {
            Err("must not use $context: an execution of a batch has $batch, one entry a delivery".to_owned())
        }
        ("$context", Some("params")) => match (reference.path.get(1), &names.params) {
            (Some(name), Some(params)) => one_of(name, params, "a parameter of spec.webhook.path"),
            _ => Ok(()),
        },
        ("$error", _) => graph.error(place),
        ("$result", _) if !matches!(place, Place::Until(_) | Place::Collect(_)) => {
            Err("must not use $result: only `until` and `collect` have it".to_owned())
        }
        ("$item" | "$index", _) => graph.item(place, None),
        ("$batch", _) => batch(place, names),
        ("$execution", _) if place == Place::Arrival => {
            Err("must not use $execution here: there is none yet".to_owned())
        }
        (root, _) if !ROOTS.contains(&root) => graph.item(place, root.strip_prefix('$')),
        _ => Ok(()),
    }
}

/// Holds the path against [`MEMBERS`], prefix by prefix.
fn known_members(reference: &Reference) -> Result<(), String> {
    let mut prefix = reference.root.to_string();
    for name in &reference.path {
        if let Some((_, members)) = MEMBERS.iter().find(|(known, _)| *known == prefix)
            && !members.contains(&&**name)
        {
            return Err(format!("must not use {prefix}.{name}: {prefix} has {}", members.join(", ")));
        }
        prefix = format!("{prefix}.{name}");
    }
    Ok(())
}

/// Whether it is evaluated for one delivery, before the first step.
const fn is_before(place: Place) -> bool {
    matches!(place, Place::Arrival | Place::Acknowledgement)
}

fn batch(place: Place, names: &Names<'_>) -> Result<(), String> {
    match (names.batch, place) {
        (false, _) => Err("must not use $batch: only a workflow with spec.batch has it".to_owned()),
        (true, place) if is_before(place) => {
            Err("must not use $batch here: it is there once the batch is full".to_owned())
        }
        (true, _) => Ok(()),
    }
}

fn secret(name: Option<&str>, place: Place, names: &Names<'_>) -> Result<(), String> {
    if !matches!(place, Place::Request(_)) {
        return Err("must not use $secrets: they stand only in templates of an http step's request".to_owned());
    }
    match name {
        Some(name) => one_of(name, &names.secrets, "a secret of spec.secrets"),
        None => Err("must name one secret, as $secrets.NAME".to_owned()),
    }
}

fn one_of<S: AsRef<str>>(name: &str, known: &[S], what: &str) -> Result<(), String> {
    if known.iter().any(|known| known.as_ref() == name) {
        return Ok(());
    }
    let names: Vec<_> = known.iter().map(AsRef::as_ref).collect();
    let listed = if names.is_empty() { "there is none".to_owned() } else { format!("there is {}", names.join(", ")) };
    Err(format!("must name {what}, and {name} is none ({listed})"))
}
