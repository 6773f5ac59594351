//! A compiled workflow: plain data without secrets, serialisable, the same on both planes.
//!
//! Expressions and templates are kept as source text that the compiler has accepted; [`crate::route::Route`] holds them
//! compiled. Durations are whole milliseconds. Decides nothing.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::json::Json;

/// A workflow's identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowRef {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The object's UID; without a cluster, derived from namespace and name.
    pub uid: String,
}

/// All that a gateway needs to know of one workflow, but its keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Whose plan this is.
    pub workflow: WorkflowRef,
    /// `metadata.generation` that it was compiled from.
    pub generation: i64,
    /// How requests come in.
    pub webhook: Webhook,
    /// `$vars`.
    pub vars: Json,
    /// Names that may stand behind `$secrets.`; the values come with the route.
    pub secrets: Vec<String>,
    /// From the first step to the last, in milliseconds.
    pub timeout_ms: u64,
    /// How templates are marked.
    pub delimiters: Delimiters,
    /// The program.
    pub program: Program,
    /// What the sender is told.
    pub response: Response,
    /// What outbound requests may reach.
    pub egress: Egress,
}

/// How templates are marked in this workflow's strings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiters {
    /// `{{ … }}`
    #[default]
    Braces,
    /// `$( … )`
    Parentheses,
}

/// Where a workflow listens and whom it admits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// The host whose table this route is in; `None` is the gateway's default table.
    pub host: Option<String>,
    /// The whole path pattern, gateway prefix and namespace included, such as `/api/webhooks/shop/github/{repo}`.
    pub path: String,
    /// What senders see in front of the path: scheme and authority, without a slash at the end.
    pub base_url: String,
    /// Upper-case methods that start the workflow.
    pub methods: Vec<String>,
    /// Bytes.
    pub max_body_size: u64,
    /// `None` is `public: true`.
    pub verification: Option<Verification>,
}

/// Schemes, and how many of them must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// All or any.
    pub match_: Match,
    /// At least one.
    pub schemes: Vec<Scheme>,
}

/// How several schemes combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    /// Every scheme must hold.
    All,
    /// One scheme must hold.
    Any,
}

/// One way to verify a sender, and the keys that it may use (their values are the route's, in this order).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheme {
    /// What is checked.
    pub kind: SchemeKind,
    /// One for each entry of `keys` in the workflow.
    pub keys: Vec<KeySpec>,
    /// A preset's own time tolerance in milliseconds, where the workflow sets one.
    pub tolerance_ms: Option<u64>,
}

/// The kinds of schemes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SchemeKind {
    /// A row of the preset table, by its name in `preset:`.
    Preset(String),
    /// The declarative form.
    Hmac(Box<HmacForm>),
    /// RFC 7617.
    Basic,
    /// RFC 6750, header only.
    Bearer,
    /// A key in a header or a query parameter.
    ApiKey(ApiKeyPlace),
}

/// Where an API key is presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApiKeyPlace {
    /// A header field, by name.
    Header(String),
    /// A query parameter, by name.
    Query(String),
}

/// What a workflow says of a key; never the key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeySpec {
    /// Sign, Decrypt or Challenge.
    pub use_: KeyUse,
    /// How the key's text becomes bytes.
    pub encoding: KeyEncoding,
    /// Taken off the text first (`whsec_`).
    pub strip_prefix: Option<String>,
    /// Unix milliseconds after which the key is out of force.
    pub not_after_ms: Option<i64>,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyUse {
    /// Verifies a signature, token or password.
    #[default]
    Sign,
    /// Decrypts a message.
    Decrypt,
    /// Proves a handshake.
    Challenge,
}

/// How a key is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyEncoding {
    /// The bytes of the text.
    #[default]
    Plain,
    /// Hexadecimal, either case.
    Hex,
    /// Base64, standard alphabet.
    Base64,
}

/// The declarative form of a signature: most senders are an instance of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HmacForm {
    /// The header field that carries the signature.
    pub header: String,
    /// How the field is written.
    pub format: SignatureFormat,
    /// The hash.
    pub algorithm: HashAlgorithm,
    /// How the signature's bytes are written.
    pub encoding: SignatureEncoding,
    /// Template of the signed bytes, such as `{timestamp}.{body}`.
    pub content: String,
    /// Where the signing time is.
    pub timestamp: Option<TimestampSource>,
    /// The header field that carries the delivery's id.
    pub id_header: Option<String>,
}

