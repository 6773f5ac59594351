//! Every decision of the control plane, pure: validate and compile.
#![forbid(unsafe_code)]
