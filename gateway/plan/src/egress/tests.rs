//! What may be dialled, address by address.

use std::net::IpAddr;

use super::*;
use crate::plan::{AddressRule, HostRule};

mod forms;

fn internet() -> Egress {
    Egress { internet: true, allow_addresses: vec![], allow_hosts: vec![], loopback: false }
}

fn cidr(net: &str, ports: &[u16]) -> AddressRule {
    AddressRule { cidrs: vec![net.parse().unwrap()], ports: ports.to_vec() }
}

fn host(name: &str, ports: &[u16]) -> HostRule {
    HostRule { hosts: vec![name.to_owned()], ports: ports.to_vec() }
}

fn verdict(egress: &Egress, address: &str) -> Result<(), Cause> {
    verdict_on(egress, address, 443)
}

fn verdict_on(egress: &Egress, address: &str, port: u16) -> Result<(), Cause> {
    let address: IpAddr = address.parse().unwrap();
    judge(egress, "hooks.example.com", port, address).map_err(|denied| denied.cause)
}

fn refuses(cases: &[(&str, Cause)]) {
    for &(address, cause) in cases {
        assert_eq!(verdict(&internet(), address), Err(cause), "{address}");
    }
}

#[test]
fn what_is_not_globally_reachable_is_refused_in_ipv4() {
    refuses(&[
        ("0.0.0.0", Cause::Never("\"this network\"")),
        ("0.1.2.3", Cause::Never("\"this network\"")),
        ("10.0.0.1", Cause::NotPublic("private-use")),
        ("10.255.255.255", Cause::NotPublic("private-use")),
        ("100.64.0.1", Cause::NotPublic("shared address space")),
        ("100.127.255.254", Cause::NotPublic("shared address space")),
        ("127.0.0.1", Cause::Never("loopback")),
        ("127.255.255.254", Cause::Never("loopback")),
        ("169.254.0.1", Cause::Never("link-local")),
        ("169.254.169.254", Cause::Never("link-local")),
        ("169.254.170.2", Cause::Never("link-local")),
        ("172.16.0.1", Cause::NotPublic("private-use")),
        ("172.31.255.255", Cause::NotPublic("private-use")),
        ("192.0.0.1", Cause::NotPublic("IETF protocol assignment")),
        ("192.0.0.170", Cause::NotPublic("IETF protocol assignment")),
        ("192.0.2.1", Cause::NotPublic("documentation")),
        ("192.88.99.1", Cause::NotPublic("deprecated 6to4 relay")),
        ("192.168.1.1", Cause::NotPublic("private-use")),
        ("198.18.0.1", Cause::NotPublic("benchmarking")),
        ("198.19.255.255", Cause::NotPublic("benchmarking")),
        ("198.51.100.7", Cause::NotPublic("documentation")),
        ("203.0.113.7", Cause::NotPublic("documentation")),
        ("224.0.0.1", Cause::Never("multicast")),
        ("239.255.255.250", Cause::Never("multicast")),
        ("240.0.0.1", Cause::NotPublic("reserved")),
        ("255.255.255.255", Cause::Never("limited broadcast")),
    ]);
}

#[test]
fn what_is_not_globally_reachable_is_refused_in_ipv6() {
    refuses(&[
        ("::", Cause::Never("unspecified")),
        ("::1", Cause::Never("loopback")),
        ("::2", Cause::NotPublic("unallocated")),
        ("64:ff9b:1::1", Cause::NotPublic("local-use IPv4-IPv6 translation")),
        ("100::1", Cause::Never("discard-only")),
        ("100:0:0:1::1", Cause::Never("dummy")),
        ("1000::1", Cause::NotPublic("unallocated")),
        ("2001:2::1", Cause::NotPublic("benchmarking")),
        ("2001:100::1", Cause::NotPublic("IETF protocol assignment")),
        ("2001:db8::1", Cause::NotPublic("documentation")),
        ("3fff::1", Cause::NotPublic("documentation")),
        ("4000::1", Cause::NotPublic("unallocated")),
        ("5f00::1", Cause::NotPublic("segment routing")),
        ("fc00::1", Cause::NotPublic("unique-local")),
        ("fd12:3456::1", Cause::NotPublic("unique-local")),
        ("fe80::1", Cause::Never("link-local")),
        ("febf::1", Cause::Never("link-local")),
        ("fec0::1", Cause::NotPublic("deprecated site-local")),
        ("ff02::1", Cause::Never("multicast")),
    ]);
}

#[test]
fn metadata_services_outside_link_local_are_refused_by_name() {
    let cases = [
        ("100.100.100.200", "Alibaba Cloud metadata"),
        ("168.63.129.16", "Azure metadata"),
        ("192.0.0.192", "Oracle Cloud metadata"),
        ("fd00:ec2::254", "AWS metadata"),
        ("fd00:ec2::23", "AWS metadata"),
        ("fd20:ce::254", "Google Cloud metadata"),
        ("fd00:42::42", "Scaleway metadata"),
    ];
    for (address, name) in cases {
        assert_eq!(verdict(&internet(), address), Err(Cause::Never(name)), "{address}");
    }
}

