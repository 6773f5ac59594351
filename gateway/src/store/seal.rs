//! Sensitive entries are kept under AES-256-GCM. The execution and the entry's number are part of what is sealed: an entry
//! that is moved does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY_SIZE: usize = 32;

/// Seals and opens under one key.
pub(super) struct Sealer(LessSafeKey);

/// The key is not one, or there is no randomness.
#[derive(Debug, thiserror::Error)]
#[error("cannot seal")]
pub(super) struct Unsealable;

impl Sealer {
    pub(super) fn new(key: &Zeroizing<[u8; KEY_SIZE]>) -> Result<Self, Unsealable> {
        UnboundKey::new(&AES_256_GCM, key.as_slice()).map(|key| Self(LessSafeKey::new(key))).map_err(|_| Unsealable)
    }

    /// Nonce, ciphertext and tag. The nonce is random: an execution has at most 20,000 entries, far below where 96 random
    /// bits repeat.
    pub(super) fn seal(&self, id: Uuid, number: u32, text: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| Unsealable)?;
        let mut sealed = text.to_vec();
        let aad = Aad::from(bound_to(id, number));
        let key = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(key, aad, &mut sealed).map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// `None` when it was not sealed for this place under this key.
    pub(super) fn open(&self, id: Uuid, number: u32, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = rest.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(bound_to(id, number)), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

fn bound_to(id: Uuid, number: u32) -> [u8; 20] {
    let mut bound = [0; 20];
    bound[..16].copy_from_slice(id.as_bytes());
    bound[16..].copy_from_slice(&number.to_be_bytes());
    bound
}
