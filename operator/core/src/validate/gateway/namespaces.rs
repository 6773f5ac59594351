//! Choices of namespaces. Their shape is the schema's to judge.

use boathook_crds::namespaces::{LabelOperator, Namespaces, NamespacesFrom};

use crate::validate::admits::{Admits, Operator, Requirement, Selector};

/// Reads one.
pub(super) fn read(namespaces: &Namespaces) -> Admits {
    match namespaces.from {
        NamespacesFrom::Same => Admits::Same,
        NamespacesFrom::All => Admits::All,
        NamespacesFrom::Selector => {
            let selector = namespaces.selector.clone().unwrap_or_default();
            let expressions = selector.match_expressions.into_iter().map(|requirement| Requirement {
                label: requirement.key,
                operator: match requirement.operator {
                    LabelOperator::In => Operator::In,
                    LabelOperator::NotIn => Operator::NotIn,
                    LabelOperator::Exists => Operator::Exists,
                    LabelOperator::DoesNotExist => Operator::DoesNotExist,
                },
                values: requirement.values,
            });
            Admits::Selector(Selector { labels: selector.match_labels, expressions: expressions.collect() })
        }
    }
}
