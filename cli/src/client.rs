//! The HTTP client of commands: follows no redirects, and asks no proxy for this machine's own ports.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, Url, redirect};

use crate::failure::{Failure, chain};

/// A person waits: longer than any Sync deadline, and no longer.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A client for this URL.
pub fn to(url: &Url) -> Result<Client, Failure> {
    build(url, Client::builder().timeout(TIMEOUT))
}

/// A client for this URL whose answer may go on for ever.
pub fn endless(url: &Url) -> Result<Client, Failure> {
    build(url, Client::builder().connect_timeout(TIMEOUT))
}

fn build(url: &Url, client: ClientBuilder) -> Result<Client, Failure> {
    let client = client.redirect(redirect::Policy::none());
    let client = if is_local(url) { client.no_proxy() } else { client };
    client.build().map_err(|error| Failure::stuck(format!("set up the HTTP client: {}", chain(&error))))
}

/// Why a request failed, without the URL that reqwest puts in front.
pub fn reason(error: &reqwest::Error) -> String {
    let deepest = std::iter::successors(std::error::Error::source(error), |cause| cause.source()).last();
    deepest.map_or_else(|| error.to_string(), ToString::to_string)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
