//! The commands that send: those that `routes` prints are run as a person would paste them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process::{BOATHOOK, Run, boathook, err, out, shell};

const SCHEMES: &str = "cases/schemes";

fn routes(run: &Run) -> Vec<Value> {
    let listed = boathook(&["routes", "--admin", &format!("http://{}", run.admin), "-o", "json"]);
    assert!(listed.status.success(), "{}", err(&listed));
    serde_json::from_str(&out(&listed)).unwrap()
}

#[test]
fn the_command_of_every_route_works_as_printed() {
    let run = Run::start(Path::new(SCHEMES));
    let routes = routes(&run);
    assert_eq!(routes.len(), 20, "{routes:#?}");
    for route in routes {
        let ran = shell(route["command"].as_str().unwrap());
        assert!(ran.status.success(), "{}\n{}{}", route["command"], out(&ran), err(&ran));
        assert!(out(&ran).contains("{\"admitted\":true}"), "{}\n{}", route["command"], out(&ran));
    }
}

#[test]
fn the_commands_of_the_quickstart_hold_what_its_expressions_read() {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir("../examples/quickstart").unwrap() {
        let entry = entry.unwrap();
        // Beside them may lie the store of somebody who followed the README.
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    let run = Run::start(folder.path());
    let routes = routes(&run);
    assert_eq!(routes.len(), 3, "{routes:#?}");
    for route in routes {
        let ran = shell(&route["command"].as_str().unwrap().replace("curl -sS", "curl -sSf"));
        assert!(ran.status.success(), "{}\n{}{}", route["command"], out(&ran), err(&ran));
    }
}

#[test]
fn the_commands_reach_hosts_and_base_urls_that_no_name_server_knows() {
    let run = Run::start(Path::new("cases/hosts"));
    let routes = routes(&run);
    let urls: Vec<_> = routes.iter().map(|route| route["url"].as_str().unwrap()).collect();
    assert_eq!(
        urls,
        [
            "https://hooks.example.com/in/blog/hello/{name}",
            "https://shop.example.com/orders",
            "https://shop.example.com/payments",
        ]
    );
    for route in routes {
        let ran = shell(route["command"].as_str().unwrap());
        assert!(out(&ran).contains("{\"admitted\":true}"), "{}\n{}{}", route["command"], out(&ran), err(&ran));
    }
}

#[test]
fn the_table_ends_with_the_commands() {
    let run = Run::start(Path::new(SCHEMES));
    let admin = format!("http://{}", run.admin);
    let table = out(&boathook(&["routes", "--admin", &admin]));
    let mut lines = table.lines();
    assert_eq!(
        lines.next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["NAMESPACE", "WORKFLOW", "METHODS", "URL", "SENDERS"]
    );
    assert!(table.contains("\n# default/public\ncurl -sS -X POST "), "{table}");
    assert!(table.contains(" send "), "{table}");
    let names = out(&boathook(&["routes", "--admin", &admin, "-o", "name"]));
    assert!(names.starts_with("default/all\ndefault/api-key-header\n"), "{names}");
    let wide = out(&boathook(&["routes", "--admin", &admin, "-o", "wide"]));
    assert!(wide.lines().next().unwrap().ends_with("REVISION"), "{wide}");
    let yaml = out(&boathook(&["routes", "--admin", &admin, "-o", "yaml"]));
    assert!(yaml.starts_with("- namespace: default\n"), "{yaml}");
}

#[test]
fn a_delivery_that_is_not_admitted_is_exit_1() {
    let run = Run::start(Path::new(SCHEMES));
    let url = format!("http://{}", run.public);
    let forged = tempfile::tempdir().unwrap();
    for name in ["github.yaml", "keys.yaml"] {
        let text = fs::read_to_string(Path::new(SCHEMES).join(name)).unwrap();
        fs::write(forged.path().join(name), text.replace("github-secret", "another-secret")).unwrap();
    }
    let folder = forged.path().to_str().unwrap();
    let sent = boathook(&["send", folder, "--workflow", "github", "--data", "{}", "--url", &url]);
    assert_eq!(sent.status.code(), Some(1), "{}", err(&sent));
    assert!(out(&sent).starts_with("401 Unauthorized\n"), "{}", out(&sent));
    assert!(out(&sent).contains("boathook-request-id: "), "{}", out(&sent));
    assert!(!out(&sent).contains("another-secret") && !err(&sent).contains("another-secret"));
}

#[test]
fn a_printed_curl_command_is_admitted() {
    let run = Run::start(Path::new(SCHEMES));
    let url = format!("http://{}", run.public);
    let body = tempfile::NamedTempFile::new().unwrap();
    fs::write(body.path(), "{\"it's\": \"é\"}").unwrap();
    let file = format!("@{}", body.path().display());
    for workflow in
        ["github", "stripe", "slack", "basic", "api-key-query", "hmac", "hmac-url", "hmac-parts", "bearer-unicode"]
    {
        let words = ["sign", SCHEMES, "--workflow", workflow, "--data", &file, "--url", &url, "-o", "curl"];
        let signed = boathook(&words);
        assert!(signed.status.success(), "{workflow}: {}", err(&signed));
        let ran = shell(&out(&signed));
        assert_eq!(out(&ran), "{\"admitted\":true}", "{workflow}: {}\n{}", out(&signed), err(&ran));
    }
}

#[test]
fn the_fields_of_a_signed_delivery_are_those_of_the_sender() {
    let words = ["--workflow", "github", "--event", "push", "--id", "d-1", "--data", "{\"a\":1}"];
    let signed = boathook(&[&["sign", SCHEMES][..], &words].concat());
    assert!(signed.status.success(), "{}", err(&signed));
    let printed = out(&signed);
    let mut fields: Vec<_> = printed.lines().collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "content-type: application/json",
            "x-github-delivery: d-1",
            "x-github-event: push",
            // printf '{"a":1}' | openssl dgst -sha256 -hmac github-secret
            "x-hub-signature-256: sha256=3a25563452af4b8bfa42016511b4eedb6f241ff395294b7d31436bda955279ab",
        ]
    );
}

