//! Resources that were made to do harm, each beside a good one in one `boathook run`: it is refused or its run fails, and
//! the good one goes on being served by the same process.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lints' own exemption covers `#[test]` functions alone"
)]

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use boathook_tests::boathook::binary;
use boathook_tests::edge::Edge;
use boathook_tests::wire::{Answer, Sent, send};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long it may take until an edit is served.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Secret of which one key is empty.
const SECRET: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: odd, labels: {boathook.dev/allow: verification}}
stringData: {empty: ""}
"#;

/// What becomes of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Ends {
    /// `validate` refuses it.
    Refused,
    /// It is served, and answers.
    Answered,
}

/// One resource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// In the catalogue of faults: `B01` and so on.
    id: String,
    what: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    spec: Map<String, Value>,
    ends: Ends,
    says: String,
    #[serde(default)]
    post: Option<String>,
    #[serde(default)]
    status: Option<u16>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/poison")
}

fn rows() -> Vec<Row> {
    let mut files: Vec<_> =
        fs::read_dir(folder()).expect("the folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let files = files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "yaml"));
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("a file");
        serde_saphyr::from_str::<Vec<Row>>(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    files.flat_map(read).collect()
}

/// `<3*ab>` as `ababab`.
fn repeated(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        let macro_of = behind.split_once('>').and_then(|(inside, after)| {
            let (times, what) = inside.split_once('*')?;
            Some((times.parse::<usize>().ok()?, what, after))
        });
        all.push_str(before);
        if let Some((times, what, after)) = macro_of {
            all.push_str(&what.repeat(times));
            rest = after;
        } else {
            all.push('<');
            rest = behind;
        }
    }
    all + rest
}

fn expanded(value: Value) -> Value {
    match value {
        Value::String(text) => repeated(&text).into(),
        Value::Array(list) => list.into_iter().flat_map(members).map(expanded).collect(),
        Value::Object(object) => object.into_iter().map(|(name, value)| (name, expanded(value))).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

/// `{times: 3, each: …}` as three members.
fn members(value: Value) -> Vec<Value> {
    let (Some(times), Some(each)) = (value["times"].as_u64(), value.get("each")) else { return vec![value] };
    let text = each.to_string();
    (0..times).map(|number| serde_json::from_str(&text.replace("<#>", &number.to_string())).expect("JSON")).collect()
}

impl Row {
    fn resource(&self) -> String {
        let mut spec = Map::new();
        spec.insert("webhook".into(), json!({"path": "/poison", "public": true}));
        let failed = json!({"status": 500, "json": {"reason": "{{ $error.reason }}"}});
        spec.insert("response".into(), json!({"mode": "Sync", "failed": failed}));
        spec.extend(self.spec.clone());
        let name = self.name.as_deref().map_or_else(|| "poison".to_owned(), repeated);
        let resource = json!({
            "apiVersion": "boathook.dev/v1alpha1",
            "kind": "WebhookWorkflow",
            "metadata": {"name": name, "annotations": self.annotations},
            "spec": expanded(spec.into()),
        });
        // JSON is YAML.
        resource.to_string()
    }
}

/// A good workflow that says that the file beside it was read.
fn mark(path: &str) -> String {
    format!(
        "apiVersion: boathook.dev/v1alpha1
kind: WebhookWorkflow
metadata: {{name: {path}}}
spec:
  webhook: {{path: /{path}, public: true}}
  steps: [{{name: ran, set: {{ran: true}}}}]
  response: {{mode: Sync}}
"
    )
}

async fn post(to: SocketAddr, path: &str, body: &str) -> Answer {
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let target = format!("/api/webhooks/default/{path}");
    let sent = Sent { method: "POST", target: &target, headers: &headers, body: body.as_bytes() };
    send(to, &sent).await.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns once this workflow is served.
async fn served(to: SocketAddr, path: &str) {
    let end = Instant::now() + PATIENCE;
    while post(to, path, "{}").await.status == 404 {
        assert!(Instant::now() < end, "/{path} is never served");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What `boathook validate` says, and whether that is no.
fn validate(row: &Row) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("poison.yaml");
    fs::write(&file, format!("{}\n---{SECRET}", row.resource())).expect("a file");
    let output = Command::new(binary()).arg("validate").arg(&file).output().expect("boathook runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code() == Some(1), String::from_utf8_lossy(&text).into_owned())
}

fn cut(text: &str) -> String {
    text.chars().take(400).collect()
}

#[tokio::test]
async fn poison_is_refused_or_fails_and_the_good_workflow_beside_it_is_served_on() {
    let mut edge = Edge::serve(&mark("good"));
    let to = edge.place.listen;
    fs::write(edge.place.folder.join("secret.yaml"), SECRET).expect("a file");
    for (number, row) in rows().iter().enumerate() {
        let name = format!("{}: {}", row.id, row.what);
        let (refused, told) = validate(row);
        assert_eq!(refused, row.ends == Ends::Refused, "{name}: {}", cut(&told));
        let (file, path) = (edge.place.folder.join(format!("p{number}.yaml")), format!("mark{number}"));
        fs::write(&file, format!("{}\n---\n{}", row.resource(), mark(&path))).expect("a file");
        match row.ends {
            Ends::Refused => {
                assert!(told.contains(&row.says), "{name}: {}", cut(&told));
            }
            Ends::Answered => {
                served(to, &path).await;
                let answer = post(to, "poison", &repeated(row.post.as_deref().expect("what is sent"))).await;
                assert_eq!(Some(answer.status), row.status, "{name}: {}", cut(&answer.body));
                assert!(answer.body.contains(&row.says), "{name}: {}", cut(&answer.body));
            }
        }
        assert_eq!(post(to, "good", "{}").await.status, 200, "beside {name}");
        fs::remove_file(file).expect("it is there");
    }
    assert!(edge.server.ended().is_none(), "it is the same process");
}
