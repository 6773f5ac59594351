//! Header fields as a list of pairs of text, in their order. A field that cannot be one again is left out.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(fields: &HeaderMap, out: S) -> Result<S::Ok, S::Error> {
    out.collect_seq(fields.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<HeaderMap, D::Error> {
    let pairs = Vec::<(String, String)>::deserialize(from)?;
    let mut fields = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            fields.append(name, value);
        }
    }
    Ok(fields)
}
