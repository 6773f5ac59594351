//! Stores that are copied, looked at, damaged, and gone on with.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::*;
use crate::clock::Clock;
use crate::store::command::Finish;
use crate::store::ending::Phase;
use crate::store::new::JournalEntry;
use crate::store::testing::{answered, append, claim, ending, entry, id, keyed, noon};
use crate::store::{Opened, Settings, Store};

fn open(directory: &Path) -> Result<Opened, OpenError> {
    Store::open(Settings { directory: directory.to_owned(), clock: Clock::new(noon), observer: Arc::new(|_| {}) })
}

/// A closed store: three executions of which one succeeded and one runs, keys, an answer, a sealed entry.
async fn filled(directory: &Path) {
    let store = open(directory).unwrap().store;
    for number in 1..=3 {
        store.accept(keyed(number, &format!("key {number}"))).await.unwrap();
    }
    let claimed = store.claim(claim(2, noon())).await.unwrap().claimed;
    for claimed in &claimed {
        let entries = vec![entry("one"), JournalEntry { text: b"secret"[..].into(), sensitive: true }];
        store.append(append(claimed.fence, entries)).await.unwrap();
    }
    let finish = |fence, ending| Finish { fence, entries: vec![entry("end")], ending };
    store.finish(finish(claimed[0].fence, answered(Phase::Succeeded, 200, b"answer"))).await.unwrap();
    store.finish(finish(claimed[1].fence, ending(Phase::Failed))).await.unwrap();
    store.close().await;
}

fn change(directory: &Path, sql: &str) {
    let db = Connection::open(directory.join("store.db")).unwrap();
    db.execute_batch(sql).unwrap();
}

fn image(directory: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let files = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let mut image: Vec<_> = files
        .filter(|file| !file.file_name().to_string_lossy().ends_with("-shm"))
        .map(|file| (file.file_name(), fs::read(file.path()).unwrap()))
        .filter(|(name, content)| !(name.to_string_lossy().ends_with("-wal") && content.is_empty()))
        .collect();
    image.sort();
    image
}

fn damage(directory: &Path) -> Vec<String> {
    check(directory).unwrap().damage.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_look_at_a_sound_store_finds_nothing_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let before = image(directory.path());
    let report = check(directory.path()).unwrap();
    assert_eq!(report.damage, []);
    let counts = Counts { commits: 9, executions: 3, payloads: 3, entries: 6, requests: 0, keys: 3 };
    assert_eq!(Counts { commits: 9, ..report.counts }, counts);
    assert_eq!(image(directory.path()), before);
}

#[tokio::test]
async fn each_kind_of_damage_is_named_with_its_row() {
    let execution = |part: &str| format!("execution {}: {part}", id(1));
    for (sql, expected) in [
        ("UPDATE payloads SET body = x'00' WHERE seq = 1", execution("its request is not what was written")),
        ("UPDATE journal SET entry = x'00' WHERE execution = 1", execution("its journal is not what was written")),
        ("DELETE FROM journal WHERE execution = 1", execution("its journal is not what was written")),
        ("UPDATE answers SET answer = x'00'", execution("its answer is not what was written")),
        ("UPDATE executions SET keep = 1 WHERE seq = 1", execution("its row is not what was written")),
        ("UPDATE executions SET workflow = 9 WHERE seq = 1", execution("its row is not what was written")),
        (
            "UPDATE executions SET damaged = 1 WHERE seq = 1",
            execution("it was found damaged before, and set aside as failed"),
        ),
        (
            "UPDATE deliveries SET time_window = 1 WHERE execution = x'00000000000000000000000000000001'",
            "1 deduplication keys are not what was written".to_owned(),
        ),
        ("DELETE FROM deliveries", "3 of 3 rows of deliveries are gone".to_owned()),
        (
            "UPDATE tally SET seq = 9",
            "the row of counts is damaged: whether all rows are there is not known".to_owned(),
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        filled(directory.path()).await;
        change(directory.path(), sql);
        assert_eq!(damage(directory.path()), [expected], "{sql}");
    }
}

#[tokio::test]
async fn a_key_that_is_gone_or_another_one_is_found() {
    for key in [None, Some([1; 32])] {
        let directory = tempfile::tempdir().unwrap();
        filled(directory.path()).await;
        let path = directory.path().join("store.key");
        fs::remove_file(&path).unwrap();
        if let Some(key) = key {
            fs::write(&path, key).unwrap();
        }
        assert_eq!(damage(directory.path()), ["store.key does not open the sensitive entries of 2 executions"]);
        assert_eq!(path.exists(), key.is_some(), "a look makes no key");
    }
}

#[tokio::test]
async fn a_damaged_page_is_found_and_is_no_loss_that_can_be_accepted() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let path = directory.path().join("store.db");
    let mut content = fs::read(&path).unwrap();
    let end = content.len();
    content[4_096..end].iter_mut().step_by(7).for_each(|byte| *byte ^= 0x55);
    fs::write(&path, content).unwrap();
    let report = check(directory.path()).unwrap();
    assert!(report.damage.iter().any(|damage| damage.cure() == Cure::Restore), "{report:?}");
    let before = image(directory.path());
    assert!(matches!(accept_loss(directory.path()), Err(UpkeepError::BeyondLoss { .. })));
    assert_eq!(image(directory.path()), before);
}

