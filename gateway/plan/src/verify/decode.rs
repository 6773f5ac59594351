//! Strict decoding of what a sender presents: one text for each sequence of bytes, nothing skipped, nothing trimmed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::plan::SignatureEncoding;

/// Which letters hexadecimal digits may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HexCase {
    /// Lower case, as every preset's sender writes it.
    Lower,
    /// Either case, but the same throughout: a partner's sender may write upper case.
    Uniform,
}

/// The bytes that `text` stands for, or `None` when it is not the canonical text of any.
pub(super) fn signature(text: &str, encoding: SignatureEncoding, case: HexCase) -> Option<Vec<u8>> {
    match encoding {
        SignatureEncoding::Hex => hex(text, case),
        SignatureEncoding::Base64 => STANDARD.decode(text).ok(),
        SignatureEncoding::Base64URL => URL_SAFE_NO_PAD.decode(text).ok(),
    }
}

fn hex(text: &str, case: HexCase) -> Option<Vec<u8>> {
    let lower = text.bytes().any(|byte| byte.is_ascii_lowercase());
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    if upper && (lower || case == HexCase::Lower) {
        return None;
    }
    hex_digits(text.as_bytes())
}

/// Hexadecimal in any case, two digits a byte.
pub(super) fn hex_digits(text: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// The text that a sender writes for `bytes`.
pub(super) fn encode(bytes: &[u8], encoding: SignatureEncoding) -> String {
    match encoding {
        SignatureEncoding::Hex => {
            let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
            nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
        }
        SignatureEncoding::Base64 => STANDARD.encode(bytes),
        SignatureEncoding::Base64URL => URL_SAFE_NO_PAD.encode(bytes),
    }
}
