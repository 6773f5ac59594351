//! Copies of the cluster's objects, kept by watches, each turned into what the core reads when it comes in. A copy is
//! replaced whole by each list, so that what was deleted while nobody watched is gone from it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use boathook_operator_core::object::ObjectKey;
use futures::{StreamExt as _, TryStreamExt as _};
use kube::{Api, Resource, ResourceExt as _};
use kube_runtime::WatchStreamExt as _;
use kube_runtime::watcher::{self, Event, watcher};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

/// The objects of one watch. Clones are the same.
#[derive(Debug)]
pub struct Mirror<T> {
    objects: Arc<Mutex<Objects<T>>>,
}

#[derive(Debug)]
struct Objects<T> {
    live: BTreeMap<ObjectKey, Arc<T>>,
    /// Those of a list that is not whole yet.
    coming: BTreeMap<ObjectKey, Arc<T>>,
    is_whole: bool,
}

impl<T> Clone for Mirror<T> {
    fn clone(&self) -> Self {
        Self { objects: Arc::clone(&self.objects) }
    }
}

impl<T> Default for Mirror<T> {
    fn default() -> Self {
        let objects = Objects { live: BTreeMap::new(), coming: BTreeMap::new(), is_whole: false };
        Self { objects: Arc::new(Mutex::new(objects)) }
    }
}

impl<T> Mirror<T> {
    /// Every object.
    pub fn all(&self) -> BTreeMap<ObjectKey, Arc<T>> {
        self.with(|objects| objects.live.clone())
    }

    /// Whether a list has come in whole at least once.
    pub fn is_whole(&self) -> bool {
        self.with(|objects| objects.is_whole)
    }

    fn with<R>(&self, act: impl FnOnce(&mut Objects<T>) -> R) -> R {
        // Nothing here panics half-way.
        act(&mut self.objects.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take<K: Resource>(&self, event: Event<K>, read: Read<K, T>) {
        self.with(|objects| match event {
            Event::Init => objects.coming.clear(),
            Event::InitApply(object) => {
                let key = key(&object);
                let read = read(object, objects.live.get(&key).map(Arc::as_ref));
                objects.coming.insert(key, Arc::new(read));
            }
            Event::InitDone => {
                objects.live = std::mem::take(&mut objects.coming);
                objects.is_whole = true;
            }
            Event::Apply(object) => {
                let key = key(&object);
                let read = read(object, objects.live.get(&key).map(Arc::as_ref));
                objects.live.insert(key, Arc::new(read));
            }
            Event::Delete(object) => drop(objects.live.remove(&key(&object))),
        });
    }
}

/// Turns an object into what is kept of it; the second argument is what was kept of it before.
pub type Read<K, T> = fn(K, Option<&T>) -> T;

/// Keeps a mirror for as long as it is polled. A watch that fails is begun anew, later each time; it never ends.
pub async fn follow<K, T>(
    api: Api<K>,
    config: watcher::Config,
    mirror: Mirror<T>,
    (read, changed): (Read<K, T>, Arc<Notify>),
) where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
{
    let url = api.resource_url().to_owned();
    let mut events = watcher(api, config).default_backoff().into_stream().boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                let is_seen = !matches!(event, Event::Init | Event::InitApply(_));
                mirror.take(event, read);
                if is_seen {
                    changed.notify_one();
                }
            }
            Err(error) => tracing::warn!(url, error = %chain(&error), "a watch failed and is begun anew"),
        }
    }
}

fn key<K: Resource>(object: &K) -> ObjectKey {
    ObjectKey::new(object.namespace().unwrap_or_default(), object.name_any())
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