/// How a signature header is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignatureFormat {
    /// One signature behind a fixed prefix, which may be empty.
    Raw {
        /// Such as `sha256=`.
        prefix: String,
    },
    /// `t=1,v1=ab,v1=cd`
    KeyValueList {
        /// Between items, such as `,`.
        separator: String,
        /// Between key and value, such as `=`.
        assign: String,
        /// Keys whose values are signatures, such as `v1`.
        keys: Vec<String>,
    },
    /// `v1,ab v1,cd`: items between spaces, each `version,signature`.
    SpacedList {
        /// Versions whose values are signatures, such as `v1`.
        versions: Vec<String>,
    },
}

/// Hashes for HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HashAlgorithm {
    /// For senders that offer nothing better.
    SHA1,
    /// The usual one.
    SHA256,
    /// 48 bytes.
    SHA384,
    /// 64 bytes.
    SHA512,
}

/// How a signature's bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignatureEncoding {
    /// Hexadecimal.
    Hex,
    /// Base64 with padding, canonical.
    Base64,
    /// Base64url without padding, canonical.
    Base64URL,
}

/// Where the signing time is and how far off it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimestampSource {
    /// The place.
    pub place: TimestampPlace,
    /// The unit.
    pub unit: TimestampUnit,
    /// Milliseconds either side of now.
    pub tolerance_ms: u64,
}

/// Where a signing time is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimestampPlace {
    /// A header field, by name.
    Header(String),
    /// An item of the signature header, by key.
    SignatureKey(String),
    /// A JSON pointer into the body, read by the bounded extractor.
    BodyPointer(String),
}

/// The unit of a signing time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimestampUnit {
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
}

/// Steps, blocks, and what runs after a failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Run in order.
    pub steps: Vec<Step>,
    /// Run by name.
    pub blocks: Vec<Block>,
    /// The block that runs after the last retry.
    pub on_failure: Option<String>,
}

/// Steps that run as one, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Unique in the workflow.
    pub name: String,
    /// Run in order.
    pub steps: Vec<Step>,
}

/// One step. Defaults are filled in by the compiler: nothing here is optional that has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Unique in the workflow, blocks included.
    pub name: String,
    /// CEL; false skips the step.
    pub if_: Option<String>,
    /// Of one attempt, in milliseconds.
    pub timeout_ms: u64,
    /// How often, and how far apart.
    pub retry: Retry,
    /// CEL over `$result`; false is a failed attempt.
    pub until: Option<String>,
    /// What a failure does.
    pub on_error: OnError,
    /// The result is shown nowhere.
    pub sensitive: bool,
    /// What it does.
    pub kind: StepKind,
}

/// Attempts in all and the pause between them: full jitter below `min(initial · factorⁿ, max)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retry {
    /// The first one included; at least 1.
    pub attempts: u32,
    /// Milliseconds.
    pub initial_ms: u64,
    /// At least 1.
    pub factor: u32,
    /// Milliseconds; also the longest `Retry-After` that is honoured.
    pub max_ms: u64,
}

/// What a step's failure does to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnError {
    /// The run fails.
    #[default]
    Fail,
    /// The step's result is `{error: {reason, message}}` and the run goes on.
    Continue,
}

/// The kinds of steps that are built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    /// An HTTP request.
    Http(Box<HttpStep>),
    /// Values for later steps: a JSON object whose string leaves may hold templates.
    Set(Json),
    /// A schema, CEL checks, or both.
    Validate(ValidateStep),
    /// The first case that holds runs its block.
    Branch(BranchStep),
    /// Answers the sender.
    Respond(Answer),
    /// Ends the run.
    End(EndStep),
}

/// `validate`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateStep {
    /// What is checked: JSON whose string leaves may hold templates.
    pub value: Json,
    /// JSON Schema 2020-12.
    pub schema: Option<Json>,
    /// All are evaluated, in order.
    pub checks: Vec<Check>,
}

/// A CEL condition and what it means when it does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// CEL.
    pub that: String,
    /// A template.
    pub message: String,
}

