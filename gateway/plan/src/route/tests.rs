//! Tests of `route`.


