//! A model of an API server and of a watch that lags behind it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::apply::shape::project;
use crate::apply::{Answer, Call, Deed, Id, Observed};
use crate::desired::{Owner, Wanted};

/// Objects as they are, and as the operator sees them.
#[derive(Default)]
pub(super) struct Server {
    objects: BTreeMap<Id, Observed>,
    seen: BTreeMap<Id, Observed>,
    count: u64,
}

impl Server {
    pub fn seen(&self) -> &BTreeMap<Id, Observed> {
        &self.seen
    }

    /// The watch has caught up.
    pub fn see_all(&mut self) {
        self.seen = self.objects.iter().filter(|(_, object)| object.owner != Owner::Other).map(both).collect();
    }

    /// The watch has caught up with one object.
    pub fn see_one(&mut self, which: u64) {
        let ids: Vec<Id> = self.objects.keys().chain(self.seen.keys()).cloned().collect();
        let Some(id) = pick(&ids, which) else { return };
        match self.objects.get(id).filter(|object| object.owner != Owner::Other) {
            Some(object) => drop(self.seen.insert(id.clone(), object.clone())),
            None => drop(self.seen.remove(id)),
        }
    }

    /// Somebody writes into one of the operator's fields.
    pub fn edit(&mut self, which: u64) {
        let ids: Vec<Id> = self.objects.keys().cloned().collect();
        let Some(id) = pick(&ids, which) else { return };
        let version = self.next();
        if let Some(object) = self.objects.get_mut(id) {
            object.body["spec"]["form"] = json!("edited");
            object.version = version;
        }
    }

    /// Somebody deletes an object.
    pub fn remove(&mut self, which: u64) {
        let ids: Vec<Id> = self.objects.keys().cloned().collect();
        if let Some(id) = pick(&ids, which) {
            self.objects.remove(id);
        }
    }

    /// Somebody else makes an object of a name that is free, and takes it away again later, when all is at rest.
    pub fn take_name(&mut self, id: Id) {
        let (uid, version) = (self.next(), self.next());
        let body = json!({"spec": {"form": "foreign"}});
        self.objects.entry(id).or_insert(Observed { owner: Owner::Other, uid, version, body });
    }

    /// What an API server does.
    pub fn perform(&mut self, call: &Call) -> Answer {
        let found = self.objects.get(&call.id).cloned();
        match (&call.deed, found) {
            (Deed::Read(_), Some(object)) => Answer::Object(object),
            (Deed::Read(_), None) => Answer::Missing,
            (Deed::Create(wanted), None) => self.write(call, wanted, None),
            (Deed::Create(wanted), Some(object)) if object.owner == wanted.owner => {
                self.write(call, wanted, Some(object))
            }
            (Deed::Apply { wanted, uid }, Some(object)) if object.uid == *uid => self.write(call, wanted, Some(object)),
            (Deed::Create(_) | Deed::Apply { .. }, _) => Answer::Conflict,
            (Deed::Delete { .. }, None) => Answer::Gone,
            (Deed::Delete { uid, version }, Some(object)) => {
                if object.uid != *uid || object.version != *version {
                    return Answer::Conflict;
                }
                assert!(object.owner != Owner::Other, "{call} deletes what is somebody else's");
                self.objects.remove(&call.id);
                Answer::Gone
            }
        }
    }

    fn write(&mut self, call: &Call, wanted: &Wanted, found: Option<Observed>) -> Answer {
        assert!(
            found.as_ref().is_none_or(|object| object.owner != Owner::Other),
            "{call} takes over what is somebody else's"
        );
        let uid = found.as_ref().map_or_else(|| self.next(), |object| object.uid.clone());
        let mut body = wanted.body.clone();
        // The API server writes numbers in its own way, and fills in what is not given.
        body["spec"]["form"] = json!(format!("{}", body["spec"]["form"]));
        body["spec"]["default"] = json!(true);
        let is_same = found.as_ref().is_some_and(|object| project(&object.body, &body) == body);
        let version = match found {
            Some(object) if is_same => object.version,
            Some(_) | None => self.next(),
        };
        let object = Observed { owner: wanted.owner.clone(), uid, version, body };
        self.objects.insert(call.id.clone(), object.clone());
        Answer::Object(object)
    }

    /// Whether every wanted object is there as it is wanted, but for names that somebody else has, and no other.
    pub fn is_as(&self, wanted: &BTreeMap<Id, Wanted>) -> bool {
        let own: BTreeMap<_, _> = self.objects.iter().filter(|(_, object)| object.owner != Owner::Other).collect();
        let holds = |id: &Id, form: &Value| match self.objects.get(id) {
            Some(object) if object.owner == Owner::Other => true,
            Some(object) => object.body["spec"]["form"] == json!(format!("{form}")),
            None => false,
        };
        wanted.iter().all(|(id, wanted)| holds(id, &wanted.body["spec"]["form"]))
            && own.keys().all(|id| wanted.contains_key(*id))
    }

    fn next(&mut self) -> String {
        self.count += 1;
        self.count.to_string()
    }
}

fn both((id, object): (&Id, &Observed)) -> (Id, Observed) {
    (id.clone(), object.clone())
}

fn pick(ids: &[Id], which: u64) -> Option<&Id> {
    ids.get(usize::try_from(which).ok()? % ids.len().max(1))
}
