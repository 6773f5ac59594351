//! One row for each way in which a request ends: what is sent, and what is told and counted.

use boathook_plan::reason::Reason;

use super::sites::Which;

/// A request and its end.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) at: Which,
    /// Method and target.
    line: &'static str,
    /// Fields beside the host, each ending its line.
    head: &'static str,
    content: &'static str,
    pub(super) reason: Reason,
    pub(super) status: u16,
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// A part of the body; `None` is the reason's problem.
    pub(super) body: Option<&'static str>,
    /// The workflow whose request it is.
    pub(super) counted: &'static str,
}

impl Row {
    /// As it goes over the wire. A head that says no length is given one.
    pub(super) fn bytes(&self) -> String {
        let Self { head, content, .. } = self;
        let line = self.line.replace("{9000}", &"q".repeat(9_000));
        let length = if head.contains("Content-Length") || head.contains("Transfer-Encoding") {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", content.len())
        };
        format!("{line} HTTP/1.1\r\nHost: hooks.example.test\r\nConnection: close\r\n{length}{head}\r\n{content}")
    }

    const fn new(name: &'static str, line: &'static str, reason: Reason, status: u16) -> Self {
        let (head, content) = (JSON, "{}");
        Self { name, at: Which::Whole, line, head, content, reason, status, fields: &[], body: None, counted: "" }
    }

    const fn head(mut self, head: &'static str) -> Self {
        self.head = head;
        self
    }

    const fn content(mut self, content: &'static str) -> Self {
        self.content = content;
        self
    }

    const fn at(mut self, at: Which) -> Self {
        self.at = at;
        self
    }

    const fn of(mut self, workflow: &'static str) -> Self {
        self.counted = workflow;
        self
    }

    const fn with(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.fields = fields;
        self
    }

    const fn saying(mut self, body: &'static str) -> Self {
        self.body = Some(body);
        self
    }
}

const JSON: &str = "Content-Type: application/json\r\n";

const TOKEN: &str = "Content-Type: application/json\r\nAuthorization: Bearer correct-horse\r\n";

/// What `openssl dgst -sha256 -hmac correct-horse` says of `{}`.
const PING: &str = "Content-Type: application/json\r\nX-GitHub-Event: ping\r\nX-GitHub-Delivery: 1\r\n\
    X-Hub-Signature-256: sha256=52e734f8f3b95981a4904d288d5bc03ad58bbae58e023777cb9f68891a8cdf6d\r\n";

/// The same of `v0:1:{}`: it holds, and was made in 1970.
const OLD: &str = "Content-Type: application/json\r\nX-Slack-Request-Timestamp: 1\r\n\
    X-Slack-Signature: v0=f52b4b8917f24e2086d6ad35c18c9e290e1ec5d6206ddf3dfc3fe77f07e88f3a\r\n";

/// Another signature of as many digits.
const FORGED: &str = "Content-Type: application/json\r\nX-GitHub-Event: push\r\n\
    X-Hub-Signature-256: sha256=62e734f8f3b95981a4904d288d5bc03ad58bbae58e023777cb9f68891a8cdf6d\r\n";

const ALLOW: &str = "POST, HEAD, OPTIONS";

