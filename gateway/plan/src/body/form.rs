//! `application/x-www-form-urlencoded` (WHATWG URL, 5.1): fields as text, a repeated one a list, in their order.
//!
//! One thing is stricter than the standard: bytes that are no text in the form's charset are refused, not replaced. A `%`
//! that no two hexadecimal digits follow is itself, as the standard says.

use std::borrow::Cow;

use encoding_rs::Encoding;
use percent_encoding::percent_decode;

use super::{BodyFault, charset};
use crate::json::{Budget, Json, Members, Projection};

/// Reads the fields. Those that nobody wants are checked, and left out.
pub(super) fn read(
    body: &[u8],
    encoding: &'static Encoding,
    wanted: &Projection,
    budget: &mut Budget,
) -> Result<Json, BodyFault> {
    budget.value()?;
    let mut members = Members::default();
    for field in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
        budget.value()?;
        let mut halves = field.splitn(2, |byte| *byte == b'=');
        let name = halves.next().unwrap_or_default();
        let value = halves.next().unwrap_or_default();
        let (name, value) = (decode(name, encoding)?, decode(value, encoding)?);
        if wanted.member(&name).is_wanted() {
            budget.take(value.len())?;
            members.add(&name, Json::text(&value), budget)?;
        }
    }
    Ok(members.into_json())
}

fn decode(text: &[u8], encoding: &'static Encoding) -> Result<String, BodyFault> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let bytes: Cow<'_, [u8]> = percent_decode(&spaced).into();
    charset::exactly(&bytes, encoding).map(Cow::into_owned)
}