#[test]
fn addresses_around_the_special_networks_are_public() {
    let public = [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.0.9",
        "192.0.0.10",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:1::1",
        "2001:3::1",
        "2001:4:112::1",
        "2001:20::1",
        "2001:db7::1",
        "2606:4700::1111",
        "3ffe:ffff::1",
    ];
    for address in public {
        assert_eq!(verdict(&internet(), address), Ok(()), "{address}");
    }
}

#[test]
fn an_ipv4_address_inside_ipv6_is_judged_as_itself() {
    let cases = [
        ("::ffff:127.0.0.1", Cause::Never("loopback")),
        ("::ffff:169.254.169.254", Cause::Never("link-local")),
        ("::ffff:10.0.0.1", Cause::NotPublic("private-use")),
        ("::127.0.0.1", Cause::NotPublic("unallocated")),
        ("::ffff:0:127.0.0.1", Cause::NotPublic("unallocated")),
        ("64:ff9b::127.0.0.1", Cause::Never("loopback")),
        ("64:ff9b::169.254.169.254", Cause::Never("link-local")),
        ("64:ff9b::10.0.0.1", Cause::NotPublic("private-use")),
        ("2002:7f00:1::1", Cause::NotPublic("6to4")),
        ("2001:0:5db8:d822:0:0:5601:5601", Cause::NotPublic("Teredo")),
        ("2606:4700::5efe:10.0.0.1", Cause::NotPublic("private-use")),
        ("2606:4700::200:5efe:127.0.0.1", Cause::Never("loopback")),
    ];
    for (address, cause) in cases {
        assert_eq!(verdict(&internet(), address), Err(cause), "{address}");
    }
    for address in ["::ffff:93.184.216.34", "64:ff9b::93.184.216.34"] {
        assert_eq!(verdict(&internet(), address), Ok(()), "{address}");
    }
}

#[test]
fn a_rule_for_a_tunnel_does_not_open_what_is_inside() {
    let egress = Egress {
        allow_addresses: vec![cidr("2002::/16", &[]), cidr("2001::/32", &[]), cidr("::/96", &[])],
        ..internet()
    };
    let cases = [
        ("2002:7f00:1::1", Cause::Never("loopback")),
        ("2002:a9fe:a9fe::1", Cause::Never("link-local")),
        ("2002:a00:1::1", Cause::NotPublic("private-use")),
        // Server 93.184.216.34, client 127.0.0.1.
        ("2001:0:5db8:d822:0:0:80ff:fffe", Cause::Never("loopback")),
        // Server 169.254.169.254, client 93.184.216.34.
        ("2001:0:a9fe:a9fe:0:0:a247:27dd", Cause::Never("link-local")),
        ("::127.0.0.1", Cause::Never("loopback")),
    ];
    for (address, cause) in cases {
        assert_eq!(verdict(&egress, address), Err(cause), "{address}");
    }
    assert_eq!(verdict(&egress, "2002:5db8:d822::1"), Ok(()));
}

#[test]
fn a_network_rule_opens_private_addresses_on_its_ports() {
    let egress = Egress { allow_addresses: vec![cidr("10.20.0.0/16", &[5432]), cidr("fd00::/8", &[])], ..internet() };
    assert_eq!(verdict_on(&egress, "10.20.1.1", 5432), Ok(()));
    assert_eq!(verdict_on(&egress, "::ffff:10.20.1.1", 5432), Ok(()));
    assert_eq!(verdict_on(&egress, "10.20.1.1", 443), Err(Cause::NotPublic("private-use")));
    assert_eq!(verdict_on(&egress, "10.21.1.1", 5432), Err(Cause::NotPublic("private-use")));
    assert_eq!(verdict_on(&egress, "fd00::1", 1), Ok(()));
    assert_eq!(verdict_on(&egress, "fd00:ec2::254", 80), Err(Cause::Never("AWS metadata")));
}

#[test]
fn a_host_rule_opens_private_addresses_of_that_name() {
    let egress = Egress { allow_hosts: vec![host("*.corp.example.com", &[443, 587])], ..internet() };
    let private: IpAddr = "10.0.0.1".parse().unwrap();
    assert_eq!(judge(&egress, "git.corp.example.com", 443, private), Ok(()));
    for (name, port) in [("git.corp.example.com", 80), ("corp.example.com", 443), ("evilcorp.example.com", 443)] {
        assert!(judge(&egress, name, port, private).is_err(), "{name}:{port}");
    }
}

