//! The CRC32C of a row: over every column that means something, each with its length, so that no two rows share one form.

use crc32c::crc32c_append;
use uuid::Uuid;

use crate::store::new::Hash;

/// A checksum in the making.
#[derive(Clone, Copy, Default)]
pub(super) struct Check(u32);

impl Check {
    pub(super) fn int(self, value: i64) -> Self {
        Self(crc32c_append(self.0, &value.to_le_bytes()))
    }

    pub(super) fn bytes(self, value: &[u8]) -> Self {
        let length = i64::try_from(value.len()).unwrap_or(i64::MAX);
        Self(crc32c_append(self.int(length).0, value))
    }

    pub(super) fn maybe_int(self, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.int(1).int(value),
            None => self.int(0),
        }
    }

    pub(super) fn maybe_bytes(self, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => self.int(1).bytes(value),
            None => self.int(0),
        }
    }

    pub(super) fn maybe_text(self, value: Option<&String>) -> Self {
        self.maybe_bytes(value.map(String::as_bytes))
    }

    pub(super) fn maybe_id(self, value: Option<Uuid>) -> Self {
        self.maybe_bytes(value.as_ref().map(|id| id.as_bytes().as_slice()))
    }

    pub(super) fn maybe_hash(self, value: Option<Hash>) -> Self {
        self.maybe_bytes(value.as_ref().map(|hash| hash.0.as_slice()))
    }

    /// As it stands in a column.
    pub(super) fn sum(self) -> i64 {
        i64::from(self.0)
    }
}
