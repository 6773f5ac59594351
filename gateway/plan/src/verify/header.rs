//! How a signature header is written: one signature behind a prefix, or a list of keys and values.

use crate::plan::{SignatureFormat, TimestampPlace};

use super::fault::FormFault;

/// Signatures that one request may present: a sender that rotates shows two or three. More is an attempt to buy guesses.
pub(super) const SIGNATURES: usize = 10;

/// The grammar of one header field.
#[derive(Clone, Debug)]
pub(super) enum Grammar {
    /// A fixed prefix, which may be empty, and the signature.
    Raw { prefix: String },
    /// Items of a key and a value.
    List(ListGrammar),
}

/// The grammar of a list.
#[derive(Clone, Debug)]
pub(super) struct ListGrammar {
    /// Between items.
    pub(super) separator: String,
    /// Between key and value.
    pub(super) assign: String,
    /// Keys whose values are signatures.
    pub(super) signatures: Vec<String>,
    /// The key whose value is the signing time.
    pub(super) timestamp: Option<String>,
}

/// What a header field says. A field that is malformed says nothing: no signature is taken from a part of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed<'a> {
    /// As written, not decoded.
    pub(super) signatures: Vec<&'a str>,
    /// As written.
    pub(super) timestamp: Option<&'a str>,
}

impl Grammar {
    /// Compiles a format; the time's key is part of it where the time stands in the same field.
    pub(super) fn compile(format: &SignatureFormat, time: Option<&TimestampPlace>) -> Result<Self, FormFault> {
        let timestamp = match time {
            Some(TimestampPlace::SignatureKey(key)) => Some(key.clone()),
            Some(TimestampPlace::Header(_) | TimestampPlace::BodyPointer(_)) | None => None,
        };
        let list = match format {
            SignatureFormat::Raw { prefix } if timestamp.is_none() => return Ok(Self::Raw { prefix: prefix.clone() }),
            SignatureFormat::Raw { .. } => return Err(FormFault::NoListForTimestamp),
            SignatureFormat::KeyValueList { separator, assign, keys } => ListGrammar {
                separator: separator.clone(),
                assign: assign.clone(),
                signatures: keys.clone(),
                timestamp,
            },
            SignatureFormat::SpacedList { versions } => ListGrammar {
                separator: " ".to_owned(),
                assign: ",".to_owned(),
                signatures: versions.clone(),
                timestamp,
            },
        };
        list.check().map(Self::List)
    }

    /// Reads a field's value.
    pub(super) fn read<'a>(&self, field: &'a str) -> Listed<'a> {
        match self {
            Self::Raw { prefix } => {
                Listed { signatures: field.strip_prefix(prefix.as_str()).into_iter().collect(), timestamp: None }
            }
            Self::List(list) => list.read(field).unwrap_or_default(),
        }
    }

    /// Writes a field's value as a sender would.
    pub(super) fn write(&self, signature: &str, time: Option<&str>) -> String {
        match self {
            Self::Raw { prefix } => format!("{prefix}{signature}"),
            Self::List(list) => {
                let pair = |key: &str, value: &str| format!("{key}{}{value}", list.assign);
                let time = list.timestamp.as_deref().zip(time).map(|(key, time)| pair(key, time));
                let signature = list.signatures.first().map(|key| pair(key, signature));
                time.into_iter().chain(signature).collect::<Vec<_>>().join(&list.separator)
            }
        }
    }
}

impl ListGrammar {
    fn check(self) -> Result<Self, FormFault> {
        if self.separator.is_empty() || self.assign.is_empty() || self.separator == self.assign {
            return Err(FormFault::Separators);
        }
        if self.signatures.is_empty() || self.signatures.iter().any(String::is_empty) {
            return Err(FormFault::NoSignatureKey);
        }
        if self.timestamp.as_ref().is_some_and(|time| time.is_empty() || self.signatures.contains(time)) {
            return Err(FormFault::NoListForTimestamp);
        }
        Ok(self)
    }

    /// `None` for a field that is malformed: an item that is no pair, a second time, more than [`SIGNATURES`]. Spaces
    /// around an item are allowed, as in every list of HTTP (RFC 9110, 5.6.1); keys that nobody named are passed over.
    fn read<'a>(&self, field: &'a str) -> Option<Listed<'a>> {
        let mut listed = Listed::default();
        for item in field.split(self.separator.as_str()) {
            let (key, value) = item.trim_matches([' ', '\t']).split_once(self.assign.as_str())?;
            if self.timestamp.as_deref() == Some(key) {
                if listed.timestamp.replace(value).is_some() {
                    return None;
                }
            } else if self.signatures.iter().any(|known| known == key) {
                listed.signatures.push(value);
            }
            if listed.signatures.len() > SIGNATURES {
                return None;
            }
        }
        Some(listed)
    }
}
