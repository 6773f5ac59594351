//! What the steps of `boathook run` reach, and what they do not.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use crate::process::{Run, out, shell};

const NO_CONTENT: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// A listener that answers one request, and the request's first line.
fn answering() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).unwrap();
        stream.write_all(NO_CONTENT).unwrap();
        String::from_utf8_lossy(&piece[..count]).lines().next().unwrap_or_default().to_owned()
    });
    (address, serving)
}

/// A listener that nobody should come to.
fn unvisited() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    (listener.local_addr().unwrap().to_string(), listener)
}

fn calling(folder: &Path, target: &str) {
    let workflow = format!(
        "apiVersion: boathook.dev/v1alpha1\n\
         kind: WebhookWorkflow\n\
         metadata: {{name: call}}\n\
         spec:\n\
         \x20 webhook: {{public: true}}\n\
         \x20 retry: {{attempts: 1}}\n\
         \x20 steps: [{{name: call, http: {{url: 'http://{target}/there'}}}}]\n\
         \x20 response: {{mode: Sync, json: {{status: '{{{{ $steps.call.status }}}}'}}}}\n"
    );
    fs::write(folder.join("call.yaml"), workflow).unwrap();
}

/// Body and status of the answer to a POST.
fn post(run: &Run) -> String {
    let url = run.url("/api/webhooks/default/call");
    out(&shell(&format!("curl -sS --noproxy '*' -X POST -w ' %{{http_code}}' {url}")))
}

#[test]
fn proxies_that_the_environment_names_are_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (target, serving) = answering();
    let (proxy, listener) = unvisited();
    calling(folder.path(), &target);
    let proxy = format!("http://{proxy}");
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let run = Run::start_with(folder.path(), &[], &names.map(|name| (name, proxy.as_str())));
    assert_eq!(post(&run), "{\"status\":204} 200");
    assert_eq!(serving.join().unwrap(), "GET /there HTTP/1.1");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn loopback_is_shut_where_it_is_denied() {
    let folder = tempfile::tempdir().unwrap();
    let (target, listener) = unvisited();
    calling(folder.path(), &target);
    let run = Run::start_with(folder.path(), &["--deny-loopback-egress"], &[]);
    let answer = post(&run);
    assert!(answer.contains("\"reason\":\"RunFailed\"") && answer.ends_with(" 500"), "{answer}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
