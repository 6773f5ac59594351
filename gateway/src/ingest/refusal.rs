//! A request that starts no run: why, and what it is told.

use boathook_plan::problem::Problem;
use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use http::{HeaderName, HeaderValue, StatusCode};

use super::respond::Verdict;

/// Why a request goes no further. What it is told is fixed by the reason, but for what stands beside it.
#[derive(Debug)]
pub(super) struct Refusal {
    reason: Reason,
    own: Box<Own>,
}

/// What one refusal says beyond its reason.
#[derive(Debug, Default)]
struct Own {
    status: Option<StatusCode>,
    field: Option<(HeaderName, HeaderValue)>,
    answer: Option<Reply>,
    detail: Option<String>,
}

impl Refusal {
    /// As the reason's problem says.
    pub(super) fn of(reason: Reason) -> Self {
        Self { reason, own: Box::default() }
    }

    /// Answered without a run.
    pub(super) fn answered(reply: Reply) -> Self {
        Self::told(Reason::Handshake, reply)
    }

    /// With an answer that is not the reason's problem.
    pub(super) fn told(reason: Reason, reply: Reply) -> Self {
        let mut refusal = Self::of(reason);
        refusal.own.answer = Some(reply);
        refusal
    }

    /// Under another status, where a reason has several.
    pub(super) fn under(mut self, status: StatusCode) -> Self {
        self.own.status = Some(status);
        self
    }

    /// With one more header field.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.own.field = Some((name, value));
        self
    }

    /// With more for the log; the sender is told nothing of it.
    pub(super) fn because(mut self, detail: impl Into<String>) -> Self {
        self.own.detail = Some(detail.into());
        self
    }

    /// The end of the request.
    pub(super) fn verdict(self, request_id: &str) -> Verdict {
        let Own { status, field, answer, detail } = *self.own;
        let mut reply = answer.unwrap_or_else(|| problem(self.reason, status, request_id));
        if let Some((name, value)) = field {
            reply.headers.insert(name, value);
        }
        Verdict { reason: self.reason, reply, execution: None, detail }
    }
}

fn problem(reason: Reason, status: Option<StatusCode>, request_id: &str) -> Reply {
    let Some(problem) = Problem::of(reason) else {
        return Reply::empty(StatusCode::OK);
    };
    status.map_or(problem, |status| problem.with_status(status)).reply(request_id)
}
