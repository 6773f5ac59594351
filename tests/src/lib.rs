//! Tests of the whole system; there is no code here.
#![forbid(unsafe_code)]
