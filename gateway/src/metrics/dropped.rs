//! Connections that were dropped without an answer, or without all of one: what they carried was no request, or was not read.

use prometheus::core::Collector;
use prometheus::{IntCounterVec, Opts};

/// Why a connection was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// Its address has as many as one may have.
    AddressFull,
    /// It sent frames that carry nothing, more than anybody needs.
    Flood,
    /// Its TLS handshake failed, or took too long.
    Handshake,
    /// It broke the rules of HTTP/2.
    Protocol,
    /// It took nothing of an answer for too long.
    SlowReader,
}

impl Dropped {
    const ALL: [Self; 5] = [Self::AddressFull, Self::Flood, Self::Handshake, Self::Protocol, Self::SlowReader];

    const fn as_str(self) -> &'static str {
        match self {
            Self::AddressFull => "AddressFull",
            Self::Flood => "Flood",
            Self::Handshake => "Handshake",
            Self::Protocol => "Protocol",
            Self::SlowReader => "SlowReader",
        }
    }
}

/// The counts.
#[derive(Debug)]
pub(crate) struct Connections(IntCounterVec);

impl Connections {
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let opts = Opts::new(
            "boathook_connections_dropped_total",
            "Connections that were dropped without a whole answer, by why.",
        );
        let counts = IntCounterVec::new(opts, &["cause"])?;
        for cause in Dropped::ALL {
            counts.get_metric_with_label_values(&[cause.as_str()])?;
        }
        Ok(Self(counts))
    }

    pub(super) fn collector(&self) -> Box<dyn Collector> {
        Box::new(self.0.clone())
    }

    /// Counts one.
    pub(crate) fn count(&self, cause: Dropped) {
        if let Ok(count) = self.0.get_metric_with_label_values(&[cause.as_str()]) {
            count.inc();
        }
    }
}