#[test]
fn standard_input_is_a_body() {
    let run = Run::start(Path::new(SCHEMES));
    let sent = shell(&format!(
        "printf '{{}}' | {BOATHOOK} send {SCHEMES} -w public -d - -H 'content-type: application/json' --url http://{}",
        run.public
    ));
    assert!(sent.status.success(), "{}{}", out(&sent), err(&sent));
}

#[test]
fn what_cannot_be_sent_says_what_to_try() {
    for (words, told) in [
        (&["--data", "{}"][..], "try: --workflow with one of default/"),
        (&["--workflow", "nobody"], "try: --workflow with one of default/"),
        (&["--workflow", "github", "--data", "@/there/is/nothing"], "read /there/is/nothing"),
        (&["--workflow", "github", "--header", "nonsense"], "try: --header 'name: value'"),
        (&["--workflow", "stripe", "--event", "charge.failed"], "put it into --data"),
    ] {
        let ended = boathook(&[&["sign", SCHEMES][..], words].concat());
        assert_eq!(ended.status.code(), Some(2), "{words:?}: {}", err(&ended));
        assert!(err(&ended).contains(told), "{words:?}: {}", err(&ended));
    }
}

/// A folder with one workflow whose only scheme this is, and a Secret `keys` with a `key`.
fn only(scheme: &str, key: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "apiVersion: v1
kind: Secret
metadata: {{name: keys, labels: {{boathook.dev/allow: verification}}}}
stringData: {{key: '{key}'}}
---
apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {{name: only}}
spec:
  webhook: {{verification: {{schemes: [{{{scheme}, keys: [{{secretKeyRef: {{name: keys, key: key}}}}]}}]}}}}
  steps: []
  response: {{mode: Sync}}
"
    );
    fs::write(folder.path().join("only.yaml"), text).unwrap();
    folder
}

#[test]
fn what_cannot_be_signed_says_what_to_try() {
    let timed =
        "hmac: {header: X-S, content: '{timestamp}.{body}', timestamp: {bodyPointer: /meta/ts, unit: Milliseconds}}";
    let hashed = "bob:$2y$05$aaaaaaaaaaaaaaaaaaaaaOPMvwIKVTuFVGPx1GC8pvqbu6UPVYRcu";
    for (scheme, key, told) in [
        (timed, "secret", "try: --data with the time of signing at /meta/ts, such as 1"),
        ("basic: {}", hashed, "try: curl -u NAME:PASSWORD URL"),
    ] {
        let folder = only(scheme, key);
        let ended = boathook(&["sign", folder.path().to_str().unwrap(), "--data", "{}"]);
        assert_eq!(ended.status.code(), Some(1), "{scheme}: {}", err(&ended));
        assert!(err(&ended).contains(told), "{scheme}: {}", err(&ended));
    }
}

#[test]
fn files_without_the_workflow_say_which_there_are() {
    let empty = tempfile::tempdir().unwrap();
    let ended = boathook(&["send", empty.path().to_str().unwrap(), "--data", "{}"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(err(&ended).contains("error: find a workflow: the files hold none\ntry: name a file"), "{}", err(&ended));

    let folder = only("bearer: {}", "secret");
    let of = |name: &str| boathook(&["send", folder.path().to_str().unwrap(), "--workflow", name]);

    // What only calls start is no choice of what to send to, and is said to be none.
    let called = "apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {name: called}
spec: {steps: []}
";
    fs::write(folder.path().join("called.yaml"), called).unwrap();
    assert!(boathook(&["sign", folder.path().to_str().unwrap(), "--data", "{}"]).status.success());
    let unsendable = of("called");
    assert_eq!(unsendable.status.code(), Some(2));
    assert!(err(&unsendable).contains("it has no webhook, and only `call` steps start it"), "{}", err(&unsendable));

    // Another workflow is refused, and that is not why this one is not found.
    let later = crate::files::answering("later", 1).replace("steps:", "serviceAccountName: deployer\n  steps:");
    fs::write(folder.path().join("later.yaml"), later).unwrap();
    let missing = of("nobody");
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        err(&missing).contains("try: --workflow with one of default/called, default/later, default/only"),
        "{}",
        err(&missing)
    );
    let refused = of("later");
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("not built yet (spec.serviceAccountName)"), "{}", err(&refused));
}