#[test]
fn no_rule_opens_loopback_link_local_metadata_or_multicast() {
    let egress = Egress {
        allow_addresses: vec![cidr("0.0.0.0/0", &[]), cidr("::/0", &[])],
        allow_hosts: vec![host("hooks.example.com", &[443])],
        ..internet()
    };
    let never = [
        "0.0.0.0",
        "127.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "::",
        "::1",
        "fe80::1",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
    ];
    for address in never {
        assert!(matches!(verdict(&egress, address), Err(Cause::Never(_))), "{address}");
    }
}

#[test]
fn without_internet_public_addresses_need_a_rule() {
    let egress = Egress { internet: false, allow_hosts: vec![host("hooks.slack.com", &[])], ..internet() };
    let address: IpAddr = "93.184.216.34".parse().unwrap();
    assert_eq!(judge(&egress, "hooks.slack.com", 443, address), Ok(()));
    let denied = judge(&egress, "other.example.com", 443, address).unwrap_err();
    assert_eq!(denied.cause, Cause::Internet);
    assert_eq!(
        denied.to_string(),
        "93.184.216.34 port 443: the gateway's egress.internet is Deny and no rule of egress.allow covers it"
    );
}

#[test]
fn loopback_is_open_in_a_local_run_and_nothing_else_is() {
    let egress = Egress { loopback: true, ..internet() };
    for address in ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(verdict(&egress, address), Ok(()), "{address}");
    }
    for address in ["0.0.0.0", "::", "169.254.169.254", "10.0.0.1"] {
        assert!(verdict(&egress, address).is_err(), "{address}");
    }
    // At the other end of a translator or tunnel, it is another machine's.
    for address in ["64:ff9b::7f00:1", "2606:4700::200:5efe:127.0.0.1"] {
        assert_eq!(verdict(&egress, address), Err(Cause::Never("loopback")), "{address}");
    }
}

#[test]
fn http_is_not_sent_to_ports_of_other_protocols_unless_a_rule_lists_them() {
    let address: IpAddr = "93.184.216.34".parse().unwrap();
    let open = Egress {
        allow_addresses: vec![cidr("93.184.216.0/24", &[6443])],
        allow_hosts: vec![host("mail.example.com", &[])],
        ..internet()
    };
    let cases = [(25, "smtp"), (22, "ssh"), (6000, "x11"), (10250, "kubelet"), (587, "submission")];
    for (port, name) in cases {
        let denied = judge_http(&open, "mail.example.com", port, address).unwrap_err();
        assert_eq!(denied.cause, Cause::Port(name), "{port}");
    }
    assert_eq!(
        judge_http(&internet(), "k.example.com", 6443, address).unwrap_err().cause,
        Cause::Port("Kubernetes API")
    );
    for port in [80, 443, 3000, 6443, 8080, 8443] {
        assert_eq!(judge_http(&open, "k.example.com", port, address), Ok(()), "{port}");
    }
}

#[test]
fn every_port_of_the_table_is_found() {
    assert_eq!((0..=u16::MAX).filter(|&port| ports::other_protocol(port).is_some()).count(), 88);
}

#[test]
fn a_host_pattern_is_a_name_or_a_suffix() {
    let cases = [
        ("hooks.slack.com", "hooks.slack.com", true),
        ("Hooks.Slack.com.", "hooks.slack.com", true),
        ("hooks.slack.com", "xhooks.slack.com", false),
        ("hooks.slack.com", "hooks.slack.com.evil.example", false),
        ("*.example.com", "a.example.com", true),
        ("*.example.com", "a.b.example.com", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", ".example.com", false),
        ("*.example.com", "aexample.com", false),
        ("*.", "a.", false),
        ("*", "a", false),
    ];
    for (pattern, name, matches) in cases {
        assert_eq!(host_matches(pattern, name), matches, "{pattern} {name}");
    }
}

mod property {
    use std::net::{IpAddr, Ipv4Addr};

    use proptest::prelude::*;

    use super::{internet, judge};

    proptest! {
        #[test]
        fn no_wrapping_makes_a_refused_ipv4_address_dialled(bits: u32, high: u16) {
            let four = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = four.octets();
            let [a, b] = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
            let wrapped = [
                [0, 0, 0, 0, 0, 0xffff, a, b], [0, 0, 0, 0, 0, 0, a, b], [0, 0, 0, 0, 0xffff, 0, a, b],
                [0x64, 0xff9b, 0, 0, 0, 0, a, b], [0x2002, a, b, high, 0, 0, 0, 1],
                [0x2001, 0, 0x5db8, 0xd822, 0, high, !a, !b], [0x2001, 0, a, b, 0, high, 0xa247, 0x27dd],
            ];
            if judge(&internet(), "h", 443, four.into()).is_err() {
                for segments in wrapped {
                    prop_assert!(judge(&internet(), "h", 443, IpAddr::from(segments)).is_err(), "{segments:x?}");
                }
            }
        }
    }
}
