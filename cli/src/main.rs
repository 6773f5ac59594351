//! The `boathook` command.
#![forbid(unsafe_code)]

fn main() {}
