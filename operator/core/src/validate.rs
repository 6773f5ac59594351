//! Holds one resource to every rule, and reads it on the way: what is valid is typed, has its defaults, and compiles.
//!
//! Re-states nothing of the CRD's schema: [`crate::schema`] enforces that itself. Here are the rules that a schema cannot
//! state: expressions and templates, references, bounds of durations, cycles, and what is not built yet. Looks at no
//! other object.

mod access;
mod admits;
mod answer;
mod bounds;
mod execution;
mod gateway;
mod graph;
mod metadata;
mod not_built;
mod outline;
mod program;
mod reader;
mod references;
mod schemas;
mod shape;
mod step;
mod structure;
#[cfg(test)]
mod tests;
mod valid;
mod values;
mod verification;
mod webhook;
mod workflow;

pub use gateway::gateway;
pub use valid::{ValidGateway, ValidWorkflow};
pub use workflow::workflow;

pub(crate) use admits::Candidate;
pub(crate) use step::javascript;
pub(crate) use valid::{
    Granted, KeySource, NetworkList, SecretEntry, TlsSecret, ValidAccess, ValidVerification, ValidWebhook,
};
pub(crate) use workflow::default_timeout;
