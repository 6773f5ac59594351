//! A list of networks that is edited under a running `boathook run`.

use std::fs;
use std::time::Instant;

use crate::files::{answering, rename_over};
use crate::process::{PATIENCE, Run};

fn list(networks: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ips}}\ndata: {{senders: \"{networks}\"}}\n")
}

async fn until(url: &str, status: u16) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let end = Instant::now() + PATIENCE;
    loop {
        let seen = client.post(url).send().await.unwrap().status().as_u16();
        if seen == status {
            return;
        }
        assert!(Instant::now() < end, "{url} still answers {seen}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_list_of_networks_is_followed_as_it_is_edited() {
    let folder = tempfile::tempdir().unwrap();
    let access = "public: true, access: {cidrsFrom: [{configMapKeyRef: {name: ips, key: senders}}]}";
    fs::write(folder.path().join("hello.yaml"), answering("hello", 1).replace("public: true", access)).unwrap();
    let run = Run::start(folder.path());
    let url = run.url("/api/webhooks/default/hello");
    until(&url, 403).await;
    let file = folder.path().join("ips.yaml");
    rename_over(&file, &list("10.0.0.0/8, 127.0.0.1"));
    until(&url, 200).await;
    rename_over(&file, &list("# nobody"));
    until(&url, 403).await;
}
