//! What tests of the whole system share: processes and servers that start on free ports and end with their handle.
#![forbid(unsafe_code)]

pub mod boathook;
