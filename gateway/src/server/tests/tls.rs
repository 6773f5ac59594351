//! HTTPS on the public port.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::edge::{Edge, HostCertificate, Pair};
use boathook_plan::secret::{Secret, SecretText};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{PATIENCE, POST, connect, hello, large, metric, narrow, rest, start};
use crate::clock::Clock;
use crate::config::{Config, Limits, Pace};
use crate::gateway::Gateway;

/// A certificate for a host that its own clients believe.
struct Issued {
    pair: Pair,
    root: CertificateDer<'static>,
}

fn issued(host: &str) -> Issued {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec![host.to_owned()]).unwrap();
    let key = SecretText(Secret::new(signing_key.serialize_pem().into_bytes()));
    let root = CertificateDer::from_pem_slice(cert.pem().as_bytes()).unwrap();
    Issued { pair: Pair { chain: cert.pem(), key }, root }
}

/// What a gateway is told to serve.
fn edge(certificates: &[(Option<&str>, Option<&Issued>)]) -> Edge {
    let certificates = certificates.iter().map(|(host, issued)| HostCertificate {
        host: host.map(str::to_owned),
        pair: issued.map(|issued| issued.pair.clone()),
    });
    Edge { tls: Some(certificates.collect()), ..Edge::default() }
}

/// A handshake of a client that asks for `host` and believes `issued` alone.
async fn dial(
    gateway: &Gateway,
    host: &str,
    issued: &Issued,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    secure(connect(gateway).await, host, issued, protocols).await
}

