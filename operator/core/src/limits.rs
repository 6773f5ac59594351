//! Every bound of this crate, one named constant each, with its reason.
//!
//! Bounds that the CRD states too are named where they are re-stated: beside the rule in [`crate::validate`].

/// Bytes of a plan as JSON: what etcd takes for the object itself is 1.5 MiB, and `varsFrom` adds to it.
pub const PLAN_SIZE: usize = 2 << 20;

/// Bytes of a key's text: an htpasswd file of a thousand users; no signing key comes near.
pub const KEY_SIZE: usize = 128 << 10;
