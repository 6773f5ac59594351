//! How large a value is as JSON, without writing it.

use std::fmt::{self, Write};

use crate::json::Json;

struct Counter {
    bytes: usize,
    limit: usize,
}

impl Write for Counter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > self.limit { Err(fmt::Error) } else { Ok(()) }
    }
}

/// Bytes of the compact text; `None` above `limit`, as soon as that is known.
pub(super) fn size(value: &Json, limit: usize) -> Option<usize> {
    let mut counter = Counter { bytes: 0, limit };
    write!(counter, "{value}").ok().map(|()| counter.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_that_of_the_compact_text() {
        let value = Json::object([("a", Json::list([Json::from(1_i64), Json::Null])), ("é", Json::text("\n"))]);
        assert_eq!(value.to_string(), r#"{"a":[1,null],"é":"\n"}"#);
        assert_eq!(size(&value, 24), Some(24));
        assert_eq!(size(&value, 23), None);
    }
}
