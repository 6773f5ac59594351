//! Calls to the API server, and what comes of them, as plain data.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::Id;
use crate::desired::{GATEWAY_LABEL, MANAGED_BY, OPERATOR, Owner, Wanted};

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// About which object.
    pub id: Id,
    /// What is to be done.
    pub deed: Deed,
}

/// What is to be done.
#[derive(Clone)]
pub enum Deed {
    /// Look whether it is there. It should be this owner's.
    Read(Owner),
    /// Apply it where there is none; whose fields another manager has is a conflict.
    Create(Wanted),
    /// Apply it to the object of this UID, whoever else wrote the fields.
    Apply {
        /// The object.
        wanted: Wanted,
        /// The one that was seen.
        uid: String,
    },
    /// Delete it, unless it is another one by now, or another version.
    Delete {
        /// The one that was seen.
        uid: String,
        /// `metadata.resourceVersion` as it was seen.
        version: String,
    },
}

/// What comes of a call.
#[derive(Clone)]
pub enum Answer {
    /// The object as it is now.
    Object(Observed),
    /// There is none.
    Missing,
    /// It is deleted, or was before.
    Gone,
    /// 409: it is another one, another version, or somebody else's.
    Conflict,
    /// 400, 403, 422: it will be refused again.
    Refused,
    /// No answer, or that of a server in trouble. Whether it was done is not known.
    Failed,
    /// 429.
    TooMany {
        /// When to ask again.
        until: Timestamp,
    },
}

/// Why an object is not as it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The object of this name is somebody else's.
    Foreign,
    /// Somebody else was faster.
    Conflict,
    /// The API server refuses it.
    Refused,
    /// The API server cannot be reached, or fails.
    Failed,
}

/// An object of the cluster.
#[derive(Clone)]
pub struct Observed {
    /// Whose it is.
    pub owner: Owner,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.resourceVersion`.
    pub version: String,
    /// All of it.
    pub body: Value,
}

impl Observed {
    /// The object, with what its metadata says of it.
    pub fn of(body: Value) -> Self {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { owner: owner(&body), uid: text("/metadata/uid"), version: text("/metadata/resourceVersion"), body }
    }

    pub(super) fn delete(&self) -> Deed {
        Deed::Delete { uid: self.uid.clone(), version: self.version.clone() }
    }
}

/// The gateway that controls it; without any controller, whom its labels name.
fn owner(body: &Value) -> Owner {
    let references = body.pointer("/metadata/ownerReferences").and_then(Value::as_array).into_iter().flatten();
    let mut controllers = references.filter(|reference| reference["controller"] == true);
    let label = |name: &str| body.pointer("/metadata/labels").and_then(|labels| labels.get(name)?.as_str());
    let is_labelled = label(MANAGED_BY) == Some(OPERATOR);
    match controllers.next() {
        Some(controller) if controller["kind"] == "WebhookGateway" => {
            Owner::Gateway(controller["uid"].as_str().unwrap_or_default().to_owned())
        }
        None if is_labelled => Owner::Name(label(GATEWAY_LABEL).unwrap_or_default().to_owned()),
        Some(_) | None => Owner::Other,
    }
}

impl Trouble {
    /// Said of an object, such as `Deployment shop/boathook-own`.
    pub fn said_of(self, (kind, key): &Id) -> String {
        let rest = match self {
            Self::Foreign => "is somebody else's: rename or delete it",
            Self::Conflict => "is being written by somebody else",
            Self::Refused => "is refused by the API server: the operator's log says why",
            Self::Failed => "cannot be written: the API server does not answer as it should",
        };
        format!("{kind} {} {rest}", key.name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?} {} {}", self.deed, self.id.0, self.id.1)
    }
}

/// Never the object's content: it may be a Secret's.
impl fmt::Debug for Deed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Read(_) => "read",
            Self::Create(_) => "create",
            Self::Apply { .. } => "apply",
            Self::Delete { .. } => "delete",
        })
    }
}

/// Never the object's content: it may be a Secret's.
impl fmt::Debug for Observed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Observed({}@{}, {:?})", self.uid, self.version, self.owner)
    }
}
