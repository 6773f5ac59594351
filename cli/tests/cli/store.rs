//! `boathook store` beside, instead of and before a `boathook run`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::files::answering;
use crate::process::{Run, boathook, err, out, shell};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.yaml"), answering("hello", 1)).unwrap();
    folder
}

fn deliver(run: &Run) {
    let sent = shell(&format!("curl -sS -f -X POST {}", run.url("/api/webhooks/default/hello")));
    assert_eq!(out(&sent), "{\"version\":1}", "{}", err(&sent));
}

/// A folder with a store of three executions that nobody has.
fn stopped() -> tempfile::TempDir {
    let folder = folder();
    let mut run = Run::start_beside(folder.path());
    (0..3).for_each(|_| deliver(&run));
    run.signal("TERM");
    assert_eq!(run.end().code(), Some(0));
    folder
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

/// What is told, with the number of commits left out: how many deliveries share one is chance.
fn without_commits(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(", ") {
        Some((before, last)) if last.ends_with(" commits") => format!("{before}, N commits\n"),
        Some(_) | None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn a_sound_store_is_said_to_be_sound() {
    let folder = stopped();
    let ended = boathook(&["store", "check", "--data", &path(&folder, ".boathook")]);
    assert_eq!(ended.status.code(), Some(0), "{}", err(&ended));
    assert_eq!(
        without_commits(&out(&ended)),
        "sound: 3 executions, 3 deliveries, 6 journal entries, 0 refused requests, 0 deduplication keys, N commits\n"
    );
    assert_eq!(err(&ended), "");
}

#[test]
fn a_copy_is_made_while_a_run_has_the_store_and_disturbs_nothing() {
    let folder = folder();
    let mut run = Run::start_beside(folder.path());
    deliver(&run);
    let copy = path(&folder, "copy");
    let copied = boathook(&["store", "backup", &copy, "--data", &path(&folder, ".boathook")]);
    assert_eq!(copied.status.code(), Some(0), "{}", err(&copied));
    assert!(out(&copied).starts_with(&format!("copied to {copy}: ")), "{}", out(&copied));
    assert!(out(&copied).contains("\nsound: "), "{}", out(&copied));
    deliver(&run);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(Path::new(&copy)), 0o700);
    for file in fs::read_dir(&copy).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    // What was copied serves.
    let restored = Run::start_on(folder.path(), &copy);
    deliver(&restored);
    run.signal("TERM");
    assert_eq!(run.end().code(), Some(0));
}

#[test]
fn a_copy_is_written_over_nothing() {
    let folder = stopped();
    let copied = boathook(&["store", "backup", &path(&folder, ""), "--data", &path(&folder, ".boathook")]);
    assert_eq!(copied.status.code(), Some(2));
    assert!(err(&copied).contains("is there already"), "{}", err(&copied));
}

#[test]
fn a_store_in_use_is_checked_by_a_copy_and_the_message_says_how() {
    let folder = folder();
    let run = Run::start_beside(folder.path());
    let data = path(&folder, ".boathook");
    for words in [
        &["store", "check", "--data"][..],
        &["store", "check", "--accept-loss", "--data"],
        &["store", "compact", "--data"],
    ] {
        let ended = boathook(&[words, &[&data]].concat());
        assert_eq!(ended.status.code(), Some(3), "{words:?}");
        assert!(err(&ended).contains(&format!("in use by process {}", run.id())), "{}", err(&ended));
        assert!(err(&ended).contains(&format!("boathook store backup COPY --data {data}")), "{}", err(&ended));
    }
    deliver(&run);
}

#[test]
fn a_store_that_lost_commits_serves_again_only_when_the_loss_is_accepted() {
    let folder = stopped();
    let data = path(&folder, ".boathook");
    fs::remove_file(folder.path().join(".boathook/store.db")).unwrap();
    let words = ["run", folder.path().to_str().unwrap(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    let refused = boathook(&words);
    assert_eq!(refused.status.code(), Some(3));
    let next = format!("try: boathook store check --data {data}: it says what is gone, and how to go on");
    assert!(err(&refused).contains(&next), "{}", err(&refused));

    let checked = boathook(&["store", "check", "--data", &data]);
    assert_eq!(checked.status.code(), Some(1), "{}", err(&checked));
    let told = out(&checked);
    assert!(told.starts_with("damage: the database is gone, and all of its "), "{told}");
    assert!(told.contains("not sound: 1 finding: "), "{told}");
    assert!(told.contains(&format!("boathook store check --data {data} --accept-loss")), "{told}");
    assert_eq!(boathook(&words).status.code(), Some(3), "a look accepts nothing");

    let accepted = boathook(&["store", "check", "--data", &data, "--accept-loss"]);
    assert_eq!(accepted.status.code(), Some(0), "{}{}", out(&accepted), err(&accepted));
    assert!(out(&accepted).starts_with("accepted: the database is gone, and all of its "), "{}", out(&accepted));
    deliver(&Run::start_beside(folder.path()));
}

#[test]
fn compacting_says_what_it_came_to() {
    let folder = stopped();
    let ended = boathook(&["store", "compact", "--data", &path(&folder, ".boathook")]);
    assert_eq!(ended.status.code(), Some(0), "{}", err(&ended));
    let told = out(&ended);
    assert!(told.starts_with("deleted 0 executions past their time: ") && told.contains(" KiB → "), "{told}");
    assert_eq!(boathook(&["store", "check", "--data", &path(&folder, ".boathook")]).status.code(), Some(0));
}

#[test]
fn a_newer_store_is_refused_by_every_verb_and_not_touched() {
    let folder = stopped();
    let database = folder.path().join(".boathook/store.db");
    let mut content = fs::read(&database).unwrap();
    // `user_version`, big-endian.
    content[60..64].copy_from_slice(&[0, 0, 0, 99]);
    fs::write(&database, &content).unwrap();
    let (data, copy) = (path(&folder, ".boathook"), path(&folder, "copy"));
    for words in [&["check"][..], &["check", "--accept-loss"], &["compact"], &["backup", &copy]] {
        let ended = boathook(&[&["store"], words, &["--data", &data]].concat());
        assert_eq!(ended.status.code(), Some(3), "{words:?}");
        assert!(err(&ended).contains("has version 99"), "{}", err(&ended));
    }
    assert_eq!(fs::read(&database).unwrap(), content);
    assert!(!Path::new(&copy).exists());
}

#[test]
fn where_there_is_no_store_it_is_said() {
    let folder = folder();
    let ended = boathook(&["store", "check", "--data", &path(&folder, ".boathook")]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(err(&ended).contains("there is no store in"), "{}", err(&ended));
    assert!(!folder.path().join(".boathook").exists());
}
