//! Public keys of senders: parsed once, asked per request. Which algorithm a key is for, its owner says, never a request.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, VerificationAlgorithm};

/// A public key and its algorithm. Encodings that two readers could read differently do not verify: of Ed25519, an `S` that
/// is not below the group's order (RFC 8032, 5.1.7); of ECDSA, zeros and DER that is not canonical.
#[derive(Clone)]
pub(super) struct PublicKey(Arc<ParsedPublicKey>);

/// The algorithms that senders sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PublicAlgorithm {
    Ed25519,
    /// Signatures in DER.
    EcdsaP256,
}

impl PublicAlgorithm {
    fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 => &ED25519,
            Self::EcdsaP256 => &ECDSA_P256_SHA256_ASN1,
        }
    }
}

impl PublicKey {
    /// The key of its bytes: of Ed25519 the 32 bytes, else a `SubjectPublicKeyInfo` in DER. `None` when it is none.
    pub(super) fn new(algorithm: PublicAlgorithm, bytes: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(algorithm.verifier(), bytes).ok().map(|key| Self(Arc::new(key)))
    }

    /// Whether `signature` is one of `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PublicKey(…)")
    }
}
