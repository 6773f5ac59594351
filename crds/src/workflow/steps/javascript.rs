//! `javascript`: the body of a function in the user's own language.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::quantity::Quantity;
use crate::text::Code;

/// A function's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JavaScriptStep {
    /// code of the function; `return` gives the result. No templates.
    pub code: Code,
    /// timeout of the run. Default: 1s; the gateway's ceiling holds too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// memory of the run. Default: 16Mi; the gateway's ceiling holds too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Quantity>,
}
