//! Keeps web pages out of the admin port: a browser on this machine reaches loopback, and its pages may come from anywhere.
//!
//! A page may have made its own name lead to 127.0.0.1 (DNS rebinding): a port on loopback answers to addresses and
//! `localhost` alone. A page of another site may still post: what changes something is refused to it.

use axum::body::Body;
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Refusal;

/// Whether the port is on loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loopback(pub(super) bool);

/// Refuses what a web page of another site may have sent.
pub(super) async fn keep_pages_out(State(loopback): State<Loopback>, request: Request<Body>, next: Next) -> Response {
    match judge(loopback, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn judge<B>(Loopback(loopback): Loopback, request: &Request<B>) -> Result<(), Refusal> {
    let headers = request.headers();
    // HTTP/2 has it in the target.
    let field = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let host = field.or_else(|| request.uri().authority().cloned());
    if loopback && !host.as_ref().is_some_and(is_local) {
        return Err(forbidden("the admin port answers to localhost and to addresses, not to other names"));
    }
    if request.method().is_safe() {
        return Ok(());
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| !matches!(site, b"same-origin" | b"none")) {
        return Err(forbidden("a page of another site asks"));
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let asks = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    if asks.is_some() && asks == host.as_ref().map(Authority::as_str) {
        return Ok(());
    }
    Err(forbidden("a page of another site asks"))
}

fn is_local(host: &Authority) -> bool {
    let name = host.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || address.parse::<std::net::IpAddr>().is_ok()
}

fn forbidden(detail: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "Forbidden", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, fields: &[(&'static str, &str)]) -> bool {
        let request = Request::builder().method(method).uri("/v1/executions");
        let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        judge(Loopback(true), &request.body(()).unwrap()).is_ok()
    }

    #[test]
    fn a_port_on_loopback_answers_to_addresses_and_localhost_alone() {
        for host in ["127.0.0.1:8081", "localhost:8081", "localhost", "[::1]:8081", "LocalHost"] {
            assert!(ask("GET", &[("host", host)]), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:8081", "localhost.evil.example"] {
            assert!(!ask("GET", &[("host", host)]), "{host}");
        }
        assert!(!ask("GET", &[]));
    }

    #[test]
    fn a_page_of_another_site_changes_nothing() {
        let host = ("host", "127.0.0.1:8081");
        assert!(ask("POST", &[host]));
        assert!(ask("POST", &[host, ("origin", "http://127.0.0.1:8081"), ("sec-fetch-site", "same-origin")]));
        for field in [
            ("origin", "http://evil.example"),
            ("origin", "http://127.0.0.1:3000"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!ask("POST", &[host, field]), "{field:?}");
            assert!(ask("GET", &[host, field]), "{field:?}");
        }
    }
}
