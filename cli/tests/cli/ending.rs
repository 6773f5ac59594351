//! How commands end: signals, exit codes, and the next thing to try.

use std::fs;
use std::net::TcpListener;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::files::answering;
use crate::process::{BOATHOOK, Run, boathook, err, out, shell};

fn hello() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.yaml"), answering("hello", 1)).unwrap();
    folder
}

/// A workflow that asks a target and answers when the target has answered.
fn asking(target: u16) -> String {
    format!(
        "apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {{name: asking}}
spec:
  webhook: {{public: true}}
  steps:
  - name: ask
    http: {{method: GET, url: \"http://127.0.0.1:{target}/\", hosts: [127.0.0.1]}}
  response: {{mode: Sync, json: {{asked: true}}}}
"
    )
}

#[test]
fn both_signals_end_a_run_well() {
    for signal in ["TERM", "INT"] {
        let folder = hello();
        let mut run = Run::start(folder.path());
        run.signal(signal);
        assert_eq!(run.end().code(), Some(0), "{signal}");
    }
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_end() {
    let target = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("asking.yaml"), asking(target.local_addr().unwrap().port())).unwrap();
    let mut run = Run::start(folder.path());
    let url = run.url("/api/webhooks/default/asking");
    let request = tokio::spawn(reqwest::Client::builder().no_proxy().build().unwrap().post(url).send());
    let (mut held, _) = target.accept().await.unwrap();
    run.signal("TERM");
    run.told("stopping");
    let mut request_head = [0; 1024];
    assert!(held.read(&mut request_head).await.unwrap() > 0);
    held.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}").await.unwrap();
    let answer = request.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), "{\"asked\":true}");
    assert_eq!(run.end().code(), Some(0));
}

#[test]
fn a_second_signal_ends_at_once() {
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("asking.yaml"), asking(target.local_addr().unwrap().port())).unwrap();
    let mut run = Run::start(folder.path());
    let url = run.url("/api/webhooks/default/asking");
    let client = std::process::Command::new("curl").args(["-s", "-X", "POST", &url]).spawn();
    let _held = target.accept().unwrap();
    run.signal("INT");
    run.told("stopping");
    run.signal("INT");
    assert_eq!(run.end().code(), Some(3));
    client.unwrap().wait().unwrap();
}

#[test]
fn a_port_in_use_is_exit_3_with_the_next_thing_to_try() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = hello();
    let folder = folder.path().to_str().unwrap();
    let ended = boathook(&["run", folder, "--listen", &address, "--admin", "127.0.0.1:0"]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(err(&ended).contains(&format!("listening on {address}")), "{}", err(&ended));
    assert!(err(&ended).contains("try: another address, such as --listen 127.0.0.1:0"), "{}", err(&ended));
}

#[test]
fn a_store_in_use_is_exit_3_and_names_who_has_it() {
    let folder = hello();
    let run = Run::start_beside(folder.path());
    let path = folder.path().to_str().unwrap();
    let ended = boathook(&["run", path, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(err(&ended).contains(&format!("in use by process {}", run.id())), "{}", err(&ended));
    assert!(err(&ended).contains("--data DIR"), "{}", err(&ended));
}

#[test]
fn the_store_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = hello();
    let _run = Run::start_beside(folder.path());
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(".boathook"), 0o700);
    for entry in fs::read_dir(folder.path().join(".boathook")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[test]
fn files_with_nothing_to_serve_are_exit_1() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.yaml"), answering("hello", 1).replace("public", "pubic")).unwrap();
    let ended =
        boathook(&["run", folder.path().to_str().unwrap(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(err(&ended).contains("did you mean `public`?"), "{}", err(&ended));
    assert!(err(&ended).contains("validate "), "{}", err(&ended));
}

#[test]
fn a_wrong_command_line_is_exit_2() {
    for words in [
        &["run"][..],
        &["run", "/there/is/nothing"],
        &["validate", "/there/is/nothing"],
        &["run", "cases", "--admin", "0.0.0.0:8081"],
        &["nonsense"],
        &["routes", "--admin", "not a url"],
    ] {
        let ended = boathook(words);
        assert_eq!(ended.status.code(), Some(2), "{words:?}: {}", err(&ended));
        assert_eq!(out(&ended), "", "{words:?}");
    }
}

#[test]
fn routes_without_a_run_are_exit_3_with_the_next_thing_to_try() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = boathook(&["routes", "--admin", &format!("http://{free}")]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(err(&ended).contains("try: is `boathook run` running?"), "{}", err(&ended));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for command in ["crds", "schema", "completion bash"] {
        let ended = shell(&format!("{BOATHOOK} {command} | head -c 1"));
        assert!(ended.status.success(), "{command}: {}", err(&ended));
        assert_eq!(err(&ended), "", "{command}");
    }
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    let ended = boathook(&["validate", "cases/validate/unknown_field/in"]);
    assert!(!out(&ended).contains('\x1b') && !err(&ended).contains('\x1b'));
}

#[test]
fn version_and_help_are_data() {
    let version = boathook(&["--version"]);
    assert_eq!(
        (version.status.code(), out(&version).as_str()),
        (Some(0), concat!("boathook ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    let help = boathook(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(out(&help).contains("validate"), "{}", out(&help));
}

#[test]
fn a_folder_without_files_is_not_called_valid() {
    let folder = tempfile::tempdir().unwrap();
    let ended = boathook(&["validate", folder.path().to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(2), "{}", out(&ended));
    assert!(err(&ended).contains("no *.yaml, *.yml or *.json"), "{}", err(&ended));
}