/// `branch`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BranchStep {
    /// Tried in order.
    pub cases: Vec<Case>,
    /// The block when no case holds.
    pub else_: Option<String>,
}

/// A condition and the block it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// CEL.
    pub if_: String,
    /// A block's name.
    pub run: String,
}

/// `end`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndStep {
    /// How the run ends.
    pub outcome: EndOutcome,
    /// A template.
    pub message: Option<String>,
}

/// How an `end` step ends the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndOutcome {
    /// As if the last step had succeeded.
    #[default]
    Succeeded,
    /// As if a step had failed.
    Failed,
}

/// `http`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpStep {
    /// Upper case.
    pub method: String,
    /// A template.
    pub url: String,
    /// Query parameters: a template or a list of them each.
    pub query: BTreeMap<String, Vec<String>>,
    /// Header fields: a template each.
    pub headers: BTreeMap<String, String>,
    /// At most one.
    pub body: Option<HttpBody>,
    /// Hosts that a templated host may be; a constant host stands here too.
    pub hosts: Vec<String>,
    /// Statuses that are success, as `200` or `2xx`.
    pub expect: Vec<String>,
    /// How the request is authorised.
    pub auth: Option<HttpAuth>,
    /// A template of a Standard Webhooks secret that signs the request.
    pub sign_standard_webhooks: Option<String>,
    /// How many redirects are followed; each is judged by the egress guard.
    pub follow_redirects: u32,
    /// Bytes of the decoded answer.
    pub max_response_size: u64,
}

/// The body of an `http` step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HttpBody {
    /// JSON whose string leaves may hold templates.
    Json(Json),
    /// A template, as `text/plain; charset=utf-8`.
    Text(String),
    /// `application/x-www-form-urlencoded`.
    Form(BTreeMap<String, Vec<String>>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// A template of base64, sent as bytes.
    Base64(String),
    /// A CloudEvent in binary mode.
    CloudEvent(Box<CloudEvent>),
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// Its content.
    pub content: PartContent,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PartContent {
    /// A template.
    Value(String),
    /// A file.
    File {
        /// A template.
        filename: String,
        /// Media type.
        content_type: String,
        /// A template of base64.
        base64: String,
    },
}

/// Attributes and data of a CloudEvent 1.0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudEvent {
    /// A template.
    pub type_: String,
    /// A template.
    pub source: String,
    /// A template.
    pub subject: Option<String>,
    /// JSON whose string leaves may hold templates.
    pub data: Option<Json>,
}

/// How an `http` step is authorised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HttpAuth {
    /// RFC 7617; templates.
    Basic {
        /// A template.
        username: String,
        /// A template.
        password: String,
    },
    /// RFC 6750; a template.
    Bearer(String),
}

/// What the sender of a Sync workflow is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// How long the sender waits, in milliseconds.
    pub deadline_ms: u64,
    /// After success; a body of `None` is the last step's result as JSON.
    pub answer: Answer,
    /// At the deadline.
    pub late: Option<Answer>,
    /// After a failure; `None` is 500 as problem+json.
    pub failed: Option<Answer>,
}

/// Status, headers and body of an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// 200 to 599; `None` is the default of its place.
    pub status: Option<u16>,
    /// A template each.
    pub headers: BTreeMap<String, String>,
    /// At most one.
    pub body: Option<AnswerBody>,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnswerBody {
    /// JSON whose string leaves may hold templates.
    Json(Json),
    /// A template, as `text/plain; charset=utf-8`.
    Text(String),
}

/// What a workflow's outbound requests may reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Egress {
    /// Whether public addresses may be dialled.
    pub internet: bool,
    /// Addresses that may be dialled although they are not public.
    pub allow_addresses: Vec<AddressRule>,
    /// Host names that may be dialled whatever they resolve to, but for what is always refused.
    pub allow_hosts: Vec<HostRule>,
    /// `boathook run` only: loopback may be dialled.
    pub loopback: bool,
}

/// Networks and the ports on them; no ports means all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressRule {
    /// The networks.
    pub cidrs: Vec<IpNet>,
    /// The ports.
    pub ports: Vec<u16>,
}

/// Host names, exact or `*.suffix`, and the ports on them; no ports means all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostRule {
    /// The names, lower case.
    pub hosts: Vec<String>,
    /// The ports.
    pub ports: Vec<u16>,
}
