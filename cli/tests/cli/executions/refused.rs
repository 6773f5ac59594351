//! What is refused, with which exit code, and the next thing to try.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::*;

#[test]
fn where_nobody_listens_the_next_thing_to_try_is_said() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let admin = format!("http://{free}");
    for words in [
        &["list"][..],
        &["get", "0193"],
        &["tail"],
        &["tail", "0193"],
        &["replay", "0193"],
        &["replay", "-A", "--yes"],
        &["cancel", "0193"],
        &["export"],
    ] {
        let ended = boathook(&[&["executions"], words, &["--admin", &admin]].concat());
        assert_eq!(ended.status.code(), Some(3), "{words:?}");
        assert!(err(&ended).starts_with(&format!("error: ask {admin}/v1/executions")), "{}", err(&ended));
        let next = "try: is `boathook run` running? Start it, or name its admin port: --admin URL\n";
        assert!(err(&ended).ends_with(next), "{}", err(&ended));
        assert_eq!(out(&ended), "");
    }
}

/// A port that gives everybody one answer, and its URL.
fn answering(answer: &'static [u8]) -> String {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let admin = format!("http://{}", other.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in other.incoming().flatten() {
            let mut head = [0; 1_024];
            let _some = stream.read(&mut head);
            let _gone = stream.write_all(answer);
        }
    });
    admin
}

#[test]
fn an_export_that_breaks_off_is_never_taken_for_the_whole() {
    let admin = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"a\":1}\n{\"b\":");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ndjson");
    let ended = boathook(&["executions", "export", file.to_str().unwrap(), "--admin", &admin]);
    assert_eq!(ended.status.code(), Some(3));
    let held = format!("(after 1 record, in {}.unfinished)", file.display());
    assert!(err(&ended).contains(&held), "{}", err(&ended));
    assert!(err(&ended).contains("try: the same command again: it begins anew"), "{}", err(&ended));
    assert!(!file.exists());
    let ended = boathook(&["executions", "export", "--admin", &admin]);
    assert_eq!((ended.status.code(), out(&ended).as_str()), (Some(3), "{\"a\":1}\n"));
}

#[test]
fn a_port_of_something_else_is_told_apart() {
    let admin = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi");
    let ended = boathook(&["executions", "list", "--admin", &admin]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(err(&ended).contains("its answer is not one of Boathook's\ntry: --admin URL"), "{}", err(&ended));
}

#[test]
fn a_wrong_command_line_is_exit_2_and_says_what_is_right() {
    let desk = Desk::new();
    for (words, told) in [
        (&["list", "--phase", "Nonsense"][..], "the phases are Queued, Running, Waiting"),
        (
            &["list", "--since", "nonsense"],
            "since: a time such as 2026-11-24T12:00:00Z, or how long ago, such as 1h30m",
        ),
        (&["list", "-A", "-n", "shop"], "cannot be used with"),
        (&["get"], "<ID>"),
        (&["get", "nonsense"], "is not an execution's id, nor the first 4 digits of one"),
        (&["get", "../../metrics"], "is not an execution's id"),
        (&["replay"], "replay which executions?\ntry: ids; or --workflow, --phase, --since, -n or -A for many"),
        (&["replay", "0193", "-A"], "cannot be used with"),
        (&["replay", "-A", "--phase", "Queued"], "try: --phase Failed,Succeeded,Cancelled"),
        (&["cancel", "-A", "--phase", "Failed"], "try: --phase Queued,Running,Waiting"),
        (&["tail", "0193", "-A"], "cannot be used with"),
    ] {
        let ended = desk.ask(words);
        assert_eq!(ended.status.code(), Some(2), "{words:?}: {}", err(&ended));
        assert!(err(&ended).contains(told), "{words:?}: {}", err(&ended));
        assert_eq!(out(&ended), "", "{words:?}");
    }
}

#[test]
fn what_is_not_there_or_cannot_be_done_is_exit_1() {
    let desk = Desk::new();
    desk.send("default/hello", r#"{"name":"Ada"}"#);
    desk.send("shop/patient", "{}");
    let ids = desk.ids(&["-A"], 2);
    let waiting = &desk.ids(&["-n", "shop"], 1)[0];
    let hello = ids.iter().find(|id| *id != waiting).unwrap();
    for (words, told) in [
        (&["get", "ffff"][..], "there is no execution ffff, or it is not kept any more"),
        (&["get", &hello[..4]], "and maybe more: give more digits"),
        (&["replay", waiting], "has not ended: cancel it first, or wait"),
        (&["cancel", hello], "has ended already"),
        (&["replay", hello, "--from-failed-step"], "has not failed: replay it from Start"),
    ] {
        let ended = desk.ask(words);
        assert_eq!(ended.status.code(), Some(1), "{words:?}: {}", err(&ended));
        assert!(err(&ended).contains(told), "{words:?}: {}", err(&ended));
    }
}
