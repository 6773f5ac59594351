//! Where etcd, kube-apiserver, kubectl and the rest of a cluster are: `KUBEBUILDER_ASSETS` where it is set, else where
//! `tests/control-plane/build` puts them. Builds nothing.

use std::env;
use std::path::PathBuf;

use super::ControlPlaneError;

/// A program, by name.
pub fn find(program: &'static str) -> Result<PathBuf, ControlPlaneError> {
    let path = folder().join(program);
    if path.is_file() {
        return Ok(path);
    }
    Err(ControlPlaneError::Missing { program, folder: folder().display().to_string() })
}

/// The same choice as `tests/control-plane/build` makes.
pub fn folder() -> PathBuf {
    set("KUBEBUILDER_ASSETS").unwrap_or_else(tools)
}

/// Where programs are built to that tests run.
pub fn tools() -> PathBuf {
    let cache = || set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache"))).unwrap_or_default();
    set("BOATHOOK_TOOLS").unwrap_or_else(|| cache().join("boathook/bin"))
}

fn set(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
