//! What the operator says of a resource: its whole `status`, from what compiling says and what its gateway's pods say.
//!
//! Pure: the time is an argument, and moves a condition's transition only when the condition's status flips. Said on
//! every pass, of invalid resources too; when it is written is [`pace`]'s to decide.

mod conditions;
mod deliveries;
mod flips;
mod gateway;
pub mod pace;
mod programmed;
mod tally;
mod workflow;

#[cfg(test)]
mod tests;

pub use deliveries::add as deliveries;
pub use flips::{Flip, flips};
pub use gateway::{GatewayFacts, gateway};
pub use programmed::Replica;
pub use tally::Tally;
pub use workflow::{WorkflowFacts, workflow};
