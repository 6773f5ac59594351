//! A certificate and its private key, read and held to what a server needs of them. Reads no clock: one that has expired
//! is still better than none, and clients say so.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use zeroize::Zeroize as _;

use crate::secret::Secret;

/// Bytes of a certificate with those that lead to its authority: ten of the largest.
pub const CHAIN_SIZE: usize = 64 << 10;

/// Certificates of a chain: what clients follow.
const CHAIN: usize = 10;

/// Why a certificate cannot be served. No message holds a part of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// There is none.
    #[error("must be one to {CHAIN} certificates in PEM form, the server's own first, of at most {CHAIN_SIZE} bytes")]
    NoChain,
    /// The first one is none.
    #[error("must begin with an X.509 certificate of version 3")]
    NotACertificate,
    /// The key cannot be read.
    #[error("must be one private key in PEM form: RSA, or ECDSA on P-256, P-384 or P-521, or Ed25519")]
    NoKey,
    /// The key is another certificate's.
    #[error("must be the private key of the certificate")]
    OtherKey,
    /// Clients that ask for this host would not believe it.
    #[error("must be a certificate for {0}")]
    OtherName(String),
}

impl CertificateFault {
    /// Whether the key is at fault, not the certificate.
    pub const fn is_of_key(&self) -> bool {
        match self {
            Self::NoKey | Self::OtherKey => true,
            Self::NoChain | Self::NotACertificate | Self::OtherName(_) => false,
        }
    }
}

/// Reads a chain and its key, both PEM, as a Secret of type `kubernetes.io/tls` holds them (RFC 7468). `host` is who must
/// be able to use it.
pub fn read(chain: &[u8], key: &Secret, host: Option<&str>) -> Result<Arc<CertifiedKey>, CertificateFault> {
    let chain = chained(chain)?;
    let parsed = chain.first().and_then(|first| ParsedCertificate::try_from(first).ok());
    let parsed = parsed.ok_or(CertificateFault::NotACertificate)?;
    if let Some(host) = host {
        let other = || CertificateFault::OtherName(host.to_owned());
        let name = ServerName::try_from(host).map_err(|_| other())?;
        verify_server_name(&parsed, &name).map_err(|_| other())?;
    }
    let mut der = PrivateKeyDer::from_pem_slice(key.expose()).map_err(|_| CertificateFault::NoKey)?;
    let signing = any_supported_type(&der).map_err(|_| CertificateFault::NoKey);
    der.zeroize();
    let certified = CertifiedKey::new(chain, signing?);
    certified.keys_match().map_err(|_| CertificateFault::OtherKey)?;
    Ok(Arc::new(certified))
}

fn chained(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateFault> {
    if pem.len() > CHAIN_SIZE {
        return Err(CertificateFault::NoChain);
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    chain.ok().filter(|chain| (1..=CHAIN).contains(&chain.len())).ok_or(CertificateFault::NoChain)
}
