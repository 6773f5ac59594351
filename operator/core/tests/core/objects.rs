//! `objects/<case>/{in,out}.yaml`: a gateway, and the objects that are made of it. `UPDATE_GOLDEN=1` writes them anew.

use std::fs;
use std::path::Path;

use boathook_operator_core::compile::{Compiled, compile};
use boathook_operator_core::desired::{self, ChannelFiles, Settings};
use boathook_operator_core::world::World;
use boathook_plan::secret::Secret;
use serde_json::Value;

use crate::snapshot::{documents, put};

#[test]
fn every_gateway_has_the_objects_that_its_case_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("objects");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 3, "only {} cases were found", cases.len());
    for case in cases {
        let mut world = World::default();
        for object in &documents(&fs::read_to_string(case.join("in.yaml")).unwrap()) {
            put(&mut world, object);
        }
        let said = Value::Array(objects(&compile(&world)));
        let path = case.join("out.yaml");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, serde_saphyr::to_string(&said).unwrap()).unwrap();
        }
        let expected = documents(&fs::read_to_string(&path).unwrap_or_default());
        assert_eq!(expected.first(), Some(&said), "{}", case.display());
    }
}

/// The objects of every accepted gateway.
pub fn objects(compiled: &Compiled) -> Vec<Value> {
    let settings = Settings {
        image: "registry.example.com/boathook-gateway:1".to_owned(),
        image_pull_policy: None,
        operator_namespace: "boathook".to_owned(),
    };
    let files: ChannelFiles = [("tls.key".to_owned(), Secret::new(b"key".to_vec()))].into();
    let gateways = compiled.accepted.gateways.values();
    gateways.flat_map(|gateway| desired::objects(gateway, &settings, Some(&files))).map(|object| object.body).collect()
}
