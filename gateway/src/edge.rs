//! What the public port needs beside its routes, as it is now.

use std::sync::Arc;

use arc_swap::ArcSwap;
use boathook_plan::edge::{self, AccessLog};

use crate::tls::Tls;

/// One a gateway.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    pub(crate) tls: Tls,
    /// For requests that no workflow takes.
    unrouted: ArcSwap<AccessLog>,
}

impl Edge {
    /// Takes over what is wanted. Connections and requests under way keep what they began with.
    pub(crate) fn apply(&self, wanted: &edge::Edge) -> Result<(), rustls::Error> {
        self.unrouted.store(Arc::new(wanted.access_log));
        self.tls.apply(wanted.tls.as_deref())
    }

    /// Which requests are logged that no workflow takes.
    pub(crate) fn unrouted(&self) -> AccessLog {
        **self.unrouted.load()
    }
}
