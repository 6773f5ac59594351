//! The data plane: sockets, step executors, metrics. What to do is decided in `boathook_plan`.
#![forbid(unsafe_code)]

pub mod http_step;
