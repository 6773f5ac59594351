//! Executions as people read them: tables, whole records, ages. Asks nobody and prints nothing.

pub mod age;
pub mod detail;
pub mod filter;
pub mod steps;
pub mod table;
