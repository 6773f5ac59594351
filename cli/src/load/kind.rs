//! Which kinds of objects the loader reads, and what it makes of the others.
//!
//! One table row a kind: its group and version, its name, and its schema (see [`super::schema`]).

use super::node::Node;

/// The kinds that a world is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `boathook.dev/v1alpha1`
    WebhookWorkflow,
    /// `boathook.dev/v1alpha1`
    WebhookGateway,
    /// `v1`
    Secret,
    /// `v1`
    ConfigMap,
    /// `v1`
    Namespace,
    /// `v1`
    ServiceAccount,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::WebhookWorkflow,
        Self::WebhookGateway,
        Self::Secret,
        Self::ConfigMap,
        Self::Namespace,
        Self::ServiceAccount,
    ];

    /// The name, as in `kind:`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebhookWorkflow => "WebhookWorkflow",
            Self::WebhookGateway => "WebhookGateway",
            Self::Secret => "Secret",
            Self::ConfigMap => "ConfigMap",
            Self::Namespace => "Namespace",
            Self::ServiceAccount => "ServiceAccount",
        }
    }

    /// The group and version, as in `apiVersion:`.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::WebhookWorkflow | Self::WebhookGateway => "boathook.dev/v1alpha1",
            Self::Secret | Self::ConfigMap | Self::Namespace | Self::ServiceAccount => "v1",
        }
    }

    /// Whether its objects live in no namespace.
    pub const fn is_cluster_wide(self) -> bool {
        matches!(self, Self::Namespace)
    }
}

/// What a document is.
#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// One of ours.
    Known(Kind),
    /// A list of objects, as `kubectl get -o yaml` prints.
    List,
    /// An object of somebody else's, named as in `Deployment (apps/v1)`.
    Foreign(String),
    /// No object of Kubernetes: neither `apiVersion` nor `kind`.
    NoObject,
    /// Meant to be one of ours, and is not: what to mend, and the member that is wrong.
    Wrong {
        /// The member that the message is about.
        member: &'static str,
        /// What to write.
        message: String,
    },
}

impl Identity {
    /// Whether the document is, or is meant to be, something that is read here.
    pub const fn is_ours(&self) -> bool {
        match self {
            Self::Known(_) | Self::List | Self::Wrong { .. } => true,
            Self::Foreign(_) | Self::NoObject => false,
        }
    }
}

/// What the document of this tree is.
pub fn identify(node: &Node) -> Identity {
    let member = |name| node.get(name).and_then(Node::text);
    match (member("apiVersion"), member("kind")) {
        (None, None) => Identity::NoObject,
        (None, Some(kind)) => wrong("kind", format!("`kind: {kind}` needs an `apiVersion` beside it")),
        (Some(version), None) => wrong("apiVersion", format!("`apiVersion: {version}` needs a `kind` beside it")),
        (Some("v1"), Some("List")) => Identity::List,
        (Some(version), Some(kind)) => named(version, kind),
    }
}

fn named(version: &str, name: &str) -> Identity {
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == name) {
        if kind.api_version() == version {
            return Identity::Known(kind);
        }
        if version.starts_with("boathook.dev/") {
            return wrong("apiVersion", format!("a {name} is of `apiVersion: {}`", kind.api_version()));
        }
    }
    if version.starts_with("boathook.dev/") {
        return wrong("kind", "the kinds of boathook.dev are WebhookWorkflow and WebhookGateway".to_owned());
    }
    Identity::Foreign(format!("{name} ({version})"))
}

fn wrong(member: &'static str, message: String) -> Identity {
    Identity::Wrong { member, message }
}
