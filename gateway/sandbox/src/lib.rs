//! Users' JavaScript in killable worker processes. It arrives with the `javascript` step; until then nothing here runs code.
#![forbid(unsafe_code)]
