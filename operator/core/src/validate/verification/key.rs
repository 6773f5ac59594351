//! One key of a scheme: where it is kept, what it is for, how it is written.

use boathook_crds::workflow::verification::key::{Key, KeyEncoding as Encoding, KeyUse as Use};
use boathook_plan::plan::{KeyEncoding, KeySpec, KeyUse};
use boathook_plan::verify::preset::{KeyRole, Preset};
use jiff::Timestamp;

use crate::field::Field;
use crate::report::Report;
use crate::validate::valid::{KeySource, SecretEntry, ValidKey};

/// Reads it. What the workflow does not say of its text is as the preset's role says, else plain.
pub(super) fn read(key: &Key, preset: Option<&Preset>, at: &Field, report: &mut Report) -> ValidKey {
    let use_ = match key.use_ {
        Some(Use::Sign) | None => KeyUse::Sign,
        Some(Use::Decrypt) => KeyUse::Decrypt,
        Some(Use::Challenge) => KeyUse::Challenge,
    };
    let role = match preset {
        Some(preset) => preset.role(use_).or_else(|| {
            report.refuse_once(&at.at("use"), format!("must be a use that preset {} has a key for", preset.name));
            None
        }),
        None => None,
    };
    let role = role.unwrap_or(&KeyRole::PLAIN);
    let spec = KeySpec {
        use_,
        encoding: key.encoding.map_or(role.encoding, encoding),
        strip_prefix: key.strip_prefix.as_deref().or(role.strip_prefix).map(str::to_owned),
        not_after_ms: key.not_after.as_ref().and_then(|time| not_after(time, &at.at("notAfter"), report)),
    };
    ValidKey { field: at.clone(), spec, source: source(key, at, report) }
}

const fn encoding(wanted: Encoding) -> KeyEncoding {
    match wanted {
        Encoding::Plain => KeyEncoding::Plain,
        Encoding::Hex => KeyEncoding::Hex,
        Encoding::Base64 => KeyEncoding::Base64,
    }
}

fn not_after(text: &str, at: &Field, report: &mut Report) -> Option<i64> {
    let time = text.parse::<Timestamp>();
    if time.is_err() {
        report.refuse_once(at, "must be a time such as 2026-12-31T00:00:00Z (RFC 3339)");
    }
    time.ok().map(Timestamp::as_millisecond)
}

fn source(key: &Key, at: &Field, report: &mut Report) -> KeySource {
    if let Some(whole) = &key.secret_ref {
        for (name, is_set) in [("encoding", key.encoding.is_some()), ("stripPrefix", key.strip_prefix.is_some())] {
            if is_set {
                report.refuse_once(&at.at(name), "must not be set with `secretRef`: user name and password are plain");
            }
        }
        return KeySource::BasicAuth { secret: whole.name.to_string() };
    }
    let entry = key.secret_key_ref.as_ref();
    KeySource::Entry(SecretEntry {
        secret: entry.map(|entry| entry.name.to_string()).unwrap_or_default(),
        key: entry.map(|entry| entry.key.to_string()).unwrap_or_default(),
    })
}