/// The same, over a connection.
async fn secure(
    stream: TcpStream,
    host: &str,
    issued: &Issued,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(issued.root.clone()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Posts over the connection, and reads the answer.
async fn post(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(POST).await.unwrap();
    let mut text = String::new();
    while !text.ends_with(r#"{"ok":true}"#) {
        let mut space = [0; 4096];
        let count = timeout(PATIENCE, stream.read(&mut space)).await.expect("an answer").unwrap();
        assert_ne!(count, 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&space[..count]).unwrap());
    }
    text
}

#[tokio::test]
async fn each_host_has_its_own_certificate_and_the_others_the_gateways() {
    let gateway = hello(Limits::default()).await;
    let (own, shop) = (issued("hooks.test"), issued("shop.test"));
    gateway.apply(&edge(&[(None, Some(&own)), (Some("shop.test"), Some(&shop))])).unwrap();
    assert!(gateway.is_secure());
    for (host, issued) in [("hooks.test", &own), ("shop.test", &shop), ("SHOP.test", &shop)] {
        let mut stream = dial(&gateway, host, issued, &[b"http/1.1"]).await.unwrap();
        assert!(post(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    assert!(dial(&gateway, "hooks.test", &shop, &[]).await.is_err(), "the other's certificate is not shown");
    assert!(dial(&gateway, "shop.test", &own, &[]).await.is_err());
}

#[tokio::test]
async fn http_2_is_agreed_on_where_the_client_speaks_it() {
    let gateway = hello(Limits::default()).await;
    let own = issued("hooks.test");
    gateway.apply(&edge(&[(None, Some(&own))])).unwrap();
    for (offered, agreed) in
        [(&[&b"h2"[..], b"http/1.1"][..], Some(&b"h2"[..])), (&[b"http/1.1"], Some(b"http/1.1")), (&[], None)]
    {
        let stream = dial(&gateway, "hooks.test", &own, offered).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), agreed);
    }
    assert!(dial(&gateway, "hooks.test", &own, &[b"spdy/1"]).await.is_err());
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_without_a_dropped_connection() {
    let gateway = hello(Limits::default()).await;
    let (first, second) = (issued("hooks.test"), issued("hooks.test"));
    gateway.apply(&edge(&[(None, Some(&first))])).unwrap();
    let mut open = dial(&gateway, "hooks.test", &first, &[]).await.unwrap();
    post(&mut open).await;
    gateway.apply(&edge(&[(None, Some(&second))])).unwrap();
    post(&mut open).await;
    assert!(dial(&gateway, "hooks.test", &first, &[]).await.is_err());
    post(&mut dial(&gateway, "hooks.test", &second, &[]).await.unwrap()).await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_leaves_the_one_from_before() {
    let gateway = hello(Limits::default()).await;
    let (own, other) = (issued("hooks.test"), issued("other.test"));
    gateway.apply(&edge(&[(None, Some(&own))])).unwrap();
    let mixed =
        Issued { pair: Pair { chain: own.pair.chain.clone(), key: other.pair.key.clone() }, root: own.root.clone() };
    for next in [None, Some(&mixed)] {
        gateway.apply(&edge(&[(None, next), (Some("shop.test"), next)])).unwrap();
        post(&mut dial(&gateway, "hooks.test", &own, &[]).await.unwrap()).await;
        assert!(
            dial(&gateway, "shop.test", &own, &[]).await.is_err(),
            "a host without one of its own has the gateway's"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_to_speak_https_never_speaks_plain_http() {
    let gateway = hello(Limits::default()).await;
    gateway.apply(&edge(&[(None, None)])).unwrap();
    let mut plain = connect(&gateway).await;
    plain.write_all(POST).await.unwrap();
    let answer = rest(&mut plain).await;
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
    assert!(dial(&gateway, "hooks.test", &issued("hooks.test"), &[]).await.is_err());
    metric(&gateway, r#"boathook_connections_dropped_total{cause="Handshake"} 2"#).await;
    gateway.apply(&Edge::default()).unwrap();
    let mut plain = connect(&gateway).await;
    assert!(super::exchange(&mut plain, POST).await.starts_with("HTTP/1.1 200 OK\r\n"));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_is_given_up_after_ten_seconds() {
    let gateway = hello(Limits::default()).await;
    gateway.apply(&edge(&[(None, Some(&issued("hooks.test")))])).unwrap();
    let begun = tokio::time::Instant::now();
    let mut silent = connect(&gateway).await;
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(begun.elapsed().as_secs(), Duration::from_secs(10).as_secs());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_its_place_free_again() {
    let pace = Pace { write: Duration::from_millis(60), ..Pace::default() };
    let limits = Limits { pace, address_connections: 1, ..Limits::default() };
    let gateway = start(limits, vec![large("hello", 60_000)]).await;
    let own = issued("hooks.test");
    gateway.apply(&edge(&[(None, Some(&own))])).unwrap();
    let mut deaf = dial(&gateway, "hooks.test", &own, &[b"http/1.1"]).await.unwrap();
    let flood = async { while deaf.write_all(POST).await.is_ok() {} };
    timeout(PATIENCE, flood).await.expect("the connection is closed");
    let again = async { while dial(&gateway, "hooks.test", &own, &[]).await.is_err() {} };
    timeout(PATIENCE, again).await.expect("a place is free again");
    metric(&gateway, r#"boathook_connections_dropped_total{cause="SlowReader"} 1"#).await;
}

#[tokio::test]
async fn a_client_that_takes_its_answer_slowly_has_all_of_it() {
    let pace = Pace { write: Duration::from_millis(400), ..Pace::default() };
    let gateway = start(Limits { pace, ..Limits::default() }, vec![large("hello", 400_000)]).await;
    let own = issued("hooks.test");
    gateway.apply(&edge(&[(None, Some(&own))])).unwrap();
    let mut slow = secure(narrow(&gateway).await, "hooks.test", &own, &[b"http/1.1"]).await.unwrap();
    slow.write_all(POST).await.unwrap();
    let mut taken = 0;
    let mut space = [0; 8 << 10];
    // The last 64 KiB of it, which are the session's, take longer than a client may take nothing.
    while taken < 400_000 {
        let count = timeout(PATIENCE, slow.read(&mut space)).await.expect("more of it").unwrap();
        assert_ne!(count, 0, "cut off after {taken} bytes");
        taken += count;
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
}

#[tokio::test]
async fn nobody_is_served_before_it_is_known_what_the_port_speaks() {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen: free, admin: free, ..Config::default() };
    let gateway = Gateway::start(config, Clock::system()).await.unwrap();
    assert_eq!(gateway.swap(vec![large("hello", 1)], BTreeSet::new()), Vec::new());
    let own = issued("hooks.test");
    let mut early = connect(&gateway).await;
    early.write_all(POST).await.unwrap();
    let mut space = [0; 1];
    assert!(timeout(Duration::from_millis(100), early.read(&mut space)).await.is_err(), "it waits");
    gateway.apply(&edge(&[(None, Some(&own))])).unwrap();
    let answer = rest(&mut early).await;
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
    assert!(dial(&gateway, "hooks.test", &own, &[]).await.is_ok());
}
