//! URL forms that readers disagree about.

use std::net::IpAddr;

use url::Host;

use super::internet;
use crate::egress::{TargetError, judge, target};
use crate::plan::Egress;

#[test]
fn a_plain_url_is_taken() {
    let url = target("https://Hooks.Example.COM:8443/a/b?c=d").unwrap();
    assert_eq!(url.as_str(), "https://hooks.example.com:8443/a/b?c=d");
    assert_eq!(target("http://[2606:4700::1111]/@user?a=@").unwrap().as_str(), "http://[2606:4700::1111]/@user?a=@");
}

fn refuses(cases: &[(&str, TargetError)]) {
    for &(text, error) in cases {
        assert_eq!(target(text), Err(error), "{text}");
    }
}

#[test]
fn forms_that_readers_disagree_about_are_refused() {
    refuses(&[
        ("https://user:pass@example.com/", TargetError::UserInformation),
        ("https://user@example.com/", TargetError::UserInformation),
        ("https://@example.com/", TargetError::Host),
        ("https://example.com@169.254.169.254/", TargetError::UserInformation),
        ("https://example.com:443@169.254.169.254/", TargetError::UserInformation),
        ("https://example.com#@169.254.169.254/", TargetError::Fragment),
        ("https://example.com/#top", TargetError::Fragment),
        ("https://example.com\\@169.254.169.254/", TargetError::Backslash),
        ("https:\\\\example.com/", TargetError::Backslash),
        ("https://exam\tple.com/", TargetError::Whitespace),
        ("https://example.com/\n", TargetError::Whitespace),
        (" https://example.com/", TargetError::Whitespace),
        ("https://example.com/a b", TargetError::Whitespace),
        ("https://example.com/\u{0}", TargetError::Whitespace),
        ("https://exam\u{2028}ple.com/", TargetError::Whitespace),
    ]);
}

#[test]
fn what_is_no_whole_url_of_http_is_refused() {
    refuses(&[
        ("https:///example.com/", TargetError::Host),
        ("https://", TargetError::Host),
        ("https://:443/", TargetError::Host),
        ("https://?a", TargetError::Host),
        ("https:example.com", TargetError::Malformed),
        ("https:/example.com", TargetError::Malformed),
        ("//example.com/", TargetError::Malformed),
        ("example.com", TargetError::Malformed),
        ("", TargetError::Malformed),
        ("https://example.com:0/", TargetError::Port),
        ("https://example.com:65536/", TargetError::Malformed),
        ("https://exa[mple.com/", TargetError::Malformed),
        ("https://./", TargetError::Host),
        ("https://example.com../", TargetError::Host),
        ("https://.example.com/", TargetError::Host),
        ("https://a..example.com/", TargetError::Host),
        ("https://256.256.256.256/", TargetError::Malformed),
        ("https://[fe80::1%25eth0]/", TargetError::Malformed),
        ("file:///etc/passwd", TargetError::Scheme),
        ("ftp://example.com/", TargetError::Scheme),
        ("gopher://example.com:70/_", TargetError::Scheme),
        ("javascript:alert(1)", TargetError::Scheme),
        ("unix:///var/run/docker.sock", TargetError::Scheme),
    ]);
    assert_eq!(target(&format!("https://example.com/{}", "a".repeat(8 << 10))), Err(TargetError::TooLong));
}

#[test]
fn numeric_hosts_in_any_form_are_addresses_and_judged_as_such() {
    let cases = [
        ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://0x7f000001/", "127.0.0.1"),
        ("http://017700000001/", "127.0.0.1"),
        ("http://127.1/", "127.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
        ("http://%31%32%37.0.0.1/", "127.0.0.1"),
        ("http://①②⑦.0.0.1/", "127.0.0.1"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://[::ffff:7f00:1]/", "::ffff:127.0.0.1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
        ("http://[64:ff9b::a9fe:a9fe]/", "64:ff9b::169.254.169.254"),
        ("http://0xa9fea9fe/", "169.254.169.254"),
        ("http://0/", "0.0.0.0"),
    ];
    for (text, address) in cases {
        let url = target(text).unwrap();
        let found: IpAddr = match url.host().unwrap() {
            Host::Ipv4(four) => four.into(),
            Host::Ipv6(six) => six.into(),
            Host::Domain(name) => panic!("{text} is the name {name}"),
        };
        assert_eq!(found, address.parse::<IpAddr>().unwrap(), "{text}");
        assert!(judge(&internet(), "", 80, found).is_err(), "{text}");
    }
}

#[test]
fn a_dot_at_the_end_and_the_case_of_a_host_do_not_matter() {
    for text in ["http://LOCALHOST./", "http://localhost/", "http://ｌｏｃａｌｈｏｓｔ/"] {
        assert_eq!(target(text).unwrap().host_str(), Some("localhost"), "{text}");
    }
    let loopback: IpAddr = "127.0.0.1".parse().unwrap();
    let all = Egress { allow_hosts: vec![super::host("localhost", &[])], ..internet() };
    assert!(judge(&all, "localhost", 80, loopback).is_err());
}
