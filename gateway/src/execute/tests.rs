//! Tests of `execute`.
