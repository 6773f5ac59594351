//! What a start finds: another process, a newer version, another file, a cut log, rows that are gone, runs that a crash left.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::open;
use crate::store::OpenError;
use crate::store::ending::{Admission, Phase};
use crate::store::new::JournalEntry;
use crate::store::testing::{append, claim, delivery, entry, id, ids, keyed, noon};

/// A store with three deliveries that was closed.
async fn closed(directory: &Path) {
    let store = open(directory).unwrap().store;
    for number in 1..=3 {
        store.accept(delivery(number)).await.unwrap();
    }
    store.close().await;
}

#[tokio::test]
async fn what_was_accepted_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap().store;
    store.accept(keyed(1, "k")).await.unwrap();
    let fence = store.claim(claim(1, noon())).await.unwrap().claimed[0].fence;
    let secret = JournalEntry { text: b"secret"[..].into(), sensitive: true };
    store.append(append(fence, vec![entry("one"), secret.clone()])).await.unwrap();
    store.close().await;
    drop(store);

    let opened = open(directory.path()).unwrap();
    assert_eq!((opened.resumed, opened.damaged, opened.lost_keys), (1, Vec::new(), 0));
    let store = opened.store;
    assert_eq!(store.execution(id(1)).await.unwrap().unwrap().phase, Phase::Waiting);
    let again = store.claim(claim(1, noon())).await.unwrap().claimed.remove(0);
    assert_eq!((again.fence.number, again.entries), (2, vec![entry("one"), secret]));
    assert_eq!(again.payloads, [delivery(1).payload]);
    assert!(matches!(store.accept(keyed(2, "k")).await.unwrap(), Admission::Duplicate(_)));
    assert_eq!(store.plan(again.plan).await.unwrap().as_deref(), Some(b"{\"plan\":1}".as_slice()));
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path()).unwrap().store;
    let refused = open(directory.path()).unwrap_err();
    let expected = format!("the store {} is in use by process {}", directory.path().display(), std::process::id());
    assert_eq!(refused.to_string(), expected);
    first.close().await;
    open(directory.path()).unwrap();
}

fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    closed(directory.path()).await;
    let path = directory.path().join("store.db");
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 2).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(db);
    // As another process left it.
    std::fs::write(directory.path().join("store.lock"), "another").unwrap();
    let before = files(directory.path());
    assert!(matches!(open(directory.path()), Err(OpenError::NewerVersion { found: 2, known: 1, .. })));
    assert_eq!(files(directory.path()), before);
}

#[tokio::test]
async fn a_newer_version_that_stands_in_the_log_alone_is_seen_and_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    closed(directory.path()).await;
    let db = Connection::open(directory.path().join("store.db")).unwrap();
    db.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    db.pragma_update(None, "user_version", 2).unwrap();
    let ended = tempfile::tempdir().unwrap();
    for file in ["store.db", "store.db-wal", "store.key", "store.witness", "store.lock"] {
        std::fs::copy(directory.path().join(file), ended.path().join(file)).unwrap();
    }
    let before = files(ended.path());
    assert!(matches!(open(ended.path()), Err(OpenError::NewerVersion { found: 2, known: 1, .. })));
    assert_eq!(files(ended.path()), before);
}

#[test]
fn a_file_of_something_else_is_not_taken() {
    for content in [b"".as_slice(), b"hello", &[0; 4_096]] {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("store.db"), content).unwrap();
        assert!(matches!(open(directory.path()), Err(OpenError::NotAStore(_))));
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_not_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    closed(directory.path()).await;
    std::fs::remove_file(directory.path().join("store.db")).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::Behind { found: 0, .. })));
}

#[tokio::test]
async fn a_key_that_is_gone_is_not_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    closed(directory.path()).await;
    let key = directory.path().join("store.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::KeyGone(path)) if path == key));
    std::fs::write(&key, kept).unwrap();
    open(directory.path()).unwrap();
}

#[tokio::test]
async fn rows_that_are_gone_are_missed() {
    for (table, sql) in [
        ("payloads", "DELETE FROM payloads WHERE seq = 2"),
        ("executions", "DELETE FROM executions WHERE seq = 2"),
        ("requests", "INSERT INTO requests VALUES (1, x'00', 1, 1, 1, '', NULL, NULL, 1, x'00')"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        closed(directory.path()).await;
        let db = Connection::open(directory.path().join("store.db")).unwrap();
        db.execute(sql, []).unwrap();
        drop(db);
        let Err(OpenError::RowsMissing { table: named, .. }) = open(directory.path()) else { panic!("{table}") };
        assert_eq!(named, table);
    }
}

#[tokio::test]
async fn only_the_owner_may_read_a_store() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("store");
    let store = open(&directory).unwrap().store;
    store.accept(delivery(1)).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in std::fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn lists_are_newest_first_and_paged() {
    let directory = tempfile::tempdir().unwrap();
    closed(directory.path()).await;
    let store = open(directory.path()).unwrap().store;
    let filter = crate::store::Filter { namespace: Some("shop".into()), limit: 2, ..Default::default() };
    let page = store.executions(filter.clone()).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id(3), id(2)]);
    let rest = store.executions(crate::store::Filter { before: page.next, ..filter }).await.unwrap();
    assert_eq!((rest.rows[0].id, rest.next), (id(1), None));
    let failed = crate::store::Filter { phases: vec![Phase::Failed], ..Default::default() };
    assert_eq!(store.executions(failed).await.unwrap().rows, []);
    assert_eq!(store.totals().await.unwrap()[0].queued, 3);
    assert_eq!(ids(&store.claim(claim(9, noon())).await.unwrap().claimed), [id(1), id(2), id(3)]);
}
