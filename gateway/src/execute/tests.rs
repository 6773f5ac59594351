//! Tests of `execute`.