/// The log of a store that was killed, cut in the middle.
async fn cut(directory: &Path) {
    filled(directory).await;
    let store = open(directory).unwrap().store;
    for number in 4..=9 {
        store.accept(keyed(number, &format!("key {number}"))).await.unwrap();
    }
    let killed = tempfile::tempdir().unwrap();
    for name in ["store.db", "store.db-wal", "store.witness", "store.key"] {
        fs::copy(directory.join(name), killed.path().join(name)).unwrap();
    }
    store.close().await;
    drop(store);
    for name in ["store.db", "store.db-wal", "store.witness", "store.key"] {
        fs::copy(killed.path().join(name), directory.join(name)).unwrap();
    }
    let log = fs::OpenOptions::new().write(true).open(directory.join("store.db-wal")).unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();
}

#[tokio::test]
async fn commits_that_are_gone_are_counted_and_the_store_goes_on_when_that_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    cut(directory.path()).await;
    assert!(matches!(open(directory.path()), Err(OpenError::Behind { .. })));
    let before = image(directory.path());
    let [Damage::Behind { commits, deliveries }] = check(directory.path()).unwrap().damage[..] else {
        panic!("it is behind")
    };
    assert!(commits > 0 && deliveries > 0 && deliveries <= commits, "{commits} {deliveries}");
    assert_eq!(image(directory.path()), before, "a look accepts nothing");

    let accepted = accept_loss(directory.path()).unwrap();
    assert_eq!(accepted.lost, [Damage::Behind { commits, deliveries }]);
    assert_eq!(accepted.left.damage, []);
    let store = open(directory.path()).unwrap().store;
    assert!(store.execution(id(1)).await.unwrap().is_some());
    assert!(store.execution(id(9)).await.unwrap().is_none());
    store.accept(keyed(9, "key 9")).await.unwrap();
    store.close().await;
    drop(store);
    assert_eq!(damage(directory.path()), [""; 0]);
}

