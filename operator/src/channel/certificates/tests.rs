//! Certificates: what they are valid for, and for how long. Judged by the library that both ends verify with.

use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;

use super::*;

const NOW: &str = "2026-11-24T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn gateway() -> ObjectKey {
    ObjectKey::new("boathook", "default")
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn roots(authority: &Issued) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(der(&authority.certificate)).unwrap();
    Arc::new(roots)
}

fn unix(time: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(time.as_second().try_into().unwrap()))
}

/// Whether the operator believes a gateway.
fn believed(authority: &Issued, shown: &Issued, gateway: &ObjectKey, at: Timestamp) -> bool {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots(authority), provider).build().unwrap();
    let name = ServerName::try_from(gateway_name(&gateway.namespace, &gateway.name)).unwrap();
    verifier.verify_server_cert(&der(&shown.certificate), &[], &name, &[], unix(at)).is_ok()
}

/// Whether a gateway believes whoever shows this.
fn let_in(authority: &Issued, shown: &Issued, at: Timestamp) -> bool {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots(authority), provider).build().unwrap();
    verifier.verify_client_cert(&der(&shown.certificate), &[], unix(at)).is_ok()
}

#[test]
fn each_end_believes_the_other_for_its_time_and_nobody_else() {
    let (authority, kept) = Authority::generate(now()).unwrap();
    let own = authority.gateway(&gateway(), now()).unwrap();
    let operator = authority.operator(now()).unwrap();
    assert!(believed(&kept, &own, &gateway(), now()) && let_in(&kept, &operator, now()));
    assert!(!believed(&kept, &own, &ObjectKey::new("boathook", "other"), now()), "another gateway's");
    assert!(!believed(&kept, &operator, &gateway(), now()), "the operator's is no gateway's");
    assert!(!let_in(&kept, &own, now()), "a gateway's is not the operator's");
    let (_, other) = Authority::generate(now()).unwrap();
    assert!(!believed(&other, &own, &gateway(), now()) && !let_in(&other, &operator, now()));
    for (time, is_valid) in [
        ("2026-11-24T11:49:59Z", false),
        ("2026-11-24T11:50:00Z", true),
        ("2027-02-22T12:00:00Z", true),
        ("2027-02-22T12:00:01Z", false),
    ] {
        let at = time.parse().unwrap();
        assert_eq!(believed(&kept, &own, &gateway(), at), is_valid, "{time}");
        assert_eq!(let_in(&kept, &operator, at), is_valid, "{time}");
    }
}

#[test]
fn an_authority_is_made_again_from_what_was_kept() {
    let (_, kept) = Authority::generate(now()).unwrap();
    let again = Authority::of(&kept).unwrap();
    assert!(believed(&kept, &again.gateway(&gateway(), now()).unwrap(), &gateway(), now()));
    let damaged = Issued { key: Secret::new(b"damaged".to_vec()), ..kept };
    let told = Authority::of(&damaged).unwrap_err().to_string();
    assert_eq!(told, "the key of the control channel's authority is not PEM");
}

#[test]
fn a_certificate_is_renewed_at_two_thirds_and_never_outlives_its_authority() {
    let (authority, kept) = Authority::generate(now()).unwrap();
    assert_eq!(kept.validity.until, "2028-11-23T12:00:00Z".parse().unwrap());
    let own = authority.gateway(&gateway(), now()).unwrap().validity;
    assert_eq!(own.until, "2027-02-22T12:00:00Z".parse().unwrap());
    assert_eq!(own.renewal(), "2027-01-23T11:56:40Z".parse().unwrap());
    assert!(!own.is_due("2027-01-23T11:56:39Z".parse().unwrap()));
    assert!(own.is_due("2027-01-23T11:56:40Z".parse().unwrap()));
    let late = authority.operator("2028-11-01T00:00:00Z".parse().unwrap()).unwrap().validity;
    assert_eq!(late.until, kept.validity.until);
}

#[test]
fn nothing_of_a_key_is_printed() {
    let (authority, kept) = Authority::generate(now()).unwrap();
    let shown = format!("{authority:?} {kept:?} {:?}", authority.operator(now()));
    assert!(!shown.contains("PRIVATE"), "{shown}");
}
