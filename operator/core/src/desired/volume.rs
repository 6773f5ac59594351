//! The volume of an embedded store. It is kept when its gateway goes: what it holds was promised to be delivered.

use k8s_openapi::api::core::v1::{PersistentVolumeClaimSpec, VolumeResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde_json::json;

use super::Part;
use super::object::{Kind, Wanted, kept};

/// The claim. Its class cannot change, and its size grows where the class lets it.
pub(super) fn claim(part: &Part) -> Wanted {
    let volume = &part.gateway.deployment.volume;
    let spec = PersistentVolumeClaimSpec {
        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
        resources: Some(VolumeResourceRequirements {
            requests: Some([("storage".to_owned(), Quantity(volume.size.to_string()))].into()),
            limits: None,
        }),
        storage_class_name: volume.storage_class_name.as_ref().map(ToString::to_string),
        ..PersistentVolumeClaimSpec::default()
    };
    kept(part, Kind::PersistentVolumeClaim, &part.names.data, json!({"spec": spec}))
}
