//! Public keys of senders: parsed once, asked per request. Which algorithm a key is for, its owner says, never a request.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, VerificationAlgorithm,
};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject as _;

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
    /// Signatures as `r || s`, with SHA-256.
    EcdsaP256Fixed,
    /// Signatures as `r || s`, with SHA-384.
    EcdsaP384Fixed,
    Rsa(RsaAlgorithm),
}

/// RSA with 2,048 to 8,192 bits; of PSS, the salt is as long as the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RsaAlgorithm {
    Pkcs1Sha256,
    Pkcs1Sha384,
    Pkcs1Sha512,
    PssSha256,
    PssSha384,
    PssSha512,
}

impl RsaAlgorithm {
    fn parameters(self) -> &'static RsaParameters {
        match self {
            Self::Pkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Pkcs1Sha384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Pkcs1Sha512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::PssSha256 => &RSA_PSS_2048_8192_SHA256,
            Self::PssSha384 => &RSA_PSS_2048_8192_SHA384,
            Self::PssSha512 => &RSA_PSS_2048_8192_SHA512,
        }
    }
}

impl PublicAlgorithm {
    fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 => &ED25519,
            Self::EcdsaP256 => &ECDSA_P256_SHA256_ASN1,
            Self::EcdsaP256Fixed => &ECDSA_P256_SHA256_FIXED,
            Self::EcdsaP384Fixed => &ECDSA_P384_SHA384_FIXED,
            Self::Rsa(rsa) => rsa.parameters(),
        }
    }
}

impl PublicKey {
    /// The key of its bytes: of Ed25519 the 32 bytes, of ECDSA a point, else a `SubjectPublicKeyInfo` in DER. `None` when it
    /// is none.
    pub(super) fn new(algorithm: PublicAlgorithm, bytes: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(algorithm.verifier(), bytes).ok().map(|key| Self(Arc::new(key)))
    }

    /// The key of its `PUBLIC KEY` in PEM form (RFC 7468, 13), or of the bytes that [`PublicKey::new`] takes.
    pub(super) fn read(algorithm: PublicAlgorithm, text: &[u8]) -> Option<Self> {
        match SubjectPublicKeyInfoDer::from_pem_slice(text) {
            Ok(der) => Self::new(algorithm, &der),
            Err(_) => Self::new(algorithm, text),
        }
    }

    /// An RSA key of its modulus and exponent.
    pub(super) fn rsa(algorithm: RsaAlgorithm, n: &[u8], e: &[u8]) -> Option<Self> {
        let parsed = PublicKeyComponents { n, e }.to_parsed_public_key(algorithm.parameters());
        parsed.ok().map(|key| Self(Arc::new(key)))
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
