//! Every address that must not be dialled, in every dress, on every way to the dial: 0 of them are dialled.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use boathook_plan::plan::HttpStep;
use boathook_plan::reason::StepReason;

use super::server::{Server, response};
use super::{PUBLIC, TestNetwork, attempt, executor, perform, step};

/// One address at least of each class; where a class is large, both of its ends.
const FOUR: [&str; 31] = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.254",
    "255.255.255.255",
];

/// As above.
const SIX: [&str; 30] = [
    "::",
    "::1",
    "::2",
    "::7f00:1",
    "::ffff:0:7f00:1",
    "64:ff9b:1::1",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:5db8:d822::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::",
    "fd00::",
    "fd00:42::42",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fec0::1",
    "ff01::1",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/// IPv6 addresses that lead to an IPv4 address: mapped, translated twice, compatible, and out of three kinds of tunnel.
fn carriers(address: &str) -> [String; 7] {
    let four: Ipv4Addr = address.parse().unwrap();
    let [a, b, c, d] = four.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let (not_high, not_low) = (!high, !low);
    [
        format!("::ffff:{high:x}:{low:x}"),
        format!("64:ff9b::{high:x}:{low:x}"),
        format!("::ffff:0:{high:x}:{low:x}"),
        format!("::{high:x}:{low:x}"),
        format!("2002:{high:x}:{low:x}::1"),
        format!("2001:0:5db8:d822:0:0:{not_high:x}:{not_low:x}"),
        format!("2606:4700::200:5efe:{high:x}:{low:x}"),
    ]
}

/// What URL readers take for this IPv4 address.
fn spellings(address: &str) -> Vec<String> {
    let four: Ipv4Addr = address.parse().unwrap();
    let (bits, [a, b, c, d]) = (four.to_bits(), four.octets());
    let ascii = [
        address.to_owned(),
        format!("{address}."),
        format!("{bits}"),
        format!("{bits:#x}"),
        format!("0{bits:011o}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:03o}.0{b:03o}.0{c:03o}.0{d:03o}"),
        format!("{a}.{}", bits & 0x00ff_ffff),
        format!("{a}.{b}.{}", bits & 0xffff),
        format!("0X{a:X}.{b}.0{c:o}.{d}"),
        format!("[::ffff:{address}]"),
        format!("[0:0:0:0:0:FFFF:{address}]"),
        format!("[64:ff9b::{address}]"),
        format!("%{}", address.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join("%")),
    ];
    let wide = |plain: char| char::from_u32(u32::from(plain) + 0xfee0).unwrap();
    let disguised = [address.chars().map(wide).collect(), address.replace('.', "。")];
    let carried = carriers(address).map(|six| format!("[{six}]"));
    ascii.into_iter().chain(disguised).chain(carried).collect()
}

/// What URL readers take for this IPv6 address.
fn long_spellings(address: &str) -> Vec<String> {
    let six: Ipv6Addr = address.parse().unwrap();
    let groups = six.segments();
    let full = groups.map(|group| format!("{group:04x}")).join(":");
    let [a, b, c, d] = u32::from_be_bytes(six.octets()[12..].try_into().unwrap()).to_be_bytes();
    let head = groups[..6].iter().map(|group| format!("{group:x}")).collect::<Vec<_>>().join(":");
    [address.to_owned(), address.to_uppercase(), full, format!("{head}:{a}.{b}.{c}.{d}")]
        .map(|text| format!("[{text}]"))
        .to_vec()
}

/// Hosts of URLs that all mean something forbidden.
fn hosts() -> Vec<String> {
    FOUR.iter().flat_map(|four| spellings(four)).chain(SIX.iter().flat_map(|six| long_spellings(six))).collect()
}

/// Forbidden addresses as a name server may give them.
fn addresses() -> Vec<String> {
    let carried = FOUR.iter().flat_map(|four| carriers(four));
    FOUR.iter().chain(&SIX).map(ToString::to_string).chain(carried).collect()
}

#[tokio::test]
async fn none_is_dialled_out_of_a_url() {
    let (network, hosts) = (Arc::new(TestNetwork::default()), hosts());
    for host in &hosts {
        let failure = perform(&network, &step(&format!("http://{host}/"))).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::EgressDenied, false), "{host}: {failure:?}");
        assert_eq!(network.dialled(), [""; 0], "{host}");
    }
    assert_eq!(hosts.len(), 31 * 23 + 30 * 4);
}

#[tokio::test]
async fn none_is_dialled_out_of_a_name() {
    let addresses = addresses();
    for address in &addresses {
        for found in [&[address.as_str()][..], &[PUBLIC, address], &[address, PUBLIC]] {
            let network = Arc::new(TestNetwork::default().name("rebind.test", found));
            let failure = perform(&network, &step("http://rebind.test/")).await.unwrap_err();
            assert_eq!((failure.reason, failure.retryable), (StepReason::EgressDenied, false), "{found:?}");
            assert_eq!(network.dialled(), [""; 0], "{found:?}");
        }
    }
    assert_eq!(addresses.len(), 31 + 30 + 31 * 7);
}

#[tokio::test]
async fn none_is_dialled_after_a_name_was_good_once() {
    let server = Server::answering(response("200 OK", &["connection: close"], "")).await;
    for address in addresses() {
        let network = TestNetwork::default()
            .changing_name("rebind.test", &[&[PUBLIC], &[&address]])
            .leads("93.184.216.34:80", server.address);
        let network = Arc::new(network);
        let (executor, attempt) = (executor(&network), attempt(&step("http://rebind.test/")));
        executor.perform(&attempt, &BTreeMap::new()).await.unwrap();
        let failure = executor.perform(&attempt, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(failure.reason, StepReason::EgressDenied, "{address}");
        assert_eq!(network.dialled(), ["93.184.216.34:80"], "{address}");
    }
}

#[tokio::test]
async fn none_is_dialled_after_a_redirect() {
    for host in hosts() {
        let location = format!("location: http://{host}/");
        let server = Server::answering(response("307 Temporary Redirect", &[&location], "")).await;
        let network = TestNetwork::default().name("first.test", &[PUBLIC]).leads("93.184.216.34:80", server.address);
        let network = Arc::new(network);
        let following = HttpStep { follow_redirects: 3, ..step("http://first.test/") };
        let failure = perform(&network, &following).await.unwrap_err();
        assert_eq!((failure.reason, failure.retryable), (StepReason::EgressDenied, false), "{host}");
        assert_eq!(network.dialled(), ["93.184.216.34:80"], "{host}");
    }
}
