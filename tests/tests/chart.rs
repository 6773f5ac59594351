//! The chart: what it renders, what it refuses, and that a real API server takes all of it and keeps what it must when
//! the release goes.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what does not hold ends the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use boathook_tests::control_plane::ControlPlane;
use boathook_tests::helm::{chart, helm, printed};

/// Values with a golden rendering each.
const CASES: [&str; 3] = ["defaults", "everything", "namespaced"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/chart").join(name)
}

fn rendered(name: &str) -> String {
    let values = case(name).join("values.yaml").display().to_string();
    let arguments = ["template", "boathook", &chart(), "--namespace", "boathook-system", "--values", &values];
    printed(&helm(&arguments), name)
}

#[test]
fn it_passes_helms_own_checks() {
    for name in CASES {
        let values = case(name).join("values.yaml").display().to_string();
        printed(&helm(&["lint", "--strict", &chart(), "--values", &values]), name);
    }
}

#[test]
fn it_renders_what_it_rendered() {
    for name in CASES {
        let (rendered, golden) = (rendered(name), case(name).join("out.yaml"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &rendered).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert!(rendered == expected, "{name} renders otherwise: `./test update` rewrites it, then read the change");
    }
}

#[test]
fn a_misspelt_or_unfit_value_is_refused() {
    let bad = [
        ("operator.replica=2", "additional properties 'replica' not allowed"),
        ("image.tag=latest", "'not' failed"),
        ("operator.replicas=many", "got string, want integer"),
        ("image.pullPolicy=Sometimes", "value must be one of 'Always', 'IfNotPresent', 'Never'"),
        ("gateway.name=", "minLength: got 0, want 1"),
    ];
    for (value, why) in bad {
        let output = helm(&["template", "boathook", &chart(), "--set", value]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(why), "{value}: {said}");
    }
}

#[test]
fn it_ships_the_definitions_that_are_generated() {
    for definition in boathook_crds::generate::definitions() {
        let file = format!("{}.yaml", definition.name);
        let shipped = fs::read_to_string(root().join("charts/boathook/crds").join(&file)).unwrap();
        assert!(shipped == fs::read_to_string(root().join("crds").join(&file)).unwrap(), "{file} differs: copy it");
    }
}

#[tokio::test]
async fn a_release_comes_and_goes_and_leaves_what_is_the_users() {
    let plane = ControlPlane::start().await.unwrap();
    let kubeconfig = plane.kubeconfig().display().to_string();
    let release = |verb: &str, more: &[&str]| {
        let mut arguments = vec![verb, "boathook", "--namespace", "boathook-system", "--kubeconfig", &kubeconfig];
        arguments.extend(more);
        printed(&helm(&arguments), verb)
    };
    let notes = release("install", &[&chart(), "--create-namespace"]);
    assert!(notes.contains("kubectl wait --for=condition=Ready --timeout=2m -n boathook-gateway"), "{notes}");
    let of = |kind: &str| plane.kubectl(&["get", kind, "-A", "-l", "app.kubernetes.io/part-of=boathook", "-o", "name"]);
    assert_eq!(of("deployments").unwrap().trim(), "deployment.apps/boathook-operator");
    release("upgrade", &[&chart(), "--set", "operator.replicas=3"]);
    let replicas =
        ["get", "deployment", "-n", "boathook-system", "boathook-operator", "-o", "jsonpath={.spec.replicas}"];
    assert_eq!(plane.kubectl(&replicas).unwrap(), "3");
    release("uninstall", &[]);
    for gone in ["deployments", "serviceaccounts", "clusterroles", "clusterrolebindings", "roles", "rolebindings"] {
        assert_eq!(of(gone).unwrap().trim(), "", "{gone} are left");
    }
    assert_eq!(of("webhookgateways").unwrap().trim(), "webhookgateway.boathook.dev/default");
    assert_eq!(of("namespaces").unwrap().trim(), "namespace/boathook-gateway");
    assert!(plane.kubectl(&["get", "crd", "webhookworkflows.boathook.dev", "-o", "name"]).is_ok());
}
