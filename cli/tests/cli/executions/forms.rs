//! Each form in which executions are printed.

use super::*;

/// One that succeeded, one that failed.
fn two() -> (Desk, String, String) {
    let desk = Desk::new();
    desk.send("default/hello", r#"{"name":"Ada"}"#);
    let hello = desk.ids(&[], 1).remove(0);
    desk.send("shop/broken", r#"{"n":1}"#);
    let broken = desk.ids(&["-n", "shop"], 1).remove(0);
    (desk, hello, broken)
}

#[test]
fn a_list_is_a_table_of_one_namespace_or_of_all_newest_first() {
    let (desk, ..) = two();
    assert_eq!(
        normal(&desk.told(&["list"])),
        "\
ID                                    WORKFLOW  PHASE      REASON  AGE
aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa  hello     Succeeded          AGE
"
    );
    assert_eq!(
        normal(&desk.told(&["list", "-A"])),
        "\
NAMESPACE  ID                                    WORKFLOW  PHASE      REASON            AGE
shop       aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa  broken    Failed     ConnectionFailed  AGE
default    aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa  hello     Succeeded                    AGE
"
    );
}

#[test]
fn wide_has_all_columns() {
    let (desk, ..) = two();
    let told = normal(&desk.told(&["list", "-A", "-o", "wide"]));
    let lines: Vec<Vec<_>> = told.lines().map(|line| line.split_whitespace().collect()).collect();
    let header =
        ["NAMESPACE", "ID", "WORKFLOW", "PHASE", "REASON", "AGE", "STEP", "MODE", "ANSWER", "TOOK", "REVISION"];
    assert_eq!(lines[0], header);
    assert_eq!(lines[1][2..5], ["broken", "Failed", "ConnectionFailed"]);
    assert_eq!(lines[1][6..], ["ask", "Sync", "500", "TOOK", "HASH"]);
    assert_eq!(lines[2][2..4], ["hello", "Succeeded"]);
    assert_eq!(lines[2][5..], ["Sync", "200", "TOOK", "HASH"]);
}

#[test]
fn flags_say_which_are_listed_and_how_many() {
    let (desk, hello, broken) = two();
    desk.send("default/hello", r#"{"name":"Bob"}"#);
    let newest = desk.ids(&[], 2).remove(0);
    for (words, expected) in [
        (&["-A"][..], vec![&newest, &broken, &hello]),
        (&["-n", "shop"], vec![&broken]),
        (&["-A", "--workflow", "hello"], vec![&newest, &hello]),
        (&["-A", "--phase", "failed"], vec![&broken]),
        (&["-A", "--phase", "Failed,Succeeded", "--limit", "2"], vec![&newest, &broken]),
        (&["-A", "--since", "1h", "--limit", "0"], vec![&newest, &broken, &hello]),
        (&["-A", "--since", "2100-01-01T00:00:00Z"], vec![]),
    ] {
        let told = desk.told(&[&["list", "-o", "name"], words].concat());
        assert_eq!(told.lines().collect::<Vec<_>>(), expected, "{words:?}");
    }
    let ended = desk.ask(&["list", "-A", "--limit", "2"]);
    assert_eq!(err(&ended), "the newest 2 of more: --limit 0 lists all\n");
    let ended = desk.ask(&["list", "-n", "nowhere"]);
    assert_eq!((ended.status.code(), out(&ended).as_str()), (Some(0), ""));
    assert_eq!(err(&ended), "no such executions in the namespace nowhere\n");
}

#[test]
fn json_and_yaml_are_a_list_for_tools() {
    let (desk, hello, broken) = two();
    let list: serde_json::Value = serde_json::from_str(&desk.told(&["list", "-A", "-o", "json"])).unwrap();
    assert_eq!(list["kind"], "WebhookExecutionList");
    assert_eq!(list["apiVersion"], "executions.boathook.dev/v1alpha1");
    let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].clone()).collect();
    assert_eq!(names, [broken.as_str(), &hello]);
    let yaml = normal(&desk.told(&["list", "-o", "yaml"]));
    assert!(yaml.starts_with("apiVersion: executions.boathook.dev/v1alpha1\nkind: WebhookExecutionList\n"), "{yaml}");
    assert!(yaml.contains("phase: Succeeded\n"), "{yaml}");
    let none: serde_json::Value = serde_json::from_str(&desk.told(&["list", "-n", "nowhere", "-o", "json"])).unwrap();
    assert_eq!(none["items"], serde_json::json!([]));
}

#[test]
fn one_that_succeeded_is_told_whole() {
    let (desk, hello, _) = two();
    assert_eq!(
        normal(&desk.told(&["get", &hello])),
        "\
ID:        aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
Workflow:  default/hello
Phase:     Succeeded
Accepted:  TIME (AGE ago)
Started:   TIME
Finished:  TIME, took TOOK
Mode:      Sync, answered 200
Revision:  HASH

Request:   POST /api/webhooks/default/hello
  accept: */*
  content-length: 15
  content-type: application/json
  host: ADDRESS
  user-agent: test
  body: {\"name\":\"Ada\"}

STEP   KIND  PHASE      ATTEMPTS  TOOK
greet  set   Succeeded  1         TOOK

greet
  input: {\"greeting\":\"Hello, Ada!\"}
  result: {\"greeting\":\"Hello, Ada!\"}
"
    );
}

#[test]
fn one_that_failed_is_told_with_its_attempts() {
    let (desk, _, broken) = two();
    assert_eq!(
        normal(&desk.told(&["get", &broken])),
        "\
ID:        aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
Workflow:  shop/broken
Phase:     Failed
Reason:    ConnectionFailed
Message:   GET ADDRESS: no connection can be made
Step:      ask
Accepted:  TIME (AGE ago)
Started:   TIME
Finished:  TIME, took TOOK
Mode:      Sync, answered 500
Revision:  HASH

Request:   POST /api/webhooks/shop/broken
  accept: */*
  content-length: 8
  content-type: application/json
  host: ADDRESS
  user-agent: test
  body: {\"n\":1}

STEP  KIND  PHASE      ATTEMPTS  TOOK
note  set   Succeeded  1         TOOK
ask   http  Failed     1         TOOK

note
  input: {\"total\":3}
  result: {\"total\":3}

ask
  input:
    {
      \"method\": \"GET\",
      \"url\": \"http://ADDRESS/\",
      \"hosts\": [
        \"127.0.0.1\"
      ],
      \"expect\": [
        \"2xx\"
      ],
      \"followRedirects\": 0,
      \"maxResponseSize\": 1048576
    }
  attempt 1 failed after TOOK: ConnectionFailed: GET ADDRESS: no connection can be made
"
    );
}

#[test]
fn one_is_printed_in_every_form_by_the_beginning_of_its_id() {
    let (desk, hello, _) = two();
    let start = &hello[..34];
    let record: serde_json::Value = serde_json::from_str(&desk.told(&["get", start, "-o", "json"])).unwrap();
    assert_eq!(record["status"]["steps"][0]["result"], serde_json::json!({"greeting": "Hello, Ada!"}));
    assert_eq!(record["spec"]["request"]["body"], serde_json::json!({"name": "Ada"}));
    assert!(desk.told(&["get", start, "-o", "yaml"]).contains("greeting: Hello, Ada!\n"));
    assert_eq!(desk.told(&["get", start, "-o", "name"]), format!("{hello}\n"));
    assert!(desk.told(&["get", start, "-o", "wide"]).starts_with("NAMESPACE  ID"));
}

#[test]
fn an_export_has_whole_records_and_its_file_is_whole_and_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (desk, hello, broken) = two();
    let told = desk.told(&["export", "-A"]);
    let records: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = records.iter().map(|record| record["metadata"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, [&broken, &hello]);
    assert_eq!(records[1]["status"]["steps"][0]["result"], serde_json::json!({"greeting": "Hello, Ada!"}));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ndjson");
    let ended = desk.ask(&["export", file.to_str().unwrap(), "-A"]);
    assert_eq!(err(&ended), format!("exported 2 records to {}\n", file.display()));
    assert_eq!((ended.status.code(), out(&ended).as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(&file).unwrap(), told);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");
}
