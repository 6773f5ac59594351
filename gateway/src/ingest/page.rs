//! Tells the browser of a web page whether the page may read the answer, whatever the answer is.

use std::sync::Arc;

use boathook_plan::route::{Intake, origin};
use http::{HeaderMap, HeaderValue};

use super::route::Routed;

/// A request to a workflow that web pages may call, and the page that it says it comes from.
#[derive(Debug)]
pub(super) struct Page {
    intake: Arc<Intake>,
    origin: Option<HeaderValue>,
}

impl Page {
    pub(super) fn of(routed: &Routed) -> Option<Self> {
        routed.intake.cors()?;
        let origin = origin(&routed.arrived.head.headers).cloned();
        Some(Self { intake: Arc::clone(&routed.intake), origin })
    }

    /// Adds the fields.
    pub(super) fn tell(&self, answer: &mut HeaderMap) {
        if let Some(cors) = self.intake.cors() {
            cors.tell(self.origin.as_ref(), answer);
        }
    }
}
