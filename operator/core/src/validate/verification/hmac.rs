//! The declarative form of a signature, with its defaults filled in.

use boathook_crds::workflow::verification::hmac as crd;
use boathook_plan::plan::{
    HashAlgorithm, HmacForm, SignatureEncoding, SignatureFormat, TimestampPlace, TimestampSource, TimestampUnit,
};

use crate::field::Field;
use crate::report::Report;
use crate::validate::bounds::{LEAST, TOLERANCE};

/// Either side of now, where the form does not say: what Stripe, Slack and Standard Webhooks allow.
const DEFAULT_TOLERANCE_MS: u64 = 300_000;

/// Of a `SpacedList` that names none: Standard Webhooks' only symmetric one.
const DEFAULT_VERSION: &str = "v1";

/// Reads it.
pub(super) fn read(form: &crd::Hmac, at: &Field, report: &mut Report) -> HmacForm {
    let timestamp = form.timestamp.as_ref();
    HmacForm {
        header: form.header.to_string(),
        format: format(form, at, report),
        algorithm: form.algorithm.map_or(HashAlgorithm::SHA256, algorithm),
        encoding: form.encoding.map_or(SignatureEncoding::Hex, encoding),
        content: form.content.clone().unwrap_or_else(|| "{body}".to_owned()),
        timestamp: timestamp.and_then(|source| read_timestamp(source, &at.at("timestamp"), report)),
        id_header: form.id.as_ref().map(|id| id.header.to_string()),
    }
}

fn format(form: &crd::Hmac, at: &Field, report: &mut Report) -> SignatureFormat {
    let list = form.list.as_ref();
    let separator = list.and_then(|list| list.separator.clone());
    let assign = list.and_then(|list| list.assign.clone());
    let keys = list.map(|list| list.keys.clone()).unwrap_or_default();
    match form.format {
        Some(crd::SignatureFormat::Raw) | None => {
            SignatureFormat::Raw { prefix: form.prefix.as_deref().unwrap_or_default().to_owned() }
        }
        Some(crd::SignatureFormat::KeyValueList) => SignatureFormat::KeyValueList {
            separator: separator.unwrap_or_else(|| ",".to_owned()),
            assign: assign.unwrap_or_else(|| "=".to_owned()),
            keys,
        },
        Some(crd::SignatureFormat::SpacedList) => {
            if separator.is_some() {
                report
                    .refuse_once(&at.at("list.separator"), "must not be set with `format: SpacedList`: it is a space");
            }
            if assign.is_some_and(|assign| assign != ",") {
                report.refuse_once(&at.at("list.assign"), "must be a comma with `format: SpacedList`");
            }
            let versions = if keys.is_empty() { vec![DEFAULT_VERSION.to_owned()] } else { keys };
            SignatureFormat::SpacedList { versions }
        }
    }
}

fn read_timestamp(source: &crd::SignatureTimestamp, at: &Field, report: &mut Report) -> Option<TimestampSource> {
    let header = source.header.as_ref().map(|name| TimestampPlace::Header(name.to_string()));
    let key = source.signature_key.as_ref().map(|key| TimestampPlace::SignatureKey(key.clone()));
    let pointer = source.body_pointer.as_ref().map(|pointer| TimestampPlace::BodyPointer(pointer.clone()));
    let tolerance = source.tolerance.as_ref();
    Some(TimestampSource {
        place: header.or(key).or(pointer)?,
        unit: match source.unit {
            Some(crd::TimestampUnit::Seconds) | None => TimestampUnit::Seconds,
            Some(crd::TimestampUnit::Milliseconds) => TimestampUnit::Milliseconds,
        },
        tolerance_ms: tolerance.map_or(DEFAULT_TOLERANCE_MS, |tolerance| {
            report.duration(&at.at("tolerance"), tolerance, LEAST, TOLERANCE)
        }),
    })
}

const fn algorithm(wanted: crd::HashAlgorithm) -> HashAlgorithm {
    match wanted {
        crd::HashAlgorithm::SHA1 => HashAlgorithm::SHA1,
        crd::HashAlgorithm::SHA256 => HashAlgorithm::SHA256,
        crd::HashAlgorithm::SHA384 => HashAlgorithm::SHA384,
        crd::HashAlgorithm::SHA512 => HashAlgorithm::SHA512,
    }
}

const fn encoding(wanted: crd::SignatureEncoding) -> SignatureEncoding {
    match wanted {
        crd::SignatureEncoding::Hex => SignatureEncoding::Hex,
        crd::SignatureEncoding::Base64 => SignatureEncoding::Base64,
        crd::SignatureEncoding::Base64URL => SignatureEncoding::Base64URL,
    }
}
