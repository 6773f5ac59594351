//! The head of a part (RFC 7578, 4.2 to 4.8; RFC 2183; RFC 8187): its name, its file name and its type.

use percent_encoding::percent_decode_str;

use crate::body::fault::MultipartFault;
use crate::body::media::parameters;

/// What a part says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) name: String,
    /// Of a file; empty where a form's file field was left empty.
    pub(super) file_name: Option<String>,
    /// As sent.
    pub(super) content_type: Option<String>,
}

/// Encodings that leave the bytes as they are.
const PLAIN_ENCODINGS: [&str; 3] = ["7bit", "8bit", "binary"];

impl Head {
    /// Reads the fields of a head. Fields that mean nothing here are ignored; one that stands twice is refused.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, MultipartFault> {
        let text = std::str::from_utf8(bytes).map_err(|_| MultipartFault::Head)?;
        let lines = text.split("\r\n").filter(|line| !line.is_empty());
        let fields = lines.map(field).collect::<Option<Vec<_>>>().ok_or(MultipartFault::Head)?;
        let one = |name: &str| {
            let mut values = fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            match (values.next(), values.next()) {
                (only, None) => Ok(only.map(|(_, value)| *value)),
                (_, Some(_)) => Err(MultipartFault::Head),
            }
        };
        let encoding = one("content-transfer-encoding")?.unwrap_or("binary");
        if !PLAIN_ENCODINGS.iter().any(|plain| plain.eq_ignore_ascii_case(encoding)) {
            return Err(MultipartFault::TransferEncoding);
        }
        let (name, file_name) = disposition(one("content-disposition")?.ok_or(MultipartFault::Name)?)?;
        Ok(Self { name, file_name, content_type: one("content-type")?.map(str::to_owned) })
    }
}

/// `Name: value`, without control characters and on one line.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let value = value.trim_matches([' ', '\t']);
    (is_name && !value.contains(|c: char| c.is_control() && c != '\t')).then_some((name, value))
}

/// `form-data; name="…"; filename="…"`
fn disposition(value: &str) -> Result<(String, Option<String>), MultipartFault> {
    let (kind, rest) = value.split_at(value.find(';').unwrap_or(value.len()));
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(MultipartFault::Name);
    }
    let mut found = parameters(rest).ok_or(MultipartFault::Name)?;
    let mut take = |name: &str| {
        let at = found.iter().position(|(known, _)| known == name)?;
        Some(found.swap_remove(at).1)
    };
    let name = take("name").filter(|name| !name.is_empty()).ok_or(MultipartFault::Name)?;
    // `filename*` is not meant for forms (RFC 7578, 4.2), and still the only name that some clients give a file.
    let file_name = match (take("filename"), take("filename*")) {
        (Some(plain), _) => Some(plain),
        (None, Some(text)) => Some(extended(&text).ok_or(MultipartFault::FileName)?),
        (None, None) => None,
    };
    if file_name.as_deref().is_some_and(is_path) {
        return Err(MultipartFault::FileName);
    }
    Ok((name, file_name))
}

/// `UTF-8'language'percent-encoded` (RFC 8187, 3.2).
fn extended(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '\'');
    let (charset, _language, value) = (parts.next()?, parts.next()?, parts.next()?);
    let decoded = percent_decode_str(value).decode_utf8().ok()?;
    charset.eq_ignore_ascii_case("utf-8").then(|| decoded.into_owned())
}

/// Whether a name leads somewhere else when it is used as one.
fn is_path(name: &str) -> bool {
    [".", ".."].contains(&name) || name.contains(['/', '\\']) || name.contains(char::is_control)
}
