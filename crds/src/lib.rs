//! Boathook's resources: their schema and nothing else.
#![forbid(unsafe_code)]
