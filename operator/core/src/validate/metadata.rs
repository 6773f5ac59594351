//! Names of objects, as the API server holds every object to them (RFC 1123).

use crate::field::Field;
use crate::object::ObjectKey;
use crate::report::Report;

/// Characters of a name, and of a namespace, which is one label.
const NAME: usize = 253;
const NAMESPACE: usize = 63;

/// Refuses names that no object can have.
pub(super) fn check(key: &ObjectKey, report: &mut Report) {
    let metadata = Field::metadata();
    if key.name.len() > NAME || !key.name.split('.').all(is_label) {
        let message = format!("must be 1 to {NAME} small letters, digits, dashes and dots, such as github-push");
        report.refuse(&metadata.at("name"), message);
    }
    if key.namespace.len() > NAMESPACE || !is_label(&key.namespace) {
        let message = format!("must be 1 to {NAMESPACE} small letters, digits and dashes, such as shop");
        report.refuse(&metadata.at("namespace"), message);
    }
}

fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}
