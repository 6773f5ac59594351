//! What went wrong on the way: classifies the transport's errors. Messages hold nothing that a target sent.

use std::error::Error;
use std::io;

use boathook_plan::http_step::HttpCall;
use boathook_plan::reason::{StepFailure, StepReason};
use rustls::CertificateError;

use crate::egress::ConnectError;

/// The failure that `error`, or what is behind it, means for this request.
pub(super) fn of(call: &HttpCall, error: &(dyn Error + 'static)) -> StepFailure {
    let (reason, what) = classified(error);
    let failure = StepFailure::new(reason, format!("{}: {what}", call.name()));
    // Trying again does not make a certificate good.
    StepFailure { retryable: failure.retryable && bad_certificate(error).is_none(), ..failure }
}

fn classified(error: &(dyn Error + 'static)) -> (StepReason, String) {
    if let Some(connect) = find::<ConnectError>(error) {
        return match connect {
            ConnectError::Denied(_) => (StepReason::EgressDenied, connect.to_string()),
            ConnectError::Tls(source) => (StepReason::ConnectionFailed, tls(&**source).to_owned()),
            ConnectError::Lookup(_) | ConnectError::Unreachable(_) | ConnectError::TooSlow | ConnectError::Host => {
                (StepReason::ConnectionFailed, connect.to_string())
            }
        };
    }
    let malformed = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse)
        || find::<io::Error>(error).is_some_and(|error| is_nonsense(error.kind()));
    if malformed {
        (StepReason::BadResponse, "the answer is not HTTP, or its head or coding is not what it says".to_owned())
    } else {
        (StepReason::ConnectionFailed, "the connection broke before the answer was complete".to_owned())
    }
}

/// Kinds of errors that decoders report; a connection that breaks has others.
fn is_nonsense(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other)
}

fn tls(error: &(dyn Error + 'static)) -> &'static str {
    let Some(certificate) = bad_certificate(error) else { return "the TLS handshake failed" };
    if matches!(certificate, CertificateError::Expired | CertificateError::ExpiredContext { .. }) {
        "the certificate has expired"
    } else if matches!(certificate, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. })
    {
        "the certificate is another host's"
    } else if *certificate == CertificateError::UnknownIssuer {
        "the certificate is of an unknown authority"
    } else {
        "the certificate is not valid"
    }
}

fn bad_certificate<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CertificateError> {
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(certificate)) => Some(certificate),
        Some(_) | None => None,
    }
}

/// The first error of this type along the chain of sources, also inside an `io::Error`, whose source is its content's.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        next = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    None
}
