//! A resource's identity and spec, with nothing optional that every stored object has.
//!
//! Fills in what files leave out; judges nothing.

use std::fmt;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The namespace of an object that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ObjectKey {
    /// A key.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Display for ObjectKey {
    /// `namespace/name`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.namespace, self.name)
    }
}

impl Serialize for ObjectKey {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// An object of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<T> {
    /// Namespace and name.
    pub key: ObjectKey,
    /// Unique in time too.
    pub uid: String,
    /// Counts edits of the spec.
    pub generation: i64,
    /// When it was made: the older one wins a conflict.
    pub created: Timestamp,
    /// What its owner wants.
    pub spec: T,
}

impl<T> Object<T> {
    /// The object of this metadata. What a file leaves out: namespace `default`, a UID that derives from namespace and
    /// name, generation 1, and 1970 as the time of creation.
    pub fn new(metadata: &ObjectMeta, spec: T) -> Self {
        let namespace = metadata.namespace.clone().unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
        let key = ObjectKey::new(namespace, metadata.name.clone().unwrap_or_default());
        let uid = metadata.uid.clone().unwrap_or_else(|| derived_uid(&key));
        let created = metadata.creation_timestamp.as_ref().map_or(Timestamp::UNIX_EPOCH, |time| time.0);
        Self { key, uid, generation: metadata.generation.unwrap_or(1), created, spec }
    }
}

/// The UID of an object that no API server gave one.
pub(crate) fn derived_uid(key: &ObjectKey) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("boathook.dev/{key}").as_bytes()).to_string()
}
