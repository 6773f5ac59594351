//! Tests of the state machine from outside: golden cases, and a simulation of everything that can go wrong.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "tests read their cases, take the time and are set by the environment")]

// The lints that spare tests look for this attribute.
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod notation;
#[cfg(test)]
mod simulation;
