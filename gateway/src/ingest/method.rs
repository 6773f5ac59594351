//! Stage 4: what a request's method can do here. HEAD, OPTIONS and what browsers ask before a page may
//! call are answered and run nothing.

use boathook_plan::reason::Reason;
use boathook_plan::reply::Reply;
use boathook_plan::route::{Intake, MethodVerdict};
use http::{Method, StatusCode, header};

use super::refusal::Refusal;
use super::route::Routed;

/// A request whose method is taken.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) routed: Routed,
    /// Whether it may start the workflow; a handshake's method alone may not.
    pub(super) runs: bool,
}

pub(super) fn admit(routed: Routed) -> Result<Admitted, Refusal> {
    let intake = &routed.intake;
    if let Some(fields) = intake.cors().and_then(|cors| cors.preflight(method(&routed), &routed.arrived.head.headers)) {
        let answer = Reply { headers: fields, ..Reply::empty(StatusCode::NO_CONTENT) };
        return Err(Refusal::answered(answer).with(header::ALLOW, intake.allow().clone()));
    }
    let verifier = routed.served.route.verifier();
    match intake.judge(method(&routed), verifier.handshake_methods(&routed.arrived.head.headers)) {
        MethodVerdict::Runs => Ok(Admitted { routed, runs: true }),
        MethodVerdict::HandshakeOnly => Ok(Admitted { routed, runs: false }),
        MethodVerdict::Alive => Err(Refusal::answered(Reply::empty(StatusCode::OK))),
        MethodVerdict::Options => {
            let answer = Refusal::answered(Reply::empty(StatusCode::NO_CONTENT));
            Err(answer.with(header::ALLOW, intake.allow().clone()))
        }
        MethodVerdict::Refused => Err(refuse(intake)),
    }
}

fn method(routed: &Routed) -> &Method {
    &routed.arrived.head.method
}

/// 405, which must say what is allowed (RFC 9110, 15.5.6).
pub(super) fn refuse(intake: &Intake) -> Refusal {
    Refusal::of(Reason::MethodNotAllowed).with(header::ALLOW, intake.allow().clone())
}
