//! Values as a record shows them: without what is hidden, and no longer than a person or a tool can take.

use super::redact::Hidden;
use crate::json::Json;
use crate::limits::{SHOWN_CUT, SHOWN_SIZE};

/// The value; one that is too large is the beginning of its text, with a mark that says so.
pub(super) fn shown(value: Json, hidden: &Hidden) -> Json {
    let value = hidden.mask_value(value);
    let size = value.text_size();
    if size <= SHOWN_SIZE {
        return value;
    }
    let text = match &value {
        Json::String(text) => text.to_string(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Bytes(_) | Json::Array(_) | Json::Object(_) => {
            value.to_string()
        }
    };
    let end = text.floor_char_boundary(SHOWN_CUT);
    Json::from(format!("{} [cut: {} bytes]", text.get(..end).unwrap_or_default(), text.len()))
}

/// The text without what is hidden.
pub(super) fn text(text: &str, hidden: &Hidden) -> String {
    hidden.mask(text).unwrap_or_else(|| text.to_owned())
}
