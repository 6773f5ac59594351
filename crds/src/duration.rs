//! Durations as the resources write them: Gateway API's form (GEP-2257), such as `10s`, `1h30m`, `250ms`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// What the API server accepts.
const PATTERN: &str = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

/// The longest text that [`PATTERN`] admits: four times five digits and `ms`.
const LENGTH: usize = 28;

/// A span of time, kept as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Duration(pub String);

impl Duration {
    /// Whole milliseconds; `None` when the text is not of the form.
    pub fn milliseconds(&self) -> Option<u64> {
        let mut rest = self.0.as_str();
        let mut total = 0;
        let mut parts = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at(digits);
            let (unit, tail) = unit(tail)?;
            if number.is_empty() || number.len() > 5 {
                return None;
            }
            total += number.parse::<u64>().ok()? * unit;
            rest = tail;
            parts += 1;
        }
        (1..=4).contains(&parts).then_some(total)
    }
}

/// The milliseconds of the unit in front, and what follows it.
fn unit(text: &str) -> Option<(u64, &str)> {
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        .into_iter()
        .find_map(|(name, milliseconds)| text.strip_prefix(name).map(|tail| (milliseconds, tail)))
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Duration {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl JsonSchema for Duration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": LENGTH, "pattern": PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn each_unit_and_their_sums_are_milliseconds() {
        for (text, milliseconds) in [
            ("250ms", 250),
            ("10s", 10_000),
            ("1h30m", 5_400_000),
            ("1m1m", 120_000),
            ("0s", 0),
            ("2h1m3s4ms", 7_263_004),
        ] {
            assert_eq!(Duration::from(text).milliseconds(), Some(milliseconds), "{text}");
        }
    }

    #[test]
    fn what_the_api_server_refuses_is_no_duration() {
        for text in ["", "10", "s", "1d", "-1s", "1.5s", "100000s", "1s1s1s1s1s", "1 s", "1S", "٣s"] {
            assert_eq!(Duration::from(text).milliseconds(), None, "{text}");
        }
    }
}
