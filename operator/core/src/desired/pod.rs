//! A gateway's pod: restricted as Pod Security has it, without a token, with a volume for the store and memory for the
//! last routes, which hold keys and so touch no disk.

use std::collections::BTreeMap;

use boathook_crds::gateway::deployment::{Resources, TaintEffect, Toleration as Given, TolerationOperator};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EmptyDirVolumeSource, HTTPGetAction, LocalObjectReference,
    PersistentVolumeClaimVolumeSource, PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements,
    SeccompProfile, SecretVolumeSource, SecurityContext, Toleration, TopologySpreadConstraint, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::names::boathook_port::{ADMIN, CHANNEL, PUBLIC};
use super::{Part, labels};

/// `nonroot` of common base images.
const USER: i64 = 65_532;

/// Seconds from SIGTERM to SIGKILL: what is in flight has 30, and what goes before and after has the rest.
const GRACE: i64 = 60;

/// How long a pod waits for its volume's store: the pod before it may be finishing what it has. A pod that ended for want
/// of it would be started anew ever more slowly.
const STORE_WAIT: &str = "5m";

/// How long a pod that ends serves on. There is no other to lead senders to: it is the time in which they are told so
/// by its Service, and find no connection rather than one that breaks. Readiness is looked at each second, twice.
const DRAIN_DELAY: &str = "3s";

/// What the last routes may take of the pod's memory: 100,000 of 2 KiB, and some large ones.
const TABLE_SIZE: &str = "512Mi";

/// Of each volume: its name, where it is, and whether it is only read.
const MOUNTS: [(&str, &str, bool); 3] =
    [("data", "/data", false), ("table", "/table", false), ("channel", "/certs", true)];

/// The template of the pods.
pub(super) fn template(part: &Part) -> PodTemplateSpec {
    let given = &part.gateway.deployment.pod;
    // What chooses the pods cannot be given another value.
    let labels = given.template.labels.clone().into_iter().chain(labels::all(&part.names)).collect();
    let some = |map: &BTreeMap<String, String>| (!map.is_empty()).then(|| map.clone());
    let metadata =
        ObjectMeta { labels: Some(labels), annotations: some(&given.template.annotations), ..ObjectMeta::default() };
    PodTemplateSpec { metadata: Some(metadata), spec: Some(spec(part)) }
}

fn spec(part: &Part) -> PodSpec {
    let given = &part.gateway.deployment.pod;
    let template = &given.template;
    let secrets =
        template.image_pull_secrets.iter().map(|secret| LocalObjectReference { name: secret.name.to_string() });
    let secrets: Vec<_> = secrets.collect();
    let tolerations: Vec<_> = template.tolerations.iter().map(toleration).collect();
    PodSpec {
        service_account_name: Some(part.names.base.clone()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        termination_grace_period_seconds: Some(GRACE),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            fs_group: Some(USER),
            fs_group_change_policy: Some("OnRootMismatch".to_owned()),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
            ..PodSecurityContext::default()
        }),
        containers: vec![container(part)],
        volumes: Some(volumes(part)),
        affinity: given.affinity.clone(),
        topology_spread_constraints: Some(spread(part)),
        node_selector: (!template.node_selector.is_empty()).then(|| template.node_selector.clone()),
        tolerations: (!tolerations.is_empty()).then_some(tolerations),
        image_pull_secrets: (!secrets.is_empty()).then_some(secrets),
        priority_class_name: template.priority_class_name.as_ref().map(ToString::to_string),
        ..PodSpec::default()
    }
}

