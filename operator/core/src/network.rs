//! Networks in CIDR form, as Kubernetes reads them: no leading zeros, no IPv4 address in IPv6 clothes.

use std::net::IpAddr;

use ipnet::IpNet;

/// The network, without bits behind its prefix. A bare address is a network of one.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    let Some((start, prefix)) = text.split_once('/') else { return address(text).map(IpNet::from) };
    let is_canonical = prefix.bytes().all(|byte| byte.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
    let prefix = prefix.parse().ok().filter(|_| is_canonical)?;
    IpNet::new(address(start)?, prefix).ok().map(|network| network.trunc())
}

/// The address.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    let is_mapped = matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
    (!is_mapped).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_network_has_one_canonical_form() {
        let canonical = [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("2001:db8::1", "2001:db8::1/128"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ];
        for (text, expected) in canonical {
            assert_eq!(parse(text).map(|network| network.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_network() {
        let refused = [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0/8",
            "010.0.0.0/8",
            "2001:db8::/129",
            "example.com",
            "10.0.0.0/8 ",
            "::ffff:10.0.0.0/104",
            "::ffff:10.1.2.3",
            "fe80::1%eth0",
        ];
        for text in refused {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
