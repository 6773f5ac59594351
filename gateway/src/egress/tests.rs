//! A network of the tests' own, and what the connector dials on it.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use boathook_plan::plan::Egress;
use tokio::net::TcpStream;

use super::{Network, Pending};

/// Knows the names it was told, keeps a list of what is dialled, and leads dials to local servers.
#[derive(Debug, Default)]
pub(crate) struct TestNetwork {
    names: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    servers: HashMap<SocketAddr, SocketAddr>,
    silent: Vec<SocketAddr>,
    dialled: Mutex<Vec<SocketAddr>>,
}

impl TestNetwork {
    /// `host` has these addresses.
    pub(crate) fn name(self, host: &str, addresses: &[&str]) -> Self {
        self.changing_name(host, &[addresses])
    }

    /// `host` has other addresses at each lookup; the last ones stay.
    pub(crate) fn changing_name(self, host: &str, answers: &[&[&str]]) -> Self {
        let parse = |addresses: &&[&str]| addresses.iter().map(|address| address.parse().unwrap()).collect();
        self.names.lock().unwrap().insert(host.to_owned(), answers.iter().rev().map(parse).collect());
        self
    }

    /// Dials of `address` reach a local server.
    pub(crate) fn leads(mut self, address: &str, server: SocketAddr) -> Self {
        self.servers.insert(address.parse().unwrap(), server);
        self
    }

    /// Dials of `address` hear nothing.
    pub(crate) fn silent(mut self, address: &str) -> Self {
        self.silent.push(address.parse().unwrap());
        self
    }

    /// What was dialled, in order.
    pub(crate) fn dialled(&self) -> Vec<String> {
        self.dialled.lock().unwrap().iter().map(ToString::to_string).collect()
    }
}

impl Network for TestNetwork {
    fn resolve<'a>(&'a self, host: &'a str) -> Pending<'a, io::Result<Vec<IpAddr>>> {
        let mut names = self.names.lock().unwrap();
        let answer = names
            .get_mut(host)
            .map(|answers| if answers.len() > 1 { answers.pop().unwrap() } else { answers.last().unwrap().clone() });
        let answer = answer.ok_or_else(|| io::Error::other("no such name"));
        Box::pin(std::future::ready(answer))
    }

    fn dial(&self, address: SocketAddr) -> Pending<'_, io::Result<TcpStream>> {
        self.dialled.lock().unwrap().push(address);
        if self.silent.contains(&address) {
            return Box::pin(std::future::pending());
        }
        let server = self.servers.get(&address).copied();
        Box::pin(async move {
            TcpStream::connect(server.ok_or_else(|| io::Error::from(io::ErrorKind::ConnectionRefused))?).await
        })
    }
}

/// `internet: Allow` and nothing else.
pub(crate) fn internet() -> Egress {
    Egress { internet: true, allow_addresses: vec![], allow_hosts: vec![], loopback: false }
}
