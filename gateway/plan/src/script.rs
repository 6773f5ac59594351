//! The `javascript` step without its engine: which code it is, and what it sees of a run. Where it is run, and how it is
//! confined, is the executor's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::json::Json;
use crate::plan::JavaScriptStep;
use crate::scope::Scope;

/// A script and its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The body of a function.
    pub code: Arc<str>,
    /// How long it may run, from the moment at which it is its turn.
    pub time: Duration,
    /// Bytes that its values may take.
    pub memory: u64,
}

/// What a script sees of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptInput {
    /// JSON of an object: a member for each root variable, by its name without `$`.
    pub roots: String,
    /// `$context.raw`, which is bytes and no JSON.
    pub raw: Bytes,
}

/// Which code: what is known of it is known by this.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeHash(String);

impl CodeHash {
    /// Of a script's text.
    pub fn of(code: &str) -> Self {
        let hash = Sha256::digest(code.as_bytes());
        Self(hash.iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}")))
    }
}

impl fmt::Display for CodeHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Script {
    /// The script of a step.
    pub fn of(step: &JavaScriptStep) -> Self {
        Self { code: step.code.as_str().into(), time: Duration::from_millis(step.time_ms), memory: step.memory }
    }
}

impl ScriptInput {
    /// All that a scope holds. Secrets are in no scope of a script.
    pub fn of(scope: &Scope) -> Self {
        let mut raw = Bytes::new();
        let roots = scope.roots().filter_map(|(name, value)| {
            let name = name.strip_prefix('$')?;
            Some((name, if name == "context" { without_raw(value, &mut raw) } else { value.clone() }))
        });
        let roots = Json::object(roots.collect::<Vec<_>>()).to_string();
        Self { roots, raw }
    }
}

/// `$context` without its bytes.
fn without_raw(context: &Json, raw: &mut Bytes) -> Json {
    let Json::Object(members) = context else { return context.clone() };
    let Some(Json::Bytes(bytes)) = members.get("raw") else { return context.clone() };
    *raw = bytes.clone();
    let others = members.iter().filter(|(name, _)| &***name != "raw");
    Json::Object(Arc::new(others.map(|(name, value)| (Arc::clone(name), value.clone())).collect()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_script_sees_every_root_and_the_bytes_apart() {
        let context = Json::object([("data", Json::from(1_i64)), ("raw", Json::Bytes(Bytes::from_static(b"\xff1")))]);
        let scope = Scope::new(Timestamp::UNIX_EPOCH, Uuid::nil())
            .with("$context", context)
            .with("$order", Json::text("an item's own name"))
            .with("$steps", Json::object([("fetch", Json::Null)]));
        let input = ScriptInput::of(&scope);
        assert_eq!(input.roots, r#"{"context":{"data":1},"order":"an item's own name","steps":{"fetch":null}}"#);
        assert_eq!(input.raw, &b"\xff1"[..]);
    }

    #[test]
    fn a_hash_is_that_of_the_text() {
        let hash = "486d9affb60dbb0063b03d8e23a6ccf6364ce203dc3a9f56f20e750eb41ecade";
        assert_eq!(CodeHash::of("return 1").to_string(), hash);
    }
}
