//! From bytes to text. A byte order mark counts before the declared charset, and that before UTF-8 (WHATWG Encoding, 6);
//! bytes that are no text in it are refused, never replaced.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::media::MediaType;
use super::{BodyFault, encoding};

/// Bytes at the start of an XML text in which its declaration ends.
const DECLARATION_SIZE: usize = 256;

/// The charset that a type names. One that is not known is refused.
pub(super) fn declared(media: &MediaType) -> Result<Option<&'static Encoding>, BodyFault> {
    let label = media.parameter("charset");
    label.map(|label| encoding(label.as_bytes()).ok_or(BodyFault::Charset)).transpose()
}

/// The text, without its byte order mark.
pub(super) fn text<'b>(bytes: &'b [u8], declared: Option<&'static Encoding>) -> Result<Cow<'b, str>, BodyFault> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None => (declared.unwrap_or(UTF_8), bytes),
    };
    exactly(bytes, encoding)
}

/// Bytes that have no mark of their own.
pub(super) fn exactly<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Result<Cow<'b, str>, BodyFault> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(BodyFault::NotText)
}

/// The text of an XML body, whose declaration counts where nothing else says its charset (RFC 7303, 3).
pub(super) fn xml<'b>(bytes: &'b [u8], declared: Option<&'static Encoding>) -> Result<Cow<'b, str>, BodyFault> {
    match declared {
        Some(_) => text(bytes, declared),
        None => text(bytes, written(bytes).map(|label| encoding(label).ok_or(BodyFault::Charset)).transpose()?),
    }
}

/// The label of `<?xml … encoding="label" …?>`.
fn written(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..bytes.len().min(DECLARATION_SIZE))?;
    let head = head.strip_prefix(b"<?xml")?;
    let head = head.get(..find(head, b"?>")?)?;
    let after = head.get(find(head, b"encoding")? + b"encoding".len()..)?.trim_ascii_start();
    let value = after.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    value.get(..value.iter().position(|byte| byte == quote)?)
}

/// Where the needle stands first.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(hay, needle)
}
