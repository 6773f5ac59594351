//! Which namespaces a gateway, or a rule of it, is for.

use std::collections::BTreeMap;

use crate::world::Labels;

/// The namespaces that are admitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Admits {
    /// The gateway's own.
    Same,
    /// Every one.
    All,
    /// Those whose labels match.
    Selector(Selector),
}

/// A label selector: all of it must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Selector {
    pub labels: BTreeMap<String, String>,
    pub expressions: Vec<Requirement>,
}

/// One expression of a label selector.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Requirement {
    pub label: String,
    pub operator: Operator,
    pub values: Vec<String>,
}

/// How a label is compared (`metav1.LabelSelectorOperator`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

/// A namespace as admission sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub namespace: &'a str,
    pub labels: &'a Labels,
    /// The gateway's namespace.
    pub own: &'a str,
}

impl Admits {
    pub fn holds(&self, candidate: Candidate<'_>) -> bool {
        match self {
            Self::Same => candidate.namespace == candidate.own,
            Self::All => true,
            Self::Selector(selector) => selector.holds(candidate.labels),
        }
    }
}

impl Selector {
    fn holds(&self, labels: &Labels) -> bool {
        self.labels.iter().all(|(label, value)| labels.get(label) == Some(value))
            && self.expressions.iter().all(|requirement| requirement.holds(labels))
    }
}

impl Requirement {
    /// As `metav1.LabelSelectorRequirement` says: `NotIn` holds too where the label is absent.
    fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label);
        match self.operator {
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}
