//! Why a body broke off: its connection knows, and its request is told nothing but that it did.

use std::sync::{Arc, OnceLock};

use boathook_plan::framing::Flaw;
use boathook_plan::reason::Reason;

use super::refusal::Refusal;

/// One a connection, which ends with it; in the extensions of its requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breach(Arc<OnceLock<Flaw>>);

impl Breach {
    /// Notes the flaw of the body that is coming.
    pub(crate) fn note(&self, flaw: Flaw) {
        // The first one is the one that ends it.
        let _ = self.0.set(flaw);
    }

    /// Of a body that did not come whole.
    pub(super) fn refusal(&self) -> Refusal {
        let refusal = Refusal::of(Reason::BadFraming);
        match self.0.get() {
            Some(flaw) => refusal.because(flaw.as_str()),
            None => refusal,
        }
    }
}
