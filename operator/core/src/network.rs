//! Networks in CIDR form, as Kubernetes reads them: no leading zeros, no IPv4 address in IPv6 clothes.

use std::net::IpAddr;

use boathook_crds::text::Cidr;
use ipnet::IpNet;

use crate::field::Field;
use crate::report::Report;

/// The network, without bits behind its prefix. A bare address is a network of one.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    let Some((start, prefix)) = text.split_once('/') else { return address(text).map(IpNet::from) };
    let is_canonical = prefix.bytes().all(|byte| byte.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
    let prefix = prefix.parse().ok().filter(|_| is_canonical)?;
    IpNet::new(address(start)?, prefix).ok().map(|network| network.trunc())
}

/// Networks as a field lists them; what is none is told.
pub(crate) fn list(texts: &[Cidr], at: &Field, report: &mut Report) -> Vec<IpNet> {
    let networks = texts.iter().enumerate().filter_map(|(index, text)| {
        let network = parse(text);
        if network.is_none() {
            report.refuse_once(&at.item(index), "must be a network such as 10.0.0.0/8, or an address");
        }
        network
    });
    networks.collect()
}

/// Networks as people and tools write lists of them: between spaces, commas or line ends; `#` begins a comment. The second
/// part is the lines that hold anything else.
pub(crate) fn document(text: &str) -> (Vec<IpNet>, Vec<usize>) {
    let (mut networks, mut wrong) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let words = line.split('#').next().unwrap_or_default().split([' ', '\t', ',']);
        let mut is_wrong = false;
        for word in words.filter(|word| !word.is_empty()) {
            let network = parse(word);
            is_wrong |= network.is_none();
            networks.extend(network);
        }
        wrong.extend(is_wrong.then_some(index + 1));
    }
    (networks, wrong)
}

/// The address.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    let is_mapped = matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
    (!is_mapped).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::{document, parse};

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
    fn a_document_is_read_however_lists_are_written() {
        let text =
            "# of the sender\n192.30.252.0/22, 185.199.108.0/22\r\n\n2606:50c0::/32 10.0.0.1 # one machine\n\t,\n";
        let (networks, wrong) = document(text);
        let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["192.30.252.0/22", "185.199.108.0/22", "2606:50c0::/32", "10.0.0.1/32"]);
        assert_eq!(wrong, Vec::<usize>::new());
    }

    #[test]
    fn what_is_no_network_in_a_document_is_told_by_its_line_and_admits_nobody() {
        let (networks, wrong) = document("10.0.0.0/33\n10.0.0.0/8 or so\n[\"1.2.3.0/24\"]\n1.1.1.1");
        let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
        assert_eq!((networks, wrong), (vec!["10.0.0.0/8".to_owned(), "1.1.1.1/32".to_owned()], vec![1, 2, 3]));
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
