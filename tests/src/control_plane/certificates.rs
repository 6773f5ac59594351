//! The control plane's own certificate authority, and what it signs. It lives as long as one test.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use super::ControlPlaneError;

/// A certificate and its key, as PEM.
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

/// Signs the server's certificate and its clients'.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new authority with a new key.
    pub fn new() -> Result<Self, ControlPlaneError> {
        let mut params = named("boathook-tests-ca", None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// Its own certificate, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The identity of a server at these addresses.
    pub fn server(&self, addresses: &[IpAddr]) -> Result<Identity, ControlPlaneError> {
        let mut params = named("kube-apiserver", None);
        params.subject_alt_names = addresses.iter().copied().map(rcgen::SanType::IpAddress).collect();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.sign(&params)
    }

    /// The identity of a client: to Kubernetes, a user and one of its groups.
    pub fn client(&self, user: &str, group: &str) -> Result<Identity, ControlPlaneError> {
        let mut params = named(user, Some(group));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(&params)
    }

    fn sign(&self, params: &CertificateParams) -> Result<Identity, ControlPlaneError> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Identity { certificate, key: key.serialize_pem() })
    }
}

/// A key pair that signs and verifies tokens of a `ServiceAccount`.
pub struct TokenKey {
    /// The private key, as PEM.
    pub private: String,
    /// The public key, as PEM.
    pub public: String,
}

impl TokenKey {
    /// A new pair.
    pub fn new() -> Result<Self, ControlPlaneError> {
        let key = KeyPair::generate()?;
        Ok(Self { private: key.serialize_pem(), public: key.public_key_pem() })
    }
}

/// A certificate's subject.
fn named(name: &str, organisation: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    if let Some(organisation) = organisation {
        params.distinguished_name.push(DnType::OrganizationName, organisation);
    }
    params
}
