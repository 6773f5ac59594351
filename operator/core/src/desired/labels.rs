//! Labels of a gateway's objects: what they are, whose they are, and which pods a gateway has.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::names::Names;

/// Which gateway an object is of: the gateway's base name, since a label is shorter than a name may be.
pub const GATEWAY_LABEL: &str = "app.kubernetes.io/instance";

/// Who keeps an object.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// What an object is a part of.
pub const PART_OF: &str = "app.kubernetes.io/part-of";

/// The operator, as [`MANAGED_BY`] names it.
pub const OPERATOR: &str = "boathook-operator";

/// Chooses everything that the operator keeps.
pub const SELECTOR: &str = "app.kubernetes.io/managed-by=boathook-operator";

/// The name of what runs in the pods.
const GATEWAY: &str = "boathook-gateway";

const NAME: &str = "app.kubernetes.io/name";
const COMPONENT: &str = "app.kubernetes.io/component";

/// Labels of every object of a gateway.
pub(super) fn all(names: &Names) -> BTreeMap<String, String> {
    let rest = [(COMPONENT, "gateway"), (PART_OF, "boathook"), (MANAGED_BY, OPERATOR)];
    let rest = rest.into_iter().map(|(label, value)| (label.to_owned(), value.to_owned()));
    pods(names).into_iter().chain(rest).collect()
}

/// Labels that choose a gateway's pods. They never change: a Deployment's selector cannot.
pub(super) fn pods(names: &Names) -> BTreeMap<String, String> {
    [(NAME.to_owned(), GATEWAY.to_owned()), (GATEWAY_LABEL.to_owned(), names.base.clone())].into()
}

/// Chooses a gateway's pods.
pub(super) fn pod_selector(names: &Names) -> LabelSelector {
    LabelSelector { match_labels: Some(pods(names)), ..LabelSelector::default() }
}

/// Chooses the operator's own pods, as the chart labels them.
pub(super) fn operator_pods() -> LabelSelector {
    LabelSelector { match_labels: Some([(NAME.to_owned(), OPERATOR.to_owned())].into()), ..LabelSelector::default() }
}

/// A gateway's pods, as the scale subresource and `kubectl -l` write it.
pub fn selector(names: &Names) -> String {
    pods(names).into_iter().map(|(label, value)| format!("{label}={value}")).collect::<Vec<_>>().join(",")
}

/// Whether labels say that an object is of the gateway of these names.
pub fn belongs_to(names: &Names, labels: &BTreeMap<String, String>) -> bool {
    let is = |label: &str, value: &str| labels.get(label).is_some_and(|own| own == value);
    is(MANAGED_BY, OPERATOR) && is(GATEWAY_LABEL, &names.base)
}
