//! Scripts in `boathook run` and `boathook validate`: what they return, what their record holds, and where they are wrong.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::process::{PATIENCE, Run, boathook, err};
use crate::served::Served;

/// The record of an execution: of a Sync run it is written after the answer.
fn record(served: &Served, id: &str) -> Value {
    let admin = format!("http://{}", served.run.admin);
    let end = Instant::now() + PATIENCE;
    loop {
        let told = boathook(&["executions", "get", id, "-o", "json", "--admin", &admin]);
        if told.status.success() {
            return serde_json::from_slice(&told.stdout).expect("JSON");
        }
        assert!(Instant::now() < end, "{}", err(&told));
    }
}

fn script(code: &str, more: &str) -> String {
    let code = json!(code);
    format!(
        "webhook: {{public: true}}\nsteps: [{{name: script, javascript: {{code: {code}{more}}}}}]\nresponse: {{mode: Sync}}"
    )
}

#[tokio::test]
async fn a_script_answers_with_what_it_returns() {
    let served = Served::start(&[
        ("sum", &script("return context.data.items.reduce((sum, n) => sum + n, 0)", "")),
        ("raw", &script("return [context.raw.toString('hex'), context.method, $workflow.name]", "")),
    ]);
    let told = served.post("sum", r#"{"items":[1,2,3.5]}"#).await;
    assert_eq!((told.status, told.json()), (200, json!(6.5)));
    let told = served.post("raw", "[1]").await;
    assert_eq!(told.json(), json!(["5b315d", "POST", "raw"]));
}

#[tokio::test]
async fn what_a_script_writes_and_throws_is_in_its_record() {
    let code = "console.log('looking at', context.data.id);\nthrow new Error('no such order')";
    let served = Served::start(&[("fails", &script(code, ""))]);
    let told = served.post("fails", r#"{"id":7}"#).await;
    assert_eq!((told.status, told.json()["reason"].clone()), (500, json!("RunFailed")));
    let record = record(&served, told.execution());
    let attempt = &record["status"]["steps"][0]["attempts"][0];
    assert_eq!(attempt["reason"], "ScriptFailed");
    assert_eq!(attempt["message"], "Error: no such order (line 2, column 11)");
    assert_eq!(attempt["console"], json!(["looking at 7"]));
}

#[tokio::test]
async fn a_script_that_does_not_end_is_ended_and_the_process_serves_on() {
    let served = Served::start(&[
        ("endless", &script("while (true) {}", ", timeout: 200ms")),
        ("native", &script("while (true) 'a'.repeat(1 << 20).indexOf('a'.repeat(1 << 19) + 'b')", ", timeout: 200ms")),
        ("memory", &script("const all = []; while (true) all.push(new Array(1000).fill(all.length))", ", memory: 4Mi")),
        ("quick", &script("return 1", "")),
    ]);
    for (name, reasons) in
        [("endless", "Timeout"), ("native", "Timeout"), ("memory", "ResourceExhausted ScriptCrashed")]
    {
        let told = served.post(name, "{}").await;
        assert_eq!(told.status, 500, "{name}");
        let record = record(&served, told.execution());
        let reason = record["status"]["reason"].as_str().expect("a reason").to_owned();
        assert!(reasons.contains(&reason), "{name}: {reason}");
        assert_eq!(served.post("quick", "{}").await.json(), json!(1), "after {name}");
    }
}

#[tokio::test]
async fn the_example_of_scripts_runs() {
    let run = Run::start(Path::new("../examples/javascript"));
    let body = r#"{"id":"A-17","lines":[{"sku":"pen","count":2,"cents":150},{"sku":"ink","count":1,"cents":900}]}"#;
    let send = |signature: &str| {
        let url = format!("http://{}/api/webhooks/default/orders", run.public);
        let request = reqwest::Client::new().post(url).header("content-type", "application/json");
        request.header("x-shop-time", "1764000000").header("x-shop-signature", signature.to_owned()).body(body).send()
    };
    let signature = "v1:d2a1087979b5c0be9b0e299f65cb28b7b0ca862996a11891dc110453e9f02218";
    let told = send(signature).await.expect("an answer");
    assert_eq!(told.status(), 200);
    let order: Value = serde_json::from_str(&told.text().await.expect("text")).expect("JSON");
    assert_eq!(order, json!({"order": {"id": "A-17", "total": "12.00", "skus": ["pen", "ink"]}}));
    for wrong in ["", "v1:", "v2:00", &signature.replace('a', "b")] {
        assert_eq!(send(wrong).await.expect("an answer").status(), 401, "{wrong}");
    }
}

#[test]
fn a_script_that_does_not_compile_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let workflow = format!(
        "apiVersion: boathook.dev/v1alpha1\nkind: WebhookWorkflow\nmetadata: {{name: broken}}\nspec:\n  {}\n",
        script("const a = 1;\nreturn a +", "").replace('\n', "\n  ")
    );
    let file = folder.path().join("broken.yaml");
    fs::write(&file, workflow).expect("a file");
    let told = boathook(&["validate", file.to_str().expect("UTF-8"), "-o", "json"]);
    assert_eq!(told.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!(told["violations"][0]["field"], "spec.steps[0].javascript.code");
    let message = told["violations"][0]["message"].as_str().expect("a message");
    assert!(message.starts_with("must compile: SyntaxError: ") && message.contains("(line 2"), "{message}");
    assert_eq!(told["violations"].as_array().map(Vec::len), Some(1));
}
