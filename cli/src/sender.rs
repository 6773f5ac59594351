//! What `send` and `sign` have in common: their arguments, and the delivery that these ask for.
//!
//! Gathers files, body, time and id; [`crate::delivery`] decides what the request is.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;

use boathook_operator_core::compile::{Accepted, CompiledRoute};
use boathook_operator_core::object::ObjectKey;
use boathook_plan::request::RawRequest;
use boathook_plan::verify::sign::Stamp;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use reqwest::Url;
use uuid::Uuid;

use crate::assemble::{Assembled, assemble};
use crate::delivery::{Delivery, signed};
use crate::failure::Failure;
use crate::input;
use crate::load::world::Surroundings;
use crate::report;
use crate::scripts;
use crate::sources::Sources;

/// Which workflow gets what.
#[derive(clap::Args, Debug)]
pub struct Wanted {
    /// The files that hold the workflow and the Secrets of its keys
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,

    /// The workflow, as NAMESPACE/NAME or NAME; may be left out where the files hold one
    #[arg(short, long, value_name = "NAME")]
    workflow: Option<String>,

    /// The body: text, @FILE, or - for standard input
    #[arg(short, long, value_name = "DATA")]
    data: Option<String>,

    /// A header field, such as 'content-type: text/plain'; may be given many times
    #[arg(short = 'H', long = "header", value_name = "FIELD")]
    headers: Vec<String>,

    /// The event, where the sender says it in a header field (GitHub: push, ping, ...)
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,

    /// The method [default: the first one that the workflow takes]
    #[arg(short = 'X', long, value_name = "METHOD")]
    method: Option<Method>,

    /// The delivery's id [default: a new one]
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// Where to send; without a path, the workflow's own path is taken
    #[arg(long, value_name = "URL", env = "BOATHOOK_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
}

/// A signed request, and where it goes.
pub struct Request {
    /// The request.
    pub raw: RawRequest,
    /// Where it goes.
    pub url: Url,
    /// The host to ask for, where it is not the URL's own.
    pub host: Option<String>,
}

impl Wanted {
    /// The body as it was given.
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref()
    }

    /// The signed request.
    pub fn request(&self) -> Result<Request, Failure> {
        let files = Sources::open(&self.paths)?.look().read();
        let world = assemble(files, &self.surroundings(), Accepted::default(), scripts::unseen);
        let route = choose(&world, self.workflow.as_deref())?;
        let generated = Uuid::new_v4().to_string();
        let stamp = Stamp { now: Timestamp::now(), id: self.id.as_deref().unwrap_or(&generated) };
        let raw = signed(&route, self.delivery()?, stamp)?;
        let mut url = self.url.clone();
        url.set_path(&raw.path);
        url.set_query(raw.query.as_deref());
        Ok(Request { raw, url, host: route.plan.webhook.as_ref().and_then(|webhook| webhook.host.clone()) })
    }

    /// A gateway without a `baseURL` is the one that is sent to: some senders sign the URL.
    fn surroundings(&self) -> Surroundings {
        Surroundings { base_url: self.url.origin().ascii_serialization(), ..Surroundings::default() }
    }

    fn delivery(&self) -> Result<Delivery, Failure> {
        let has_path = self.url.path() != "/";
        Ok(Delivery {
            method: self.method.clone(),
            target: has_path.then(|| (self.url.path().to_owned(), self.url.query().map(str::to_owned))),
            headers: headers(&self.headers)?,
            body: self.data.as_deref().map(body).transpose()?.unwrap_or_default(),
            event: self.event.clone(),
        })
    }
}

fn choose(world: &Assembled, wanted: Option<&str>) -> Result<Arc<CompiledRoute>, Failure> {
    let is_called = |route: &CompiledRoute| route.plan.webhook.is_none();
    let found: Vec<_> = world
        .compiled
        .routes
        .iter()
        .filter(|route| is_wanted(&route.workflow(), wanted) && (wanted.is_some() || !is_called(route)))
        .collect();
    match found.as_slice() {
        [only] if is_called(only) => Err(Failure::usage(format!(
            "send to {}: it has no webhook, and only `call` steps start it",
            only.workflow()
        ))
        .next("the workflow that calls it")),
        [only] => Ok(Arc::clone(only)),
        [] => Err(missing(world, wanted)),
        [..] => {
            let choice = names(found.iter().map(|route| route.workflow()));
            Err(Failure::usage("choose a workflow: the files hold more than one")
                .next(format!("--workflow with one of {choice}")))
        }
    }
}

fn is_wanted(workflow: &ObjectKey, wanted: Option<&str>) -> bool {
    match wanted {
        None => true,
        Some(wanted) if wanted.contains('/') => workflow.to_string() == wanted,
        Some(wanted) => workflow.name == wanted,
    }
}

/// Why there is no route: the workflow is refused, the files cannot be read, or it is not in them.
fn missing(world: &Assembled, wanted: Option<&str>) -> Failure {
    let is_refused = world.compiled.workflows.keys().any(|workflow| is_wanted(workflow, wanted));
    if is_refused || !world.is_whole {
        return Failure::no(report::text(&world.loaded.files, &world.problems, false));
    }
    let found = names(world.compiled.workflows.keys().cloned());
    if found.is_empty() {
        return Failure::usage("find a workflow: the files hold none")
            .next("name a file or a folder that holds WebhookWorkflows, such as examples/quickstart");
    }
    Failure::usage(format!("find the workflow {}: it is not in these files", wanted.unwrap_or_default()))
        .next(format!("--workflow with one of {found}"))
}

fn names(workflows: impl Iterator<Item = ObjectKey>) -> String {
    workflows.map(|workflow| workflow.to_string()).collect::<Vec<_>>().join(", ")
}

fn headers(fields: &[String]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for field in fields {
        let parts = field.split_once(':').and_then(|(name, value)| {
            Some((HeaderName::from_str(name.trim()).ok()?, HeaderValue::from_str(value.trim()).ok()?))
        });
        let (name, value) = parts
            .ok_or_else(|| Failure::usage("read --header: it is not a header field").next("--header 'name: value'"))?;
        headers.append(name, value);
    }
    Ok(headers)
}

fn body(data: &str) -> Result<Bytes, Failure> {
    let file = if data == "-" { Some(data) } else { data.strip_prefix('@') };
    Ok(match file {
        Some(path) => input::bytes(Path::new(path))?.into(),
        None => Bytes::copy_from_slice(data.as_bytes()),
    })
}
