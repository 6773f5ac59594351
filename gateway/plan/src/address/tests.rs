//! Who is taken for the client, and which networks an address is in.

use http::HeaderValue;
use ipnet::IpNet;
use proptest::prelude::*;

use super::*;

fn networks(texts: &[&str]) -> Networks {
    Networks::of(&texts.iter().map(|text| text.parse::<IpNet>().unwrap()).collect::<Vec<_>>())
}

fn seen(peer: &str, trusted: &[&str], fields: &[&'static str]) -> String {
    let mut headers = HeaderMap::new();
    for field in fields {
        headers.append(FORWARDED_FOR, HeaderValue::from_static(field));
    }
    client(peer.parse().unwrap(), &headers, &networks(trusted)).to_string()
}

#[test]
fn a_forwarded_address_is_ignored_unless_the_peer_is_a_trusted_proxy() {
    for fields in [&["198.51.100.7"][..], &["10.0.0.1, 198.51.100.7"], &["127.0.0.1", "::1"]] {
        assert_eq!(seen("203.0.113.9", &[], fields), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["10.0.0.0/8"], fields), "203.0.113.9");
    }
}

#[test]
fn behind_trusted_proxies_the_right_most_hop_that_is_not_trusted_is_the_client() {
    let trusted = ["10.0.0.0/8", "2001:db8::/32"];
    for (fields, client) in [
        (&["198.51.100.7"][..], "198.51.100.7"),
        (&["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
        (&["1.1.1.1,198.51.100.7 ,\t10.2.0.1"], "198.51.100.7"),
        (&["1.1.1.1, 198.51.100.7", "10.2.0.1"], "198.51.100.7"),
        (&["198.51.100.7, 2001:db8::1"], "198.51.100.7"),
        (&["198.51.100.7:4711"], "198.51.100.7"),
        (&["[2001:4860::8888]:4711"], "2001:4860::8888"),
        (&["[2001:4860::8888]"], "2001:4860::8888"),
        (&["2001:4860::8888"], "2001:4860::8888"),
        (&["::ffff:198.51.100.7"], "198.51.100.7"),
        (&["::ffff:10.2.0.1"], "10.2.0.1"),
    ] {
        assert_eq!(seen("10.0.0.1", &trusted, fields), client, "{fields:?}");
    }
}

#[test]
fn where_every_hop_is_trusted_the_first_of_them_is_the_client() {
    assert_eq!(seen("10.0.0.1", &["10.0.0.0/8"], &["10.0.0.9, 10.0.0.8"]), "10.0.0.9");
    assert_eq!(seen("10.0.0.1", &["10.0.0.0/8"], &[]), "10.0.0.1");
}

#[test]
fn a_hop_that_is_no_address_ends_the_list() {
    for field in
        ["unknown", "", "198.51.100.7, ", "1.1.1.1, _hidden", "1.1.1.1, 10.0.0.256", "1.1.1.1, [::1", "a:b", "[::1]x"]
    {
        let fields: &'static str = field;
        assert_eq!(seen("10.0.0.1", &["10.0.0.0/8"], &[fields]), "10.0.0.1", "{field:?}");
    }
    assert_eq!(seen("10.0.0.1", &["10.0.0.0/8"], &["198.51.100.7, x, 10.0.0.2"]), "10.0.0.2");
}

#[test]
fn a_client_in_ipv6_clothes_is_its_ipv4_address() {
    assert_eq!(seen("::ffff:203.0.113.9", &[], &["1.1.1.1"]), "203.0.113.9");
    assert_eq!(seen("::ffff:10.0.0.1", &["10.0.0.0/8"], &["198.51.100.7"]), "198.51.100.7");
}

#[test]
fn a_list_of_a_hundred_hops_is_followed_no_further_than_thirty_two() {
    let long: &'static str = Box::leak(vec!["10.0.0.2"; 100].join(",").into_boxed_str());
    assert_eq!(seen("10.0.0.1", &["10.0.0.0/8"], &["198.51.100.7", long]), "10.0.0.2");
}

#[test]
fn an_address_is_in_a_network_and_not_in_what_only_reads_like_it() {
    let set = networks(&["1.2.3.4/32", "10.0.0.0/8", "2606:50c0::/32"]);
    for (address, is_in) in [
        ("1.2.3.4", true),
        ("11.2.3.45", false),
        ("1.2.3.40", false),
        ("1.2.3.3", false),
        ("1.2.3.5", false),
        ("10.0.0.0", true),
        ("10.255.255.255", true),
        ("11.0.0.0", false),
        ("9.255.255.255", false),
        ("::ffff:10.1.2.3", true),
        ("::ffff:11.1.2.3", false),
        ("2606:50c0::1", true),
        ("2606:50c1::", false),
        ("::1", false),
    ] {
        assert_eq!(set.contain(address.parse().unwrap()), is_in, "{address}");
    }
}

#[test]
fn all_of_ipv4_has_nothing_of_ipv6_and_nobody_is_in_the_empty_set() {
    let set = networks(&["0.0.0.0/0"]);
    assert!(set.contain("255.255.255.255".parse().unwrap()) && !set.contain("::1".parse().unwrap()));
    let set = networks(&["::/0"]);
    assert!(set.contain("::1".parse().unwrap()) && !set.contain("1.1.1.1".parse().unwrap()));
    assert!(!networks(&[]).contain("1.1.1.1".parse().unwrap()));
}

/// Networks close together, so that they lie in one another and side by side.
fn some_network() -> impl Strategy<Value = IpNet> {
    prop_oneof![
        (0..4096_u32, 18..=32_u8).prop_map(|(low, prefix)| IpNet::new(
            IpAddr::from((0x0a00_0000 + low).to_be_bytes()),
            prefix
        )
        .unwrap()),
        (0..4096_u128, 114..=128_u8)
            .prop_map(|(low, prefix)| IpNet::new(IpAddr::from(low.to_be_bytes()), prefix).unwrap()),
    ]
}

proptest! {
    #[test]
    fn the_set_answers_as_each_network_by_itself(
        list in prop::collection::vec(some_network(), 0..20),
        low in 0..5000_u32,
    ) {
        let list: Vec<_> = list.iter().map(IpNet::trunc).collect();
        let set = Networks::of(&list);
        for address in [IpAddr::from((0x0a00_0000 + low).to_be_bytes()), IpAddr::from(u128::from(low).to_be_bytes())] {
            // The low IPv6 addresses are none of IPv4 in IPv6 clothes.
            prop_assert_eq!(set.contain(address), list.iter().any(|network| network.contains(&address)));
        }
    }

    #[test]
    fn nothing_that_a_stranger_sends_changes_who_he_is(field in "[0-9a-f.:,\\[\\] x]{0,60}") {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_str(&field).unwrap());
        let stranger = "203.0.113.9".parse().unwrap();
        prop_assert_eq!(client(stranger, &headers, &networks(&["10.0.0.0/8"])), stranger);
        // Nor behind a proxy, which appends his address.
        headers.append(FORWARDED_FOR, HeaderValue::from_static("203.0.113.9"));
        prop_assert_eq!(client("10.0.0.1".parse().unwrap(), &headers, &networks(&["10.0.0.0/8"])), stranger);
    }
}
