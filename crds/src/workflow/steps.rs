//! The kinds of steps, one file each; `step` is their table.
//!
//! A step stands twice in the schema, in `steps` and in `blocks`, and inside a list: descriptions are short, and a
//! default is in the description.

pub mod answer;
pub mod email;
pub mod flow;
pub mod http;
pub mod javascript;
pub mod kubernetes;
pub mod message;
pub mod record;
pub mod validate;
