//! Which executions are meant: kubectl's flags, as parameters of the admin port.

use boathook_plan::execution::Phase;

/// The namespace of workflows that name none.
const NAMESPACE: &str = "default";

/// Which executions.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Filter {
    /// Of the workflows of this namespace [default: default]
    #[arg(short, long, value_name = "NAMESPACE", conflicts_with = "all_namespaces")]
    namespace: Option<String>,

    /// Of the workflows of all namespaces
    #[arg(short = 'A', long)]
    all_namespaces: bool,

    /// Of this workflow
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,

    /// Only those in these phases, such as Failed or Queued,Running; Rejected, Filtered and Duplicate are requests that
    /// started nothing
    #[arg(long, value_name = "PHASE", value_delimiter = ',', ignore_case = true)]
    phase: Vec<Phase>,

    /// Only what was accepted since then: a time, or how long ago (1h30m)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
}

impl Filter {
    /// All there are.
    pub fn everywhere() -> Self {
        Self { all_namespaces: true, ..Self::default() }
    }

    /// Of all namespaces.
    pub fn is_of_all_namespaces(&self) -> bool {
        self.all_namespaces
    }

    /// Whether anything was said of which executions are meant.
    pub fn is_given(&self) -> bool {
        self.namespace.is_some()
            || self.all_namespaces
            || self.workflow.is_some()
            || !self.phase.is_empty()
            || self.since.is_some()
    }

    /// The phases.
    pub fn phases(&self) -> &[Phase] {
        &self.phase
    }

    /// The same, of these phases.
    #[must_use]
    pub fn of(mut self, phases: &[Phase]) -> Self {
        self.phase = phases.to_vec();
        self
    }

    /// The parameters.
    pub fn query(&self) -> Vec<(&'static str, String)> {
        let phases = self.phase.iter().map(|phase| phase.as_str()).collect::<Vec<_>>().join(",");
        let parameters = [
            ("namespace", (!self.all_namespaces).then(|| self.namespace().to_owned())),
            ("workflow", self.workflow.clone()),
            ("phase", Some(phases).filter(|phases| !phases.is_empty())),
            ("since", self.since.clone()),
        ];
        parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// In words: `in the namespace shop`
    pub fn place(&self) -> String {
        if self.all_namespaces {
            "in any namespace".to_owned()
        } else {
            format!("in the namespace {}", self.namespace())
        }
    }

    fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or(NAMESPACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_asked_but_for_the_namespace() {
        assert_eq!(Filter::default().query(), [("namespace", "default".to_owned())]);
        let filter = Filter { all_namespaces: true, ..Filter::default() };
        assert_eq!(filter.query(), []);
        let filter = Filter { since: Some("1h".to_owned()), ..Filter::default() };
        let filter = filter.of(&[Phase::Queued, Phase::Failed]);
        let expected = [("namespace", "default"), ("phase", "Queued,Failed"), ("since", "1h")];
        assert_eq!(filter.query(), expected.map(|(name, value)| (name, value.to_owned())));
    }
}
