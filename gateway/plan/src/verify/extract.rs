//! One scalar out of a JSON text, by pointer, without building anything else.
//!
//! The only reader that sees a body before its signature holds: it looks at no more than [`UNVERIFIED_SIZE`] bytes, nests
//! no deeper than the parser's own limit of 128, and refuses a text that two readers could read differently.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Bytes of an unverified body that are read at all: it takes microseconds to skip so much.
pub(super) const UNVERIFIED_SIZE: usize = 64 << 10;

/// The text of the string, or the digits of the whole number, at `path`; `None` when there is no such thing, when a name
/// on the way is there twice, or when the text is not JSON.
pub(super) fn scalar<S: AsRef<str>>(body: &[u8], path: &[S]) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let found = Seek { path }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    found
}

/// The names of a JSON pointer (RFC 6901); `None` when it is not one, or when it is the whole document's.
pub(super) fn pointer(text: &str) -> Option<Vec<String>> {
    let names = text.strip_prefix('/')?;
    Some(names.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect())
}

/// Walks down `path` and passes over everything beside it.
#[derive(Clone, Copy)]
struct Seek<'a, S> {
    path: &'a [S],
}

impl<'de, S: AsRef<str>> DeserializeSeed<'de> for Seek<'_, S> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<S: AsRef<str>> Seek<'_, S> {
    fn here(&self, text: impl FnOnce() -> String) -> Option<String> {
        self.path.is_empty().then(text)
    }
}

impl<'de, S: AsRef<str>> Visitor<'de> for Seek<'_, S> {
    type Value = Option<String>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.here(|| text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.here(|| number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.here(|| number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let wanted = self.path.split_first().and_then(|(name, rest)| Some((index(name.as_ref())?, rest)));
        let mut found = None;
        let mut at = 0_usize;
        loop {
            match wanted.filter(|(index, _)| *index == at) {
                Some((_, path)) => match items.next_element_seed(Seek { path })? {
                    Some(value) => found = value,
                    None => return Ok(found),
                },
                None if items.next_element::<IgnoredAny>()?.is_none() => return Ok(found),
                None => {}
            }
            at += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let wanted = self.path.split_first();
        while let Some(is_wanted) = members.next_key_seed(Is(wanted.map(|(name, _)| name.as_ref())))? {
            match wanted.filter(|_| is_wanted) {
                Some(_) if found.is_some() => return Err(A::Error::custom("a name is there twice")),
                Some((_, path)) => found = Some(members.next_value_seed(Seek { path })?),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found.flatten())
    }
}

/// Whether a member's name is this one.
struct Is<'a>(Option<&'a str>);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(self.0 == Some(name))
    }
}

/// An index of RFC 6901: digits without a leading zero.
fn index(name: &str) -> Option<usize> {
    let canonical = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { name.parse().ok() } else { None }
}
