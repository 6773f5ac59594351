//! Which reader reads a media type: one table, the first row that fits.

use super::media::MediaType;

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RFC 8259.
    Json,
    /// One event in JSON (CloudEvents 1.0, JSON format).
    CloudEvent,
    /// A list of them.
    CloudEventBatch,
    /// WHATWG URL, 5.1.
    Form,
    /// RFC 7578.
    Multipart,
    /// XML 1.0.
    Xml,
    /// Text.
    Text,
    /// Anything else.
    Bytes,
}

/// Which types a row is for.
enum Fits {
    /// This one.
    Is(&'static str),
    /// Those with this suffix.
    Suffix(&'static str),
    /// Those with this before the slash.
    Top(&'static str),
    /// All.
    Any,
}

/// The first row that fits decides.
const TABLE: [(Fits, Kind); 12] = [
    (Fits::Is("application/json"), Kind::Json),
    // No registered type, and still sent.
    (Fits::Is("text/json"), Kind::Json),
    (Fits::Is("application/cloudevents+json"), Kind::CloudEvent),
    (Fits::Is("application/cloudevents-batch+json"), Kind::CloudEventBatch),
    (Fits::Suffix("json"), Kind::Json),
    (Fits::Is("application/x-www-form-urlencoded"), Kind::Form),
    (Fits::Is("multipart/form-data"), Kind::Multipart),
    (Fits::Is("application/xml"), Kind::Xml),
    (Fits::Is("text/xml"), Kind::Xml),
    (Fits::Suffix("xml"), Kind::Xml),
    (Fits::Top("text"), Kind::Text),
    (Fits::Any, Kind::Bytes),
];

impl Kind {
    /// The reader of a type.
    pub fn of(media: &MediaType) -> Self {
        let row = TABLE.iter().find(|(fits, _)| match fits {
            Fits::Is(essence) => media.essence() == *essence,
            Fits::Suffix(suffix) => media.suffix() == Some(suffix),
            Fits::Top(top) => media.top() == *top,
            Fits::Any => true,
        });
        row.map_or(Self::Bytes, |(_, kind)| *kind)
    }

    /// Whether the body holds its events whole.
    pub const fn is_event(self) -> bool {
        match self {
            Self::CloudEvent | Self::CloudEventBatch => true,
            Self::Json | Self::Form | Self::Multipart | Self::Xml | Self::Text | Self::Bytes => false,
        }
    }
}
