//! Performs the reconcile core's calls on the API server, and says what came of each.

use std::time::Duration;

use boathook_operator_core::apply::{Answer, Call, Deed, Observed};
use boathook_operator_core::desired::{FIELD_MANAGER, Wanted};
use jiff::{SignedDuration, Timestamp};
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use kube::{Api, Client};
use serde_json::Value;
use tokio::time::timeout;

use crate::watches::api_resource;

/// An API server that takes longer has not answered.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is waited after a 429 that names no time.
const HELD: u32 = 5;

/// The API server, as the reconcile core calls it.
#[derive(Clone)]
pub struct Cluster(Client);

impl Cluster {
    /// Calls by this client.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// Performs one call.
    pub async fn perform(&self, call: &Call) -> Answer {
        let (kind, key) = &call.id;
        let api = Api::<DynamicObject>::namespaced_with(self.0.clone(), &key.namespace, &api_resource(*kind));
        let done = timeout(PATIENCE, perform(&api, &key.name, &call.deed)).await;
        match done {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => failed(call, &error),
            Err(_) => {
                tracing::warn!(%call, "the API server does not answer");
                Answer::Failed
            }
        }
    }
}

async fn perform(api: &Api<DynamicObject>, name: &str, deed: &Deed) -> Result<Answer, kube::Error> {
    match deed {
        Deed::Read(_) => Ok(api.get_opt(name).await?.map_or(Answer::Missing, found)),
        Deed::Create(wanted) => {
            let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
            Ok(found(api.patch(name, &params, &Patch::Apply(&wanted.body)).await?))
        }
        Deed::Apply { wanted, uid } => {
            let params = PatchParams::apply(FIELD_MANAGER).force();
            Ok(found(api.patch(name, &params, &Patch::Apply(with_uid(wanted, uid))).await?))
        }
        Deed::Delete { uid, version } => {
            let preconditions = Preconditions { uid: Some(uid.clone()), resource_version: Some(version.clone()) };
            let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
            api.delete(name, &params).await?;
            Ok(Answer::Gone)
        }
    }
}

/// The object, for the one of this UID alone.
fn with_uid(wanted: &Wanted, uid: &str) -> Value {
    let mut body = wanted.body.clone();
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("uid".to_owned(), uid.into());
    }
    body
}

fn found(mut object: DynamicObject) -> Answer {
    object.metadata.managed_fields = None;
    Answer::Object(Observed::of(serde_json::to_value(object).unwrap_or_default()))
}

/// What an error means. Its text may be an admission controller's, and is for the log alone.
fn failed(call: &Call, error: &kube::Error) -> Answer {
    let kube::Error::Api(status) = error else {
        tracing::warn!(%call, %error, "a call failed");
        return Answer::Failed;
    };
    let answer = match (status.code, &call.deed) {
        (404, Deed::Delete { .. }) => return Answer::Gone,
        (404, Deed::Read(_)) => return Answer::Missing,
        (409, _) => Answer::Conflict,
        (429, _) => {
            Answer::TooMany { until: after(status.details.as_ref().map_or(0, |details| details.retry_after_seconds)) }
        }
        (400..500, _) => Answer::Refused,
        (_, _) => Answer::Failed,
    };
    tracing::warn!(%call, code = status.code, message = %status.message, "the API server refuses a call");
    answer
}

fn after(seconds: u32) -> Timestamp {
    let now = Timestamp::now();
    let seconds = if seconds > 0 { seconds } else { HELD };
    now.checked_add(SignedDuration::from_secs(seconds.into())).unwrap_or(now)
}
