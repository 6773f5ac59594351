//! Which pairs are served, and what the others are told.

use super::*;

const AUTHORITY: &str = include_str!("../../../../tests/data/tls/authority.pem");
const SERVER: &str = include_str!("../../../../tests/data/tls/server.pem");
const EXPIRED: &str = include_str!("../../../../tests/data/tls/expired.pem");
const KEY: &str = include_str!("../../../../tests/data/tls/server.key");

fn told(chain: &str, key: &str, host: Option<&str>) -> Option<CertificateFault> {
    read(chain.as_bytes(), &Secret::new(key.as_bytes().to_vec()), host).err()
}

#[test]
fn a_certificate_with_its_key_is_read_with_the_chain_behind_it() {
    let key = Secret::new(KEY.as_bytes().to_vec());
    let certified = read(format!("{SERVER}{AUTHORITY}").as_bytes(), &key, Some("hooks.test")).unwrap();
    assert_eq!(certified.cert.len(), 2);
    assert_eq!(told(SERVER, KEY, None), None);
    assert_eq!(told(EXPIRED, KEY, Some("hooks.test")), None, "the clock is not ours");
}

#[test]
fn what_is_no_pair_is_told_by_its_part() {
    for chain in ["", "no PEM", KEY, &SERVER.repeat(11), &format!("{SERVER}{}", " ".repeat(CHAIN_SIZE))] {
        assert_eq!(told(chain, KEY, None), Some(CertificateFault::NoChain));
    }
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(told(garbage, KEY, None), Some(CertificateFault::NotACertificate));
    for key in ["", "no PEM", SERVER, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        assert_eq!(told(SERVER, key, None), Some(CertificateFault::NoKey), "{key}");
    }
    assert_eq!(told(AUTHORITY, KEY, None), Some(CertificateFault::OtherKey));
}

#[test]
fn a_certificate_for_another_host_is_none_for_this_one() {
    for host in ["other.test", "a.hooks.test", "hooks.test.example"] {
        assert_eq!(told(SERVER, KEY, Some(host)), Some(CertificateFault::OtherName(host.to_owned())));
    }
}

#[test]
fn no_message_holds_a_part_of_the_key() {
    let line = KEY.lines().nth(1).unwrap();
    let broken = KEY.replace("-----END", "!----END");
    for fault in [told(SERVER, &broken, None), told(AUTHORITY, KEY, None), told(SERVER, KEY, Some("x.test"))] {
        let fault = fault.unwrap();
        assert!(!fault.to_string().contains(&line[..8]) && !format!("{fault:?}").contains(&line[..8]), "{fault}");
    }
}