#[tokio::test]
async fn rows_that_are_gone_are_counted_and_the_store_goes_on_when_that_is_accepted() {
    for (sql, told) in [
        ("DELETE FROM payloads WHERE seq = 2", vec!["1 of 3 rows of payloads are gone".to_owned()]),
        (
            "DELETE FROM executions WHERE seq = 1",
            vec![
                "1 of 3 rows of executions are gone".to_owned(),
                "1 rows of payloads belong to executions that are gone".to_owned(),
                "3 rows of journal belong to executions that are gone".to_owned(),
                "1 rows of answers belong to executions that are gone".to_owned(),
            ],
        ),
        ("UPDATE tally SET commits = 2", vec![Damage::Tally.to_string()]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        filled(directory.path()).await;
        change(directory.path(), sql);
        open(directory.path()).unwrap_err();
        let accepted = accept_loss(directory.path()).unwrap();
        assert_eq!(accepted.lost.iter().map(ToString::to_string).collect::<Vec<_>>(), told, "{sql}");
        let store = open(directory.path()).unwrap().store;
        assert!(store.execution(id(3)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_database_that_is_gone_begins_anew_when_that_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    fs::remove_file(directory.path().join("store.db")).unwrap();
    fs::write(directory.path().join("store.db-wal"), b"of another database").unwrap();
    assert!(matches!(check(directory.path()).unwrap().damage[..], [Damage::Gone { commits: 1.. }]));
    accept_loss(directory.path()).unwrap();
    let store = open(directory.path()).unwrap().store;
    assert!(store.execution(id(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn where_nothing_is_gone_nothing_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let before = image(directory.path());
    assert_eq!(accept_loss(directory.path()).unwrap().lost, []);
    assert_eq!(image(directory.path()), before);
}

#[tokio::test]
async fn a_copy_holds_all_and_is_for_its_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (store, copy) = (directory.path().join("store"), directory.path().join("copy"));
    filled(&store).await;
    let before = image(&store);
    let mut told = Vec::new();
    let copied = backup(&store, &copy, &mut |pages| told.push(pages)).unwrap();
    assert_eq!(copied.report, check(&store).unwrap());
    assert_eq!(told.last().map(|pages| pages.done), told.last().map(|pages| pages.all));
    assert_eq!(image(&store), before);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&copy), 0o700);
    let names: Vec<_> = fs::read_dir(&copy).unwrap().map(|file| file.unwrap().path()).collect();
    for path in names {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!(fs::read(copy.join("store.key")).unwrap(), fs::read(store.join("store.key")).unwrap());
    let opened = open(&copy).unwrap().store;
    assert_eq!(opened.journal(id(1), 0).await.unwrap()[1].text, b"secret"[..]);
}

#[tokio::test]
async fn a_copy_is_written_over_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("store");
    filled(&store).await;
    for taken in ["copy", "other.unfinished"] {
        fs::create_dir(directory.path().join(taken)).unwrap();
    }
    for to in ["copy", "other"] {
        let refused = backup(&store, &directory.path().join(to), &mut |_| {});
        assert!(matches!(refused, Err(UpkeepError::TargetExists(_))), "{to}");
    }
}

#[tokio::test]
async fn a_store_that_lost_commits_is_not_copied_as_if_it_were_whole() {
    let directory = tempfile::tempdir().unwrap();
    let (store, copy) = (directory.path().join("store"), directory.path().join("copy"));
    cut(&store).await;
    let refused = backup(&store, &copy, &mut |_| {});
    assert!(matches!(refused, Err(UpkeepError::Open(OpenError::Behind { .. }))));
    assert!(!copy.exists() && !directory.path().join("copy.unfinished").exists());
}

#[tokio::test]
async fn compacting_deletes_what_is_past_its_time_and_gives_room_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap().store;
    for number in 1..=40 {
        let mut new = keyed(number, &format!("key {number}"));
        new.payload.body = vec![7; 50_000].into();
        store.accept(new).await.unwrap();
    }
    for claimed in store.claim(claim(100, noon())).await.unwrap().claimed {
        let finish = Finish { fence: claimed.fence, entries: Vec::new(), ending: ending(Phase::Succeeded) };
        store.finish(finish).await.unwrap();
    }
    store.close().await;
    drop(store);
    let later = noon() + jiff::SignedDuration::from_hours(3);
    let compacted = compact(directory.path(), later).unwrap();
    assert!(compacted.before > 500_000 && compacted.after < 200_000, "{compacted:?}");
    assert!(compacted.deleted.executions >= 10, "{compacted:?}");
    assert_eq!(damage(directory.path()), [""; 0]);
}

#[test]
fn where_there_is_no_store_none_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let (missing, empty) = (directory.path().join("missing"), directory.path().join("empty"));
    fs::create_dir(&empty).unwrap();
    for place in [&missing, &empty] {
        assert!(matches!(check(place), Err(UpkeepError::NoStore(_))));
        assert!(matches!(accept_loss(place), Err(UpkeepError::NoStore(_))));
        assert!(matches!(compact(place, noon()), Err(UpkeepError::NoStore(_))));
        assert!(matches!(backup(place, &directory.path().join("copy"), &mut |_| {}), Err(UpkeepError::NoStore(_))));
    }
    assert!(!missing.exists() && fs::read_dir(&empty).unwrap().next().is_none());
}

#[tokio::test]
async fn a_newer_store_is_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    let (store, copy) = (directory.path().join("store"), directory.path().join("copy"));
    filled(&store).await;
    change(&store, "PRAGMA user_version = 2; PRAGMA wal_checkpoint(TRUNCATE)");
    let before = image(&store);
    let newer = |error: Option<UpkeepError>| matches!(error, Some(UpkeepError::Open(OpenError::NewerVersion { .. })));
    assert!(newer(check(&store).err()));
    assert!(newer(accept_loss(&store).err()));
    assert!(newer(compact(&store, noon()).err()));
    assert!(newer(backup(&store, &copy, &mut |_| {}).err()));
    assert_eq!(image(&store), before);
}

#[tokio::test]
async fn a_store_in_use_is_neither_looked_at_nor_compacted() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let lock = Paths::new(directory.path()).lock().unwrap();
    let locked = |error: Option<UpkeepError>| matches!(error, Some(UpkeepError::Open(OpenError::Locked { .. })));
    assert!(locked(check(directory.path()).err()));
    assert!(locked(accept_loss(directory.path()).err()));
    assert!(locked(compact(directory.path(), noon()).err()));
    let copy = directory.path().join("copy");
    assert_eq!(backup(directory.path(), &copy, &mut |_| {}).unwrap().report.damage, []);
    drop(lock);
}
