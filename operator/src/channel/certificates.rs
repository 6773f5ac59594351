//! The channel's certificates: an authority of the installation's own, which signs each gateway's and the operator's.
//! Functions of the time that they are given; keys are drawn at random. Keeps nothing: the operator keeps them in Secrets.

use std::time::Duration;

use boathook_operator_core::object::ObjectKey;
use boathook_plan::channel::{OPERATOR_NAME, gateway_name};
use boathook_plan::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// How long an authority is trusted.
pub const AUTHORITY_LIFE: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// How long what it signs is: a third of that is time enough to mend what keeps it from being renewed.
pub const CERTIFICATE_LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How far the clock of another node may be behind.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// The authority's name in certificates: always the same, so that it can be made again from its key.
const AUTHORITY_NAME: &str = "Boathook control channel";

/// A certificate with its key, as a Secret keeps them.
#[derive(Clone, Debug)]
pub struct Issued {
    /// PEM.
    pub certificate: String,
    /// PEM of the private key.
    pub key: Secret,
    /// When it is valid.
    pub validity: Validity,
}

/// From when until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub from: Timestamp,
    /// The last one.
    pub until: Timestamp,
}

/// Signs the channel's certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    validity: Validity,
}

/// Why no certificate can be made. Tells nothing of a key.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The library's word.
    #[error("making a certificate of the control channel")]
    Make(#[from] rcgen::Error),
    /// What was kept is no text.
    #[error("the key of the control channel's authority is not PEM")]
    Key,
    /// The clock is before 1970.
    #[error("the clock shows {0}: no certificate would be valid")]
    Clock(Timestamp),
}

impl Validity {
    /// When another one should be made: two thirds through.
    pub fn renewal(&self) -> Timestamp {
        let life = self.until.duration_since(self.from);
        self.from.checked_add(life / 3 * 2).unwrap_or(self.until)
    }

    /// Whether that time has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        now >= self.renewal()
    }

    fn starting(now: Timestamp, life: SignedDuration) -> Self {
        let from = now.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
        Self { from, until: now.checked_add(life).unwrap_or(Timestamp::MAX) }
    }
}

impl Authority {
    /// A new authority with a new key, and what is to be kept of it.
    pub fn generate(now: Timestamp) -> Result<(Self, Issued), CertificateError> {
        let (key, validity) = (KeyPair::generate()?, Validity::starting(now, AUTHORITY_LIFE));
        let mut params = authority();
        within(&mut params, validity)?;
        let certificate = params.self_signed(&key)?.pem();
        let kept = Issued { certificate, key: secret(&key), validity };
        Ok((Self { issuer: Issuer::new(authority(), key), validity }, kept))
    }

    /// The authority that was kept.
    pub fn of(kept: &Issued) -> Result<Self, CertificateError> {
        let key = std::str::from_utf8(kept.key.expose()).map_err(|_| CertificateError::Key)?;
        let key = KeyPair::from_pem(key).map_err(|_| CertificateError::Key)?;
        Ok(Self { issuer: Issuer::new(authority(), key), validity: kept.validity })
    }

    /// What a gateway shows: `tls.crt` and `tls.key` of its Secret, beside the authority's own certificate as `ca.crt`.
    pub fn gateway(&self, gateway: &ObjectKey, now: Timestamp) -> Result<Issued, CertificateError> {
        let name = gateway_name(&gateway.namespace, &gateway.name);
        self.sign(name, ExtendedKeyUsagePurpose::ServerAuth, now)
    }

    /// What the operator shows.
    pub fn operator(&self, now: Timestamp) -> Result<Issued, CertificateError> {
        self.sign(OPERATOR_NAME.to_owned(), ExtendedKeyUsagePurpose::ClientAuth, now)
    }

    /// Nothing outlives the authority.
    fn sign(&self, name: String, usage: ExtendedKeyUsagePurpose, now: Timestamp) -> Result<Issued, CertificateError> {
        let mut validity = Validity::starting(now, CERTIFICATE_LIFE);
        validity.until = validity.until.min(self.validity.until);
        let mut params = CertificateParams::new([name])?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        within(&mut params, validity)?;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Issued { certificate, key: secret(&key), validity })
    }
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, AUTHORITY_NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params
}

fn within(params: &mut CertificateParams, validity: Validity) -> Result<(), CertificateError> {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let since = |time: Timestamp| {
        u64::try_from(time.as_second()).map(Duration::from_secs).map_err(|_| CertificateError::Clock(time))
    };
    params.not_before = epoch + since(validity.from)?;
    params.not_after = epoch + since(validity.until)?;
    Ok(())
}

fn secret(key: &KeyPair) -> Secret {
    Secret::new(key.serialize_pem().into_bytes())
}

#[cfg(test)]
mod tests;
