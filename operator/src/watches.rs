//! Everything that the operator looks at, and the world that the core compiles from it.

mod read;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use boathook_crds::{WebhookGateway, WebhookWorkflow};
use boathook_operator_core::apply::{Id, Observed};
use boathook_operator_core::compile::{ALLOW_LABEL, Accepted};
use boathook_operator_core::desired::{Kind, Names, SELECTOR};
use boathook_operator_core::object::ObjectKey;
use boathook_operator_core::world::{Checks, ConfigMapObject, Labels, Platform, SecretObject, World};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::core::DeserializeGuard;
use kube::core::{DynamicObject, GroupVersion};
use kube::discovery::ApiResource;
use kube::{Api, Client, Resource};
use kube_runtime::watcher;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::mirror::{Mirror, Read, follow};
pub use read::{Pod, Pods, SeenGateway, SeenWorkflow};

/// Mirrors of one kind: one, or one for each namespace.
#[derive(Debug)]
struct Mirrors<T>(Vec<Mirror<T>>);

impl<T> Mirrors<T> {
    fn all(&self) -> BTreeMap<ObjectKey, Arc<T>> {
        self.0.iter().flat_map(Mirror::all).collect()
    }

    fn is_whole(&self) -> bool {
        self.0.iter().all(Mirror::is_whole)
    }
}

/// Everything that is looked at.
#[derive(Debug)]
pub struct Watches {
    workflows: Mirrors<SeenWorkflow>,
    gateways: Mirrors<SeenGateway>,
    secrets: Mirrors<SecretObject>,
    config_maps: Mirrors<ConfigMapObject>,
    namespaces: Mirrors<Labels>,
    pods: Mirrors<Pods>,
    owned: Vec<(Kind, Mirrors<Observed>)>,
}

/// All of it at one time.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The workflows.
    pub workflows: BTreeMap<ObjectKey, Arc<SeenWorkflow>>,
    /// The gateways.
    pub gateways: BTreeMap<ObjectKey, Arc<SeenGateway>>,
    /// The pods behind each `EndpointSlice` of the operator's own Services.
    pub pods: BTreeMap<ObjectKey, Arc<Pods>>,
    /// What the operator keeps.
    pub owned: BTreeMap<Id, Observed>,
}

impl View {
    /// The Secret of a gateway's end of the channel.
    pub fn channel(&self, gateway: &ObjectKey) -> Option<&Observed> {
        let name = Names::of(&gateway.name).channel;
        self.owned.get(&(Kind::Secret, ObjectKey::new(&gateway.namespace, name)))
    }
}

/// Starts watches.
struct Starter<'a> {
    client: Client,
    /// None is all of them.
    namespaces: &'a [String],
    changed: Arc<Notify>,
    tasks: &'a mut JoinSet<()>,
}

impl Starter<'_> {
    fn start<K, T>(&mut self, selector: Option<&str>, read: Read<K, T>) -> Mirrors<T>
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug + Send + 'static,
        K::DynamicType: Default,
        T: Send + Sync + 'static,
    {
        let client = self.client.clone();
        let apis = if self.namespaces.is_empty() {
            vec![Api::<K>::all(client)]
        } else {
            self.namespaces.iter().map(|namespace| Api::<K>::namespaced(client.clone(), namespace)).collect()
        };
        self.follow(apis, selector, read)
    }

    fn owned(&mut self, kind: Kind) -> Mirrors<Observed> {
        let resource = api_resource(kind);
        let client = self.client.clone();
        let apis = if self.namespaces.is_empty() {
            vec![Api::<DynamicObject>::all_with(client, &resource)]
        } else {
            let each = self.namespaces.iter();
            each.map(|namespace| Api::<DynamicObject>::namespaced_with(client.clone(), namespace, &resource)).collect()
        };
        self.follow(apis, Some(SELECTOR), read::owned)
    }

    fn follow<K, T>(&mut self, apis: Vec<Api<K>>, selector: Option<&str>, read: Read<K, T>) -> Mirrors<T>
    where
        K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
        T: Send + Sync + 'static,
    {
        let mirrors = apis.into_iter().map(|api| {
            let mirror = Mirror::default();
            let label_selector = selector.map(str::to_owned);
            let config = watcher::Config { label_selector, ..watcher::Config::default() };
            self.tasks.spawn(follow(api, config, mirror.clone(), (read, Arc::clone(&self.changed))));
            mirror
        });
        Mirrors(mirrors.collect())
    }
}

/// How the API server names a kind.
pub fn api_resource(kind: Kind) -> ApiResource {
    let (api_version, name) = kind.names();
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    ApiResource::from_gvk(&GroupVersion::gv(group, version).with_kind(name))
}

impl Watches {
    /// Starts every watch, as tasks of `tasks`. `changed` is told of what is new.
    pub fn start(client: Client, namespaces: &[String], changed: Arc<Notify>, tasks: &mut JoinSet<()>) -> Self {
        let mut starter = Starter { client, namespaces, changed, tasks };
        Self {
            workflows: starter.start::<DeserializeGuard<WebhookWorkflow>, _>(None, read::workflow),
            gateways: starter.start::<DeserializeGuard<WebhookGateway>, _>(None, read::gateway),
            secrets: starter.start::<Secret, _>(Some(ALLOW_LABEL), read::secret),
            config_maps: starter.start::<ConfigMap, _>(None, read::config_map),
            namespaces: starter.namespaces(),
            pods: starter.start::<EndpointSlice, _>(Some(SELECTOR), read::pods),
            owned: Kind::ALL.into_iter().map(|kind| (kind, starter.owned(kind))).collect(),
        }
    }

    /// Whether everything has been seen once: before, what is missing may only not have come in.
    pub fn are_whole(&self) -> bool {
        self.workflows.is_whole()
            && self.gateways.is_whole()
            && self.secrets.is_whole()
            && self.config_maps.is_whole()
            && self.namespaces.is_whole()
            && self.pods.is_whole()
            && self.owned.iter().all(|(_, mirrors)| mirrors.is_whole())
    }

    /// What is seen now.
    pub fn view(&self) -> View {
        let owned = self.owned.iter().flat_map(|(kind, mirrors)| {
            mirrors.all().into_iter().map(|(key, object)| ((*kind, key), Observed::clone(&object)))
        });
        View {
            workflows: self.workflows.all(),
            gateways: self.gateways.all(),
            pods: self.pods.all(),
            owned: owned.collect(),
        }
    }

    /// The world of a view. What could not be read is not in it.
    pub fn world(&self, view: &View, (checks, accepted): (Checks, Accepted), platform: Platform) -> World {
        let workflows = view.workflows.iter();
        let gateways = view.gateways.iter();
        World {
            workflows: workflows.filter_map(|(key, seen)| Some((key.clone(), seen.object.clone().ok()?))).collect(),
            gateways: gateways.filter_map(|(key, seen)| Some((key.clone(), seen.object.clone().ok()?))).collect(),
            secrets: self.secrets.all(),
            config_maps: self.config_maps.all(),
            namespaces: self.namespaces.all().into_iter().map(|(key, labels)| (key.name, labels)).collect(),
            checks,
            platform,
            accepted,
        }
    }
}

impl Starter<'_> {
    /// Labels of namespaces are a cluster's: who may only look at some namespaces sees none.
    fn namespaces(&mut self) -> Mirrors<Labels> {
        let apis =
            if self.namespaces.is_empty() { vec![Api::<Namespace>::all(self.client.clone())] } else { Vec::new() };
        self.follow(apis, None, read::namespace)
    }
}
