//! Which web pages may call a workflow from a browser (Fetch Standard, 3.2): what browsers are told, no more. A page that
//! is not named is told nothing, and its browser keeps the answer from it; who may send is for verification to say.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::plan::Webhook;

/// How long a browser may remember, in seconds: an edit reaches every page within ten minutes.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Every field, and the one that the star does not stand for. Nothing of the request is reflected.
const ALLOWED_FIELDS: HeaderValue = HeaderValue::from_static("*, Authorization");

/// What a page may read beside what it always may.
const EXPOSED_FIELDS: HeaderValue = HeaderValue::from_static("Boathook-Request-Id, Boathook-Execution-Id, Retry-After");

/// What a preflight's answer depends on.
const PREFLIGHT_VARIES: HeaderValue =
    HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

/// The pages of one workflow.
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Vec<HeaderValue>,
    methods: HeaderValue,
}

impl Cors {
    /// `None`: no page is named.
    pub(super) fn of(webhook: &Webhook) -> Option<Self> {
        let origins: Vec<_> =
            webhook.policy.origins.iter().filter_map(|text| HeaderValue::from_str(text).ok()).collect();
        let methods = HeaderValue::from_str(&webhook.methods.join(", ")).ok()?;
        (!origins.is_empty()).then_some(Self { origins, methods })
    }

    /// The answer's fields to a preflight of a named page; `None`: it is no preflight, or of another page.
    pub fn preflight(&self, method: &Method, request: &HeaderMap) -> Option<HeaderMap> {
        if *method != Method::OPTIONS || !request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let origin = self.named(origin(request)?)?;
        let fields: [(HeaderName, &HeaderValue); 5] = [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
            (header::ACCESS_CONTROL_ALLOW_METHODS, &self.methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, &ALLOWED_FIELDS),
            (header::ACCESS_CONTROL_MAX_AGE, &MAX_AGE),
            (header::VARY, &PREFLIGHT_VARIES),
        ];
        Some(fields.into_iter().map(|(name, value)| (name, value.clone())).collect())
    }

    /// Adds what every other answer to a page says, whatever it is.
    pub fn tell(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if answer.contains_key(header::ACCESS_CONTROL_ALLOW_METHODS) {
            return;
        }
        answer.append(header::VARY, HeaderValue::from_static("Origin"));
        match origin.and_then(|origin| self.named(origin)) {
            Some(origin) => {
                answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_FIELDS);
            }
            None => drop(answer.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN)),
        }
    }

    fn named(&self, origin: &HeaderValue) -> Option<&HeaderValue> {
        self.origins.iter().find(|known| *known == origin)
    }
}

/// The page that a request says it comes from; one that names several names none.
pub fn origin(request: &HeaderMap) -> Option<&HeaderValue> {
    let mut origins = request.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(only), None) => Some(only),
        (None | Some(_), _) => None,
    }
}