pub(super) const ROWS: &[Row] = &[
    Row::new("a body that stops", "POST /hello", Reason::RequestTooSlow, 408)
        .head("Content-Length: 5\r\n")
        .content("{")
        .of("hello"),
    Row::new("a target of nine thousand characters", "POST /hello?{9000}", Reason::HeadersTooLarge, 414),
    Row::new("two lengths in one", "POST /hello", Reason::BadFraming, 400)
        .head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
    Row::new("no place", "POST /hello", Reason::Overloaded, 503).at(Which::Full).with(&[("retry-after", "1")]),
    Row::new("no workflow", "POST /nowhere", Reason::NoRoute, 404),
    Row::new("a path of two readings", "POST /hello%2f", Reason::NoRoute, 404),
    Row::new("a suspended intake", "POST /suspended", Reason::Suspended, 503)
        .of("suspended")
        .with(&[("retry-after", "60")]),
    Row::new("another method", "DELETE /hello", Reason::MethodNotAllowed, 405).of("hello").with(&[("allow", ALLOW)]),
    Row::new("HEAD", "HEAD /hello", Reason::Handshake, 200).content("").of("hello").saying(""),
    Row::new("OPTIONS", "OPTIONS /hello", Reason::Handshake, 204)
        .content("")
        .of("hello")
        .saying("")
        .with(&[("allow", ALLOW)]),
    Row::new("an address outside", "POST /walled", Reason::AddressNotAllowed, 403).of("walled"),
    Row::new("a client within its rate", "POST /slow", Reason::Accepted, 200).of("slow").saying(r#"{"ok":true}"#),
    Row::new("a client above its rate", "POST /slow", Reason::RateLimited, 429)
        .of("slow")
        .with(&[("retry-after", "3600")]),
    Row::new("a declared length too large", "POST /hello", Reason::BodyTooLarge, 413)
        .head("Content-Length: 1025\r\nExpect: 100-continue\r\n")
        .content("")
        .of("hello"),
    Row::new("no signature", "POST /github", Reason::SignatureMissing, 401).of("github"),
    Row::new("no token", "POST /bearer", Reason::SignatureMissing, 401)
        .of("bearer")
        .with(&[("www-authenticate", "Bearer realm=\"boathook\"")]),
    Row::new("a forged signature", "POST /github", Reason::SignatureInvalid, 401).head(FORGED).of("github"),
    Row::new("an old signature", "POST /slack", Reason::TimestampOutOfRange, 401).head(OLD).of("slack"),
    Row::new("a wrong token", "POST /bearer", Reason::CredentialsInvalid, 401)
        .head("Authorization: Bearer battery\r\n")
        .of("bearer"),
    Row::new("no key in force", "POST /keyless", Reason::KeyUnavailable, 503)
        .head(TOKEN)
        .of("keyless")
        .with(&[("retry-after", "30")]),
    Row::new("a workflow within its rate", "POST /metered", Reason::Accepted, 200)
        .head(TOKEN)
        .of("metered")
        .saying(r#"{"ok":true}"#),
    Row::new("a workflow above its rate", "POST /metered", Reason::RateLimited, 429)
        .head(TOKEN)
        .of("metered")
        .with(&[("retry-after", "3600")]),
    Row::new("a handshake", "POST /github", Reason::Handshake, 200)
        .head(PING)
        .of("github")
        .saying(r#"{"status":"pong"}"#),
    Row::new("a type that is not taken", "POST /typed", Reason::UnsupportedMediaType, 415)
        .head("Content-Type: text/plain\r\n")
        .of("typed"),
    Row::new("a body that is not its type", "POST /hello", Reason::MalformedBody, 400).content("{").of("hello"),
    Row::new("a body of another shape", "POST /shaped", Reason::SchemaViolation, 422).of("shaped"),
    Row::new("what the filter does not want", "POST /choosy", Reason::Filtered, 200)
        .content(r#"{"total":1}"#)
        .of("choosy")
        .saying(r#"{"status":"filtered"}"#)
        .with(&[("content-type", "application/json")]),
    Row::new("what the filter cannot decide", "POST /choosy", Reason::FilterFailed, 500)
        .content(r#"{"total":"x"}"#)
        .of("choosy"),
    Row::new("the first of a delivery", "POST /once", Reason::Accepted, 202)
        .content(r#"{"id":1}"#)
        .of("once")
        .saying(r#"{"status":"accepted","executionID":""#),
    Row::new("its repeat", "POST /once", Reason::Duplicate, 202)
        .content(r#"{"id":1}"#)
        .of("once")
        .saying(r#"{"status":"accepted","executionID":""#),
    Row::new("no store", "POST /queued", Reason::StoreUnavailable, 503)
        .at(Which::Storeless)
        .of("queued")
        .with(&[("retry-after", "5")]),
    Row::new("the one that runs", "POST /crammed", Reason::Accepted, 202).of("crammed").saying("accepted"),
    Row::new("a full queue", "POST /crammed", Reason::QueueFull, 429).of("crammed").with(&[("retry-after", "5")]),
    Row::new("an acknowledgement", "POST /queued", Reason::Accepted, 202)
        .of("queued")
        .saying(r#"{"status":"accepted","executionID":""#),
    Row::new("a run's answer", "POST /hello", Reason::Accepted, 200).of("hello").saying(r#"{"ok":true}"#),
];