fn container(part: &Part) -> Container {
    let listen = |port: u16| format!("0.0.0.0:{port}");
    let arguments = [
        ("--listen", listen(PUBLIC)),
        ("--admin", listen(ADMIN)),
        ("--channel", listen(CHANNEL)),
        ("--data", "/data".to_owned()),
        ("--data-wait", STORE_WAIT.to_owned()),
        ("--drain-delay", DRAIN_DELAY.to_owned()),
        ("--table", "/table".to_owned()),
        ("--channel-certs", "/certs".to_owned()),
    ];
    let mount = |(name, path, read_only): (&str, &str, bool)| VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    };
    Container {
        name: "gateway".to_owned(),
        image: Some(part.settings.image.clone()),
        image_pull_policy: part.settings.image_pull_policy.clone(),
        args: Some(arguments.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()),
        ports: Some([("public", PUBLIC), ("admin", ADMIN), ("channel", CHANNEL)].map(port).into()),
        resources: part.gateway.deployment.pod.template.resources.as_ref().map(resources),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            run_as_non_root: Some(true),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
            ..SecurityContext::default()
        }),
        // Opening a store may mean to recover it: five minutes.
        startup_probe: Some(Probe { failure_threshold: Some(300), period_seconds: Some(1), ..probe("/livez") }),
        liveness_probe: Some(Probe { failure_threshold: Some(6), period_seconds: Some(10), ..probe("/livez") }),
        // While it is the only pod, nobody is served until this holds.
        readiness_probe: Some(Probe { failure_threshold: Some(2), period_seconds: Some(1), ..probe("/readyz") }),
        volume_mounts: Some(MOUNTS.map(mount).into()),
        ..Container::default()
    }
}

fn port((name, port): (&str, u16)) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: port.into(),
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

fn probe(path: &str) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String("admin".to_owned()),
            ..HTTPGetAction::default()
        }),
        timeout_seconds: Some(5),
        ..Probe::default()
    }
}

fn volumes(part: &Part) -> Vec<Volume> {
    let data = PersistentVolumeClaimVolumeSource { claim_name: part.names.data.clone(), read_only: None };
    let table =
        EmptyDirVolumeSource { medium: Some("Memory".to_owned()), size_limit: Some(Quantity(TABLE_SIZE.to_owned())) };
    let channel = SecretVolumeSource {
        secret_name: Some(part.names.channel.clone()),
        default_mode: Some(0o440),
        ..SecretVolumeSource::default()
    };
    let named = |name: &str| Volume { name: name.to_owned(), ..Volume::default() };
    vec![
        Volume { persistent_volume_claim: Some(data), ..named("data") },
        Volume { empty_dir: Some(table), ..named("table") },
        Volume { secret: Some(channel), ..named("channel") },
    ]
}

/// Over zones and nodes where possible, unless somebody says otherwise.
fn spread(part: &Part) -> Vec<TopologySpreadConstraint> {
    let given = &part.gateway.deployment.pod.spread;
    if !given.is_empty() {
        return given.clone();
    }
    let over = |key: &str| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.to_owned(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(labels::pod_selector(&part.names)),
        ..TopologySpreadConstraint::default()
    };
    vec![over("topology.kubernetes.io/zone"), over("kubernetes.io/hostname")]
}

fn resources(given: &Resources) -> ResourceRequirements {
    let amounts = |amounts: &BTreeMap<String, boathook_crds::Quantity>| {
        let amounts = amounts.iter().map(|(name, amount)| (name.clone(), Quantity(amount.to_string())));
        Some(amounts.collect::<BTreeMap<_, _>>()).filter(|amounts| !amounts.is_empty())
    };
    ResourceRequirements {
        requests: amounts(&given.requests),
        limits: amounts(&given.limits),
        ..ResourceRequirements::default()
    }
}

fn toleration(given: &Given) -> Toleration {
    Toleration {
        key: given.key.clone(),
        operator: given.operator.map(|operator| match operator {
            TolerationOperator::Exists => "Exists".to_owned(),
            TolerationOperator::Equal => "Equal".to_owned(),
        }),
        value: given.value.clone(),
        effect: given.effect.map(|effect| match effect {
            TaintEffect::NoSchedule => "NoSchedule".to_owned(),
            TaintEffect::PreferNoSchedule => "PreferNoSchedule".to_owned(),
            TaintEffect::NoExecute => "NoExecute".to_owned(),
        }),
        toleration_seconds: given.toleration_seconds,
    }
}
