//! Who is who in a cluster: one authority, and for each program a certificate and a kubeconfig.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use serde_json::json;

use crate::control_plane::certificates::{Authority, Identity, TokenKey};

/// Where the API server is: the node's own address.
const URL: &str = "https://10.77.0.1:6443";

/// What it is called besides: the first address of Services, by which pods find it.
const ADDRESSES: [IpAddr; 3] =
    [IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1)), IpAddr::V4(Ipv4Addr::new(10, 96, 0, 1)), IpAddr::V4(Ipv4Addr::LOCALHOST)];

/// Of each program with a kubeconfig: its name, its user, and the user's group.
const CLIENTS: [(&str, &str, &str); 5] = [
    ("admin", "boathook-tests", "system:masters"),
    ("kube-controller-manager", "system:kube-controller-manager", "system:kube-controller-manager"),
    ("kube-scheduler", "system:kube-scheduler", "system:kube-scheduler"),
    ("kube-proxy", "system:kube-proxy", "system:node-proxier"),
    ("kubelet", "system:node:node", "system:nodes"),
];

/// Writes `pki` and `kubeconfig`.
///
/// # Panics
///
/// When a file cannot be written.
pub fn write(folder: &Path) {
    let authority = Authority::new().expect("an authority");
    let tokens = TokenKey::new().expect("a key");
    let pki = folder.join("pki");
    fs::create_dir(&pki).expect("a folder");
    let file = |name: &str, text: &str| fs::write(pki.join(name), text).expect("a key file");
    let pair = |name: &str, identity: &Identity| {
        file(&format!("{name}.crt"), &identity.certificate);
        file(&format!("{name}.key"), &identity.key);
    };
    file("ca.crt", authority.certificate());
    file("tokens.key", &tokens.private);
    file("tokens.pub", &tokens.public);
    pair("apiserver", &authority.server(&ADDRESSES).expect("a certificate"));
    pair("apiserver-kubelet", &authority.client("kube-apiserver", "system:masters").expect("a certificate"));
    fs::create_dir(folder.join("kubeconfig")).expect("a folder");
    for (name, user, group) in CLIENTS {
        pair(name, &authority.client(user, group).expect("a certificate"));
        fs::write(folder.join("kubeconfig").join(name), kubeconfig(name)).expect("a kubeconfig");
    }
}

fn kubeconfig(name: &str) -> String {
    let client = |ending: &str| format!("../pki/{name}.{ending}");
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": URL, "certificate-authority": "../pki/ca.crt"}}],
        "users": [{"name": name, "user": {"client-certificate": client("crt"), "client-key": client("key")}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": name}}],
        "current-context": "test",
    })
    .to_string()
}
