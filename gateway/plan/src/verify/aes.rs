//! AES-256-CBC, as senders of encrypted messages use it. Every failure is one and the same: what was wrong with a cipher
//! text tells its maker something.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

/// Bytes of a key.
pub(super) const KEY_SIZE: usize = 32;

/// Bytes of a block, and of an initialisation vector.
pub(super) const BLOCK_SIZE: usize = 16;

/// The bytes behind a cipher text, without their padding (PKCS #7) to blocks of `padded_to` bytes.
pub(super) fn decrypt(key: &[u8], iv: &[u8], text: &[u8], padded_to: u8) -> Option<Vec<u8>> {
    let key = DecryptingKey::cbc(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let iv = DecryptionContext::Iv128(FixedLength::try_from(iv).ok()?);
    let mut bytes = text.to_vec();
    key.decrypt(&mut bytes, iv).ok()?;
    let padding = *bytes.last()?;
    let kept = bytes.len().checked_sub(padding.into())?;
    let is_padded = (1..=padded_to).contains(&padding) && bytes.get(kept..)?.iter().all(|byte| *byte == padding);
    bytes.truncate(kept);
    is_padded.then_some(bytes)
}
