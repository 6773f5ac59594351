//! Compiling with the work of the last time gives what compiling from nothing gives, whatever was edited in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boathook_crds::{WebhookGatewaySpec, WebhookWorkflowSpec};
use boathook_operator_core::compile::{ALLOW_LABEL, Compiled, CompiledRoute, Compiler, compile};
use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::world::{ConfigMapObject, Gateway, SecretObject, Workflow, World};
use boathook_plan::secret::Secret;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

const NAMESPACES: [&str; 2] = ["lab", "shop"];
const NAMES: [&str; 3] = ["a", "b", "c"];
const PATHS: [&str; 4] = ["/p", "/q", "/{x}", "/{y}"];

/// One change of the world.
#[derive(Clone, Debug)]
enum Edit {
    PutWorkflow {
        namespace: usize,
        name: usize,
        path: usize,
        variant: usize,
        age: i64,
    },
    RemoveWorkflow {
        namespace: usize,
        name: usize,
    },
    PutSecret {
        namespace: usize,
        label: usize,
        value: u8,
    },
    RemoveSecret {
        namespace: usize,
    },
    PutConfigMap {
        namespace: usize,
        value: u8,
    },
    RemoveConfigMap {
        namespace: usize,
    },
    PutGateway {
        name: usize,
        variant: usize,
    },
    RemoveGateway {
        name: usize,
    },
    LabelNamespace {
        namespace: usize,
        team: bool,
    },
    /// Every object is read again: nothing is the same `Arc`.
    Reload,
}

