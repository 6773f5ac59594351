//! Boathook's resources: their schema and nothing else.
//!
//! Reading is strict about fields and enums, as the API server's strict validation is; bounds, patterns and rules are
//! the generated schema's. The descriptions of fields are what `kubectl explain` prints: they start with the field's name.
#![forbid(unsafe_code)]

mod condition;
mod open;
mod rule;

pub mod duration;
pub mod gateway;
pub mod generate;
pub mod namespaces;
pub mod quantity;
pub mod reference;
pub mod text;
pub mod workflow;

pub use duration::Duration;
pub use gateway::{WebhookGateway, WebhookGatewaySpec};
pub use quantity::Quantity;
pub use workflow::{WebhookWorkflow, WebhookWorkflowSpec};
