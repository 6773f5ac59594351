//! Sizes in bytes as Kubernetes quantities: `1Mi`, `1500k`, or a plain number.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

/// What the API server accepts: whole numbers, decimal and binary units.
const PATTERN: &str = "^[0-9]{1,15}(k|M|G|T|Ki|Mi|Gi|Ti)?$";

/// The longest text that [`PATTERN`] admits.
const LENGTH: usize = 17;

/// A size in bytes, kept as written; a YAML number is kept as its digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Quantity(pub String);

impl Quantity {
    /// Bytes; `None` when the text is not of the form or the number is larger than 64 bits hold.
    pub fn bytes(&self) -> Option<u64> {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (number, unit) = self.0.split_at(end);
        if number.is_empty() || number.len() > 15 {
            return None;
        }
        let factor: u64 = match unit {
            "" => 1,
            "k" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            "T" => 1_000_000_000_000,
            "Ki" => 1 << 10,
            "Mi" => 1 << 20,
            "Gi" => 1 << 30,
            "Ti" => 1 << 40,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(factor)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Quantity {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

/// Takes a string or a number that is not negative.
struct Visitor;

impl serde::de::Visitor<'_> for Visitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity such as 1Mi")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
        Ok(text.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
        Ok(Quantity(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Quantity, E> {
        u64::try_from(number)
            .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            .and_then(|number| self.visit_u64(number))
    }
}

impl JsonSchema for Quantity {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "integer" }, { "type": "string" }],
            "maxLength": LENGTH,
            "minimum": 0,
            "pattern": PATTERN,
            "x-kubernetes-int-or-string": true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn decimal_and_binary_units_are_bytes() {
        for (text, bytes) in
            [("0", 0), ("17", 17), ("2k", 2_000), ("1Ki", 1_024), ("10Mi", 10_485_760), ("3G", 3_000_000_000)]
        {
            assert_eq!(Quantity::from(text).bytes(), Some(bytes), "{text}");
        }
    }

    #[test]
    fn what_the_api_server_refuses_or_64_bits_cannot_hold_is_no_size() {
        for text in ["", "Mi", "1.5Mi", "-1", "1K", "1 Mi", "1mi", "1000000000000000", "999999999999999Ti"] {
            assert_eq!(Quantity::from(text).bytes(), None, "{text}");
        }
    }

    #[test]
    fn a_yaml_number_is_a_quantity() {
        assert_eq!(serde_json::from_str::<Quantity>("1048576").unwrap(), Quantity::from("1048576"));
        assert_eq!(serde_json::from_str::<Quantity>("\"1Mi\"").unwrap(), Quantity::from("1Mi"));
        assert!(serde_json::from_str::<Quantity>("-1").is_err());
        assert!(serde_json::from_str::<Quantity>("1.5").is_err());
    }
}