fn edits() -> impl Strategy<Value = Edit> {
    let (namespace, name) = (0..NAMESPACES.len(), 0..NAMES.len());
    prop_oneof![
        8 => (namespace.clone(), name.clone(), 0..PATHS.len(), 0..6_usize, 0..3_i64).prop_map(
            |(namespace, name, path, variant, age)| Edit::PutWorkflow { namespace, name, path, variant, age }
        ),
        2 => (namespace.clone(), name).prop_map(|(namespace, name)| Edit::RemoveWorkflow { namespace, name }),
        2 => (namespace.clone(), 0..3_usize, any::<u8>())
            .prop_map(|(namespace, label, value)| Edit::PutSecret { namespace, label, value }),
        1 => namespace.clone().prop_map(|namespace| Edit::RemoveSecret { namespace }),
        1 => (namespace.clone(), any::<u8>()).prop_map(|(namespace, value)| Edit::PutConfigMap { namespace, value }),
        1 => namespace.clone().prop_map(|namespace| Edit::RemoveConfigMap { namespace }),
        3 => (0..2_usize, 0..6_usize).prop_map(|(name, variant)| Edit::PutGateway { name, variant }),
        1 => (0..2_usize).prop_map(|name| Edit::RemoveGateway { name }),
        1 => (namespace, any::<bool>()).prop_map(|(namespace, team)| Edit::LabelNamespace { namespace, team }),
        1 => Just(Edit::Reload),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn an_incremental_compile_equals_a_full_one(edits in prop::collection::vec(edits(), 1..40)) {
        let mut compiler = Compiler::default();
        let mut world = World::default();
        apply(&mut world, &Edit::PutGateway { name: 0, variant: 0 }, 0);
        for (generation, edit) in (1..).zip(&edits) {
            apply(&mut world, edit, generation);
            let (incremental, full) = (compiler.compile(&world), compile(&world));
            prop_assert_eq!(picture(&incremental), picture(&full));
            hold_together(&world, &incremental)?;
            world.accepted = incremental.accepted;
        }
    }
}

#[test]
fn what_did_not_change_is_the_same_route() {
    let mut compiler = Compiler::default();
    let mut world = World::default();
    apply(&mut world, &Edit::PutGateway { name: 0, variant: 0 }, 1);
    apply(&mut world, &Edit::PutWorkflow { namespace: 0, name: 0, path: 0, variant: 0, age: 0 }, 1);
    apply(&mut world, &Edit::PutWorkflow { namespace: 0, name: 1, path: 1, variant: 0, age: 0 }, 1);
    let before = compiler.compile(&world);
    apply(&mut world, &Edit::PutWorkflow { namespace: 0, name: 1, path: 1, variant: 2, age: 0 }, 2);
    let after = compiler.compile(&world);
    assert!(Arc::ptr_eq(&before.routes[0], &after.routes[0]));
    assert!(!Arc::ptr_eq(&before.routes[1], &after.routes[1]));
}

/// Everything that a compile says, in a form that can be compared.
fn picture(compiled: &Compiled) -> Value {
    let keys = |route: &CompiledRoute| json!({"gateway": route.gateway, "plan": route.plan, "keys": route.keys});
    let outcomes = compiled.workflows.iter().map(|(key, outcome)| (key.to_string(), json!(outcome)));
    json!({
        "routes": compiled.routes.iter().map(|route| keys(route)).collect::<Vec<_>>(),
        "workflows": outcomes.collect::<BTreeMap<_, _>>(),
        "gateways": compiled.gateways.values().collect::<Vec<_>>(),
        "accepted": format!("{:?}", compiled.accepted),
    })
}

/// What holds of every compile: everybody is told, nobody shares a path, and who is accepted serves as written.
fn hold_together(world: &World, compiled: &Compiled) -> Result<(), TestCaseError> {
    prop_assert!(compiled.workflows.keys().eq(world.workflows.keys()));
    let webhooks = compiled.routes.iter().filter_map(|route| Some((&route.gateway, route.plan.webhook.as_ref()?)));
    let paths: BTreeSet<_> = webhooks.map(|(gateway, webhook)| (gateway, &webhook.host, &webhook.path)).collect();
    prop_assert_eq!(paths.len(), compiled.routes.len());
    for (key, outcome) in &compiled.workflows {
        let route = compiled.routes.iter().find(|route| route.workflow() == *key);
        prop_assert_eq!(outcome.serving, route.map(|route| route.plan.generation));
        prop_assert_eq!(outcome.url.is_some(), route.is_some());
        if outcome.accepted() {
            prop_assert_eq!(outcome.serving, Some(outcome.generation));
            prop_assert!(compiled.accepted.workflows.contains_key(key));
        }
    }
    Ok(())
}

fn apply(world: &mut World, edit: &Edit, generation: i64) {
    let key = |namespace: usize, name: &str| ObjectKey::new(NAMESPACES[namespace], name);
    match *edit {
        Edit::PutWorkflow { namespace, name, path, variant, age } => {
            let key = key(namespace, NAMES[name]);
            world.workflows.insert(key.clone(), Arc::new(workflow(key, path, variant, (age, generation))));
        }
        Edit::RemoveWorkflow { namespace, name } => {
            world.workflows.remove(&key(namespace, NAMES[name]));
        }
        Edit::PutSecret { namespace, label, value } => {
            world.secrets.insert(key(namespace, "keys"), Arc::new(secret(label, value)));
        }
        Edit::RemoveSecret { namespace } => {
            world.secrets.remove(&key(namespace, "keys"));
        }
        Edit::PutConfigMap { namespace, value } => {
            let data = [("extra".to_owned(), value.to_string())].into();
            world.config_maps.insert(key(namespace, "vars"), Arc::new(ConfigMapObject { data }));
        }
        Edit::RemoveConfigMap { namespace } => {
            world.config_maps.remove(&key(namespace, "vars"));
        }
        Edit::PutGateway { name, variant } => {
            let key = gateway_key(world, name);
            world.gateways.insert(key.clone(), Arc::new(gateway(key, variant, generation)));
        }
        Edit::RemoveGateway { name } => {
            world.gateways.remove(&gateway_key(world, name));
        }
        Edit::LabelNamespace { namespace, team } => {
            let labels = team.then(|| ("team".to_owned(), "web".to_owned())).into_iter().collect();
            world.namespaces.insert(NAMESPACES[namespace].to_owned(), Arc::new(labels));
        }
        Edit::Reload => {
            world.workflows.values_mut().for_each(|object| *object = Arc::new(Workflow::clone(object)));
            world.gateways.values_mut().for_each(|object| *object = Arc::new(Gateway::clone(object)));
            world.secrets.values_mut().for_each(|object| *object = Arc::new(SecretObject::clone(object)));
        }
    }
}

fn gateway_key(world: &World, name: usize) -> ObjectKey {
    if name == 0 { world.platform.default_gateway.clone() } else { ObjectKey::new("shop", "own") }
}

fn workflow(key: ObjectKey, path: usize, variant: usize, (age, generation): (i64, i64)) -> Workflow {
    let spec = json!({
        "webhook": {"path": PATHS[path], "public": true},
        "response": {"mode": "Sync"},
        "steps": [{"name": "greet", "set": {"variant": variant}}],
    });
    let mut spec: WebhookWorkflowSpec = serde_json::from_value(spec).unwrap();
    match variant {
        1 => spec.timeout = Some("0s".into()),
        2 => spec.timeout = Some("2h".into()),
        3 => spec.gateway_ref = serde_json::from_value(json!({"name": "own", "namespace": "shop"})).unwrap(),
        4 => spec.vars_from = serde_json::from_value(json!([{"configMapRef": {"name": "vars"}}])).unwrap(),
        5 => {
            let verification = json!({"path": PATHS[path], "verification": {"schemes": [
                {"bearer": {}, "keys": [{"secretKeyRef": {"name": "keys", "key": "a"}}]},
            ]}});
            spec.webhook = serde_json::from_value(verification).unwrap();
            let secrets = json!([{"name": "token", "secretKeyRef": {"name": "keys", "key": "a"}}]);
            spec.secrets = serde_json::from_value(secrets).unwrap();
        }
        _ => {}
    }
    let created = Timestamp::UNIX_EPOCH.checked_add(jiff::SignedDuration::from_hours(age)).unwrap();
    Workflow { uid: format!("{key}/{}", generation % 3), key, generation, created, spec }
}

fn gateway(key: ObjectKey, variant: usize, generation: i64) -> Gateway {
    let mut spec = json!({"storage": {"embedded": {}}, "allowedNamespaces": {"from": "All"}});
    match variant {
        1 => spec["allowedNamespaces"] = json!({"from": "Same"}),
        2 => spec["allowedNamespaces"] = json!({"from": "Selector", "selector": {"matchLabels": {"team": "web"}}}),
        3 => spec["ceilings"] = json!({"timeout": "1h"}),
        4 => spec["routePrefix"] = json!("no-slash"),
        5 => spec["hosts"] = json!([{"hostname": "shop.example.com", "namespace": "shop"}]),
        _ => {}
    }
    let spec: WebhookGatewaySpec = serde_json::from_value(spec).unwrap();
    Gateway { uid: key.to_string(), key, generation, created: Timestamp::UNIX_EPOCH, spec }
}

fn secret(label: usize, value: u8) -> SecretObject {
    let label = ["", "verification", "steps"][label].to_owned();
    SecretObject {
        labels: [(ALLOW_LABEL.to_owned(), label)].into(),
        type_: String::new(),
        data: [("a".to_owned(), Secret::new(vec![b'k', value]))].into(),
    }
}
