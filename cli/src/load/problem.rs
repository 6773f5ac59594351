//! What is wrong with a file, for a person and for a machine. Plain data.

use boathook_operator_core::field::Field;
use boathook_operator_core::object::ObjectKey;

use super::kind::Kind;
use super::place::Place;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which file, by its position among the files that were read.
    pub file: usize,
    /// Where in it; `None` when it is about all of the file.
    pub place: Option<Place>,
    /// Which object, once it could be told.
    pub object: Option<Subject>,
    /// Why, for machines: a condition's reason, or one of this loader's.
    pub reason: &'static str,
    /// Which field, as `spec.steps[2].http.url`.
    pub field: Field,
    /// What to mend.
    pub message: String,
    /// The line may show a secret: no excerpt of it may be printed.
    pub confidential: bool,
}

/// The object that a problem is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace and name; a cluster-wide object has an empty namespace.
    pub key: ObjectKey,
}

impl std::fmt::Display for Subject {
    /// `WebhookWorkflow shop/github-push`
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, key } = self;
        if key.namespace.is_empty() {
            write!(out, "{} {}", kind.as_str(), key.name)
        } else {
            write!(out, "{} {key}", kind.as_str())
        }
    }
}

/// The loader's own reasons, beside those of the conditions.
pub mod reason {
    /// The file cannot be read.
    pub const UNREADABLE: &str = "Unreadable";
    /// The text is not YAML, or is beyond a bound.
    pub const MALFORMED: &str = "Malformed";
    /// `apiVersion` and `kind` do not name an object.
    pub const UNKNOWN_KIND: &str = "UnknownKind";
    /// A field that the kind does not have, lacks, or has in another type.
    pub const INVALID_FIELD: &str = "InvalidField";
    /// The object is in the files twice.
    pub const REPEATED: &str = "Repeated";
}
