//! Tests of `server`.


