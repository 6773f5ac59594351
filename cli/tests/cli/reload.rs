//! Files change under a running `boathook run`.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::files::{answering, rename_over};
use crate::process::{PATIENCE, Run};

const HELLO: &str = "/api/webhooks/default/hello";

async fn post(url: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Asks until it is answered so.
async fn until(url: &str, status: u16, body: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let (seen, text) = post(url).await;
        if seen == status && text.contains(body) {
            return;
        }
        assert!(Instant::now() < end, "{url} still answers {seen} {text}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_served_and_no_request_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hello.yaml");
    fs::write(&file, answering("hello", 0)).unwrap();
    let run = Run::start(folder.path());
    let url = run.url(HELLO);
    let (is_over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let (url, is_over, sent) = (url.clone(), Arc::clone(&is_over), Arc::clone(&sent));
            tokio::spawn(async move {
                let client = reqwest::Client::builder().no_proxy().build().unwrap();
                while !is_over.load(Ordering::Relaxed) {
                    let answer = client.post(&url).send().await.unwrap();
                    assert_eq!(answer.status(), 200);
                    answer.bytes().await.unwrap();
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for version in 1..=5 {
        rename_over(&file, &answering("hello", version));
        until(&url, 200, &format!("{{\"version\":{version}}}")).await;
    }
    is_over.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    assert!(sent.load(Ordering::Relaxed) > 100, "the edits went by unnoticed");
}

#[tokio::test]
async fn a_broken_edit_serves_on_and_tells_every_problem() {
    let folder = tempfile::tempdir().unwrap();
    let (hello, other) = (folder.path().join("hello.yaml"), folder.path().join("other.yaml"));
    fs::write(&hello, answering("hello", 1)).unwrap();
    fs::write(&other, answering("other", 1)).unwrap();
    let run = Run::start(folder.path());
    rename_over(&hello, &answering("hello", 2).replace("public", "pubic").replace("steps", "stepps"));
    run.told("unknown field `pubic`: did you mean `public`?");
    run.told("hello.yaml:5:");
    run.told("unknown field `stepps`: did you mean `steps`?");
    run.told("not reloaded: 2 routes served as before the last edit");
    until(&run.url(HELLO), 200, "{\"version\":1}").await;
    rename_over(&hello, &answering("hello", 3));
    run.told("reloaded: 2 routes");
    until(&run.url(HELLO), 200, "{\"version\":3}").await;
}

#[tokio::test]
async fn a_refused_workflow_keeps_its_last_form_while_others_move() {
    let folder = tempfile::tempdir().unwrap();
    let (hello, other) = (folder.path().join("hello.yaml"), folder.path().join("other.yaml"));
    fs::write(&hello, answering("hello", 1)).unwrap();
    fs::write(&other, answering("other", 1)).unwrap();
    let run = Run::start(folder.path());
    rename_over(&hello, &answering("hello", 2).replace("steps:", "serviceAccountName: deployer\n  steps:"));
    run.told("not built yet (spec.serviceAccountName)");
    run.told("note: default/hello is served as before this edit");
    run.told("reloaded: 2 routes");
    rename_over(&other, &answering("other", 2));
    until(&run.url("/api/webhooks/default/other"), 200, "{\"version\":2}").await;
    until(&run.url(HELLO), 200, "{\"version\":1}").await;
}

#[tokio::test]
async fn a_removed_file_takes_its_routes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.yaml"), answering("hello", 1)).unwrap();
    fs::write(folder.path().join("other.yaml"), answering("other", 1)).unwrap();
    let run = Run::start(folder.path());
    until(&run.url("/api/webhooks/default/other"), 200, "1").await;
    fs::remove_file(folder.path().join("other.yaml")).unwrap();
    until(&run.url("/api/webhooks/default/other"), 404, "").await;
    until(&run.url(HELLO), 200, "1").await;
}

#[tokio::test]
async fn a_mounted_config_map_is_followed_through_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("..first")).unwrap();
    fs::write(path("..first/hello.yaml"), answering("hello", 1)).unwrap();
    symlink("..first", path("..data")).unwrap();
    symlink("..data/hello.yaml", path("hello.yaml")).unwrap();
    let run = Run::start(folder.path());
    until(&run.url(HELLO), 200, "{\"version\":1}").await;
    fs::create_dir(path("..second")).unwrap();
    fs::write(path("..second/hello.yaml"), answering("hello", 2)).unwrap();
    symlink("..second", path("..data_tmp")).unwrap();
    fs::rename(path("..data_tmp"), path("..data")).unwrap();
    fs::remove_dir_all(path("..first")).unwrap();
    until(&run.url(HELLO), 200, "{\"version\":2}").await;
}

#[tokio::test]
async fn a_file_that_is_named_alone_is_followed_through_a_rename() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hello.yaml");
    fs::write(&file, answering("hello", 1)).unwrap();
    let run = Run::start(&file);
    rename_over(&file, &answering("hello", 2));
    until(&run.url(HELLO), 200, "{\"version\":2}").await;
}
