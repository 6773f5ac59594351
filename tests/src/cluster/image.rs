//! Images without a registry: a program and the libraries that it links, as a tar that `ctr images import` takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::durable::ledger::sha256;

/// Whom a step trusts that calls the internet, as Debian has them.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Writes the image `boathook.test/REPOSITORY:test` of one program to `folder`: one layer, in the form that `docker save`
/// has.
///
/// # Panics
///
/// When it cannot be written.
pub fn write(program: &Path, repository: &str, folder: &Path) {
    let work = tempfile::tempdir_in(folder).expect("a folder");
    let (root, parts) = (work.path().join("root"), work.path().join("parts"));
    let name = program.file_name().expect("a program has a name").to_string_lossy().into_owned();
    fs::create_dir_all(&parts).expect("a folder");
    copy(program, &root.join(&name));
    for library in libraries(program) {
        copy(&library, &root.join(library.strip_prefix("/").expect("an absolute path")));
    }
    if Path::new(AUTHORITIES).exists() {
        copy(Path::new(AUTHORITIES), &root.join(AUTHORITIES.trim_start_matches('/')));
    }
    pack(&root, &parts.join("layer.tar"));
    let layer = sha256(&fs::read(parts.join("layer.tar")).expect("the layer"));
    let config = json!({
        "architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
        "os": "linux",
        "config": {"User": "65532:65532", "Entrypoint": [format!("/{name}")]},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
    });
    let tag = format!("boathook.test/{repository}:test");
    let manifest = json!([{"Config": "config.json", "RepoTags": [tag], "Layers": ["layer.tar"]}]);
    fs::write(parts.join("config.json"), config.to_string()).expect("a file");
    fs::write(parts.join("manifest.json"), manifest.to_string()).expect("a file");
    pack(&parts, &folder.join(format!("{name}.tar")));
}

/// What the loader would load, the loader itself included. A static program has none.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let listed = Command::new("ldd").arg(program).output().expect("ldd runs (Debian: libc-bin)");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("a path in a folder")).expect("a folder");
    fs::copy(from, to).unwrap_or_else(|error| panic!("copying {}: {error}", from.display()));
}

fn pack(folder: &Path, tar: &Path) {
    let packed = Command::new("tar")
        .args(["--create", "--sort=name", "--numeric-owner", "--owner=0", "--group=0", "--mode=u+rw,go+r-w,a+X"])
        .arg("--file")
        .arg(tar)
        .arg("--directory")
        .arg(folder)
        .arg(".")
        .status();
    assert!(packed.expect("tar runs").success(), "packing {}", folder.display());
}
