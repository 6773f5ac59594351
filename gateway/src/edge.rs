//! What the public port needs beside its routes, as it is now.

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use boathook_plan::address::Networks;
use boathook_plan::edge::{self, AccessLog};
use tokio::sync::watch;

use crate::tls::Tls;

/// One a gateway.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    pub(crate) tls: Tls,
    /// For requests that no workflow takes.
    unrouted: ArcSwap<AccessLog>,
    /// Whether any of it was said yet.
    told: watch::Sender<bool>,
    /// Proxies that are trusted.
    trusted: ArcSwap<Networks>,
}

impl Edge {
    /// Takes over what is wanted. Connections and requests under way keep what they began with.
    pub(crate) fn apply(&self, wanted: &edge::Edge) -> Result<(), rustls::Error> {
        self.unrouted.store(Arc::new(wanted.access_log));
        self.trusted.store(Arc::new(Networks::of(&wanted.trusted_proxies)));
        self.tls.apply(wanted.tls.as_deref())?;
        self.told.send_replace(true);
        Ok(())
    }

    /// Returns once it is known what the port speaks: one that is to speak HTTPS must not begin with plain HTTP.
    pub(crate) async fn told(&self) {
        // The sender is this one's own.
        let _ = self.told.subscribe().wait_for(|told| *told).await;
    }

    /// Whether an address is one of a proxy that is trusted.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.load().contain(address)
    }

    /// Which requests are logged that no workflow takes.
    pub(crate) fn unrouted(&self) -> AccessLog {
        **self.unrouted.load()
    }
}
