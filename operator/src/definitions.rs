//! The definitions of both resources: installed at start where they are missing or older, never taken back to an older
//! version.

use boathook_crds::generate::{BUNDLE_VERSION, Definition, definitions};
use boathook_operator_core::desired::FIELD_MANAGER;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client, ResourceExt as _};

use crate::error::OperatorError;

/// Installs what is missing or older.
pub async fn install(client: Client) -> Result<(), OperatorError> {
    let api = Api::<CustomResourceDefinition>::all(client);
    for definition in definitions() {
        let there = api.get_opt(definition.name).await.map_err(api_error("read the definition", &definition))?;
        let there = there.and_then(|there| there.annotations().get(BUNDLE_VERSION).cloned());
        let own = concat!("v", env!("CARGO_PKG_VERSION"));
        if there.as_deref().is_some_and(|there| is_newer(there, own)) {
            tracing::warn!(definition = definition.name, there, own, "a newer definition is installed, and stays");
            continue;
        }
        let params = PatchParams::apply(FIELD_MANAGER).force();
        let applied = api.patch(definition.name, &params, &Patch::Apply(&definition.object)).await;
        applied.map_err(api_error("install the definition", &definition))?;
    }
    Ok(())
}

fn api_error(what: &str, definition: &Definition) -> impl FnOnce(kube::Error) -> OperatorError {
    let what = format!("{what} {}", definition.name);
    move |source| OperatorError::Api { what, source: Box::new(source) }
}

/// Whether a version is newer than another. What is no version is older than any.
fn is_newer(one: &str, other: &str) -> bool {
    numbers(one) > numbers(other)
}

/// `v1.2.3` and what may follow a dash, of which nothing is newer than something.
fn numbers(version: &str) -> Option<(u64, u64, u64, bool)> {
    let version = version.strip_prefix('v')?;
    let (numbers, pre) = version.split_once('-').map_or((version, None), |(numbers, pre)| (numbers, Some(pre)));
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??, pre.is_none()))
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_newer("v0.10.0", "v0.9.9"));
        assert!(is_newer("v1.0.0", "v1.0.0-rc.1"));
        assert!(!is_newer("v0.1.0", "v0.1.0"));
        assert!(!is_newer("latest", "v0.1.0"));
    }
}
