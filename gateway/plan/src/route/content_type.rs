//! Which types of bodies a workflow takes, where it names some. How a body is read is decided by its type elsewhere.

use http::{HeaderMap, header};

use crate::plan::Policy;

/// The types that a workflow names; none is all that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentTypes(Vec<String>);

impl ContentTypes {
    pub(super) fn of(policy: &Policy) -> Self {
        Self(policy.content_types.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Whether a body is of one of them. Without bytes there is nothing that a type could be wrong about.
    pub fn take(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        self.0.is_empty() || body.is_empty() || essence(headers).is_some_and(|essence| self.name(&essence))
    }

    fn name(&self, essence: &str) -> bool {
        self.0.iter().any(|known| match known.strip_suffix('*') {
            Some(kind) => essence.starts_with(kind),
            None => essence == known,
        })
    }
}

/// The one type that is declared, in small letters and without parameters (RFC 9110, 8.3.1).
fn essence(headers: &HeaderMap) -> Option<String> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return None };
    let text = only.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(named: &[&str], sent: &[&'static str], body: &str) -> bool {
        let content_types = named.iter().map(|name| (*name).to_owned()).collect();
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(header::CONTENT_TYPE, http::HeaderValue::from_static(value));
        }
        ContentTypes::of(&Policy { content_types, ..Policy::default() }).take(&headers, body.as_bytes())
    }

    #[test]
    fn a_workflow_that_names_no_type_takes_all() {
        assert!(takes(&[], &["text/plain"], "x"));
        assert!(takes(&[], &[], "x"));
    }

    #[test]
    fn a_named_type_is_taken_in_any_case_and_with_any_parameter() {
        for sent in ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;v=1"]
        {
            assert!(takes(&["text/plain", "application/json"], &[sent], "x"), "{sent}");
        }
    }

    #[test]
    fn what_only_looks_like_a_named_type_is_not_taken() {
        for sent in ["application/jsonp", "application/json+x", "text/json", "", "json", "*/*", "application/*"] {
            assert!(!takes(&["application/json"], &[sent], "x"), "{sent}");
        }
        assert!(!takes(&["application/json"], &[], "x"), "no type at all");
        assert!(!takes(&["application/json"], &["application/json", "application/json"], "x"), "two types");
    }

    #[test]
    fn a_star_stands_for_every_type_of_its_kind() {
        assert!(takes(&["text/*"], &["text/csv"], "x"));
        assert!(!takes(&["text/*"], &["textual/csv"], "x"));
        assert!(!takes(&["text/*"], &["application/text"], "x"));
    }

    #[test]
    fn an_empty_body_is_of_no_type() {
        assert!(takes(&["application/json"], &[], ""));
    }
}
