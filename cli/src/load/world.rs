//! Loaded objects → the world that compiles, and what compiling says of it → problems with places.

use std::sync::Arc;

use boathook_operator_core::compile::{Accepted, Compiled};
use boathook_operator_core::condition::Reason;
use boathook_operator_core::implicit;
use boathook_operator_core::violation::Violation;
use boathook_operator_core::world::{Checks, Platform, World};

use super::kind::Kind;
use super::locate::locate;
use super::object::Decoded;
use super::problem::{Problem, Subject};
use super::{Loaded, LoadedObject};

/// Facts about a world that no file holds.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Scheme and authority of the address that is served, without a slash at the end.
    pub base_url: String,
    /// Whether steps may reach loopback.
    pub loopback_egress: bool,
}

impl Default for Surroundings {
    /// Those of `boathook run` without flags.
    fn default() -> Self {
        Self { base_url: "http://127.0.0.1:8080".to_owned(), loopback_egress: true }
    }
}

/// The world of these objects. Without a `WebhookGateway` there is an implicit one that admits every namespace; a
/// single one is everybody's default.
pub fn world(loaded: &Loaded, surroundings: &Surroundings, accepted: Accepted, checks: Checks) -> World {
    let platform = Platform {
        base_url: Some(surroundings.base_url.clone()),
        loopback_egress: surroundings.loopback_egress,
        ..Platform::default()
    };
    let mut world = World { platform, accepted, checks, ..World::default() };
    for LoadedObject { subject, decoded, .. } in &loaded.objects {
        let key = subject.key.clone();
        match decoded {
            Decoded::Workflow(workflow) => drop(world.workflows.insert(key, Arc::clone(workflow))),
            Decoded::Gateway(gateway) => drop(world.gateways.insert(key, Arc::clone(gateway))),
            Decoded::Secret(secret) => drop(world.secrets.insert(key, Arc::clone(secret))),
            Decoded::ConfigMap(map) => drop(world.config_maps.insert(key, Arc::clone(map))),
            Decoded::Namespace(labels) => drop(world.namespaces.insert(key.name, Arc::clone(labels))),
            Decoded::ServiceAccount => {}
        }
    }
    choose_default_gateway(&mut world);
    world
}

fn choose_default_gateway(world: &mut World) {
    let mut gateways = world.gateways.keys();
    match (gateways.next(), gateways.next()) {
        (None, _) => {
            let key = world.platform.default_gateway.clone();
            world.gateways.insert(key.clone(), Arc::new(implicit::gateway(key)));
        }
        (Some(only), None) => world.platform.default_gateway = only.clone(),
        (Some(_), Some(_)) => {}
    }
}

/// A violation that compiling found, and where it is written.
pub struct Found<'a> {
    written: &'a LoadedObject,
    violation: &'a Violation,
    /// Why.
    pub reason: Reason,
}

/// What compiling found in these objects.
pub fn problems<'a>(loaded: &'a Loaded, compiled: &'a Compiled) -> Vec<Found<'a>> {
    let workflows = compiled.workflows.iter().map(|(key, outcome)| (Kind::WebhookWorkflow, key, &outcome.violations));
    let gateways = compiled.gateways.iter().map(|(key, outcome)| (Kind::WebhookGateway, key, &outcome.violations));
    let mut found = Vec::new();
    for (kind, key, violations) in workflows.chain(gateways) {
        let subject = Subject { kind, key: key.clone() };
        let Some(written) = loaded.get(&subject) else { continue };
        found.extend(violations.iter().map(|violation| Found { written, violation, reason: violation.reason }));
    }
    found
}

impl Found<'_> {
    /// For a person or a machine.
    pub fn into_problem(self) -> Problem {
        let Self { written, violation, reason } = self;
        Problem {
            file: written.file,
            place: Some(locate(&written.node, &violation.field)),
            object: Some(written.subject.clone()),
            reason: reason.as_str(),
            field: violation.field.clone(),
            message: violation.message.clone(),
            confidential: false,
        }
    }
}
