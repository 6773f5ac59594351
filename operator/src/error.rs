//! Why the operator cannot start or go on. What a resource does wrong is no error: it is told in the resource's status.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use crate::channel::ChannelError;
use crate::channel::certificates::CertificateError;

/// Why the operator ends.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// No threads.
    #[error("start the runtime")]
    Runtime(#[source] io::Error),
    /// A wrong command line.
    #[error("{0}")]
    Usage(String),
    /// No cluster is configured.
    #[error("find the cluster: a pod's ServiceAccount, or a kubeconfig")]
    Config(#[source] Box<kube::Error>),
    /// The configuration of the cluster cannot be found.
    #[error("find the cluster: a pod's ServiceAccount, or a kubeconfig")]
    Inferred(#[source] kube::config::InferConfigError),
    /// The API server cannot be asked for what the operator cannot do without.
    #[error("{what}")]
    Api {
        /// What was done, and to what.
        what: String,
        /// Why not.
        source: Box<kube::Error>,
    },
    /// The admin port.
    #[error("listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// Signals cannot be heard.
    #[error("listen for signals")]
    Signals(#[source] io::Error),
    /// A metric is there twice: a fault of the build.
    #[error("register the metrics")]
    Metrics(#[from] prometheus::Error),
    /// The certificates of the control channel.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The control channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// Another replica leads now: this one starts anew, knowing nothing that is old.
    #[error("the lease is lost")]
    LeaseLost,
}

impl OperatorError {
    /// The error with all that lies under it, in one line.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}
