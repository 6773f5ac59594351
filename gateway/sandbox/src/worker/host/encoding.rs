//! Text of bytes and bytes of text, by Node's names. Pure.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig as Config};

/// How bytes stand as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    /// One character a byte.
    Latin1,
    Hex,
    Base64,
    Base64Url,
    /// What `atob` takes: no stray characters.
    Base64Strict,
}

/// As Node reads base64: padding or none, either alphabet, other characters passed over.
const LENIENT: GeneralPurposeConfig =
    Config::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);

impl Encoding {
    /// By a name that Node takes, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf8" | "utf-8" => Some(Self::Utf8),
            "latin1" | "binary" | "ascii" => Some(Self::Latin1),
            "hex" => Some(Self::Hex),
            "base64" => Some(Self::Base64),
            "base64url" => Some(Self::Base64Url),
            "base64-strict" => Some(Self::Base64Strict),
            _ => None,
        }
    }

    /// The bytes that the text stands for.
    pub(super) fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, &'static str> {
        match self {
            Self::Utf8 => Ok(Cow::Borrowed(text.as_bytes())),
            // Of a character beyond, the low byte, as Node does.
            Self::Latin1 => Ok(Cow::Owned(text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect())),
            Self::Hex => Ok(Cow::Owned(hex(text))),
            Self::Base64 | Self::Base64Url => {
                let wanted = text.split('=').next().unwrap_or_default().chars();
                let standard: String = wanted.filter_map(standard).collect();
                // A single character at the end is too few bits for a byte.
                let whole = if standard.len() % 4 == 1 { standard.len() - 1 } else { standard.len() };
                let engine = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
                let bytes = engine.decode(standard.get(..whole).unwrap_or_default());
                bytes.map(Cow::Owned).map_err(|_| "not base64")
            }
            Self::Base64Strict => {
                let text: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
                let engine = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
                engine.decode(text).map(Cow::Owned).map_err(|_| "the string to be decoded is not base64")
            }
        }
    }

    /// The text that stands for the bytes.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Hex => bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect(),
            Self::Base64 | Self::Base64Strict => STANDARD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        }
    }
}

/// Pairs of digits, up to the first that is none.
fn hex(text: &str) -> Vec<u8> {
    let digits = text.chars().map_while(|character| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits: Vec<u8> = digits.collect();
    let (pairs, _) = digits.as_chunks::<2>();
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or_default()
}

/// A character in the standard alphabet; nothing of what is in neither.
fn standard(character: char) -> Option<char> {
    match character {
        '-' => Some('+'),
        '_' => Some('/'),
        '+' | '/' => Some(character),
        other => other.is_ascii_alphanumeric().then_some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding::{self, Base64, Base64Strict, Base64Url, Hex, Latin1, Utf8};

    #[test]
    fn bytes_and_text_are_as_in_node() {
        for (encoding, text, bytes, back) in [
            (Utf8, "hé", &b"h\xc3\xa9"[..], "hé"),
            (Latin1, "hé", b"h\xe9", "hé"),
            (Hex, "00fF10", b"\0\xff\x10", "00ff10"),
            (Hex, "0afg11", b"\x0a", "0a"),
            (Hex, "abc", b"\xab", "ab"),
            (Base64, "aGk=", b"hi", "aGk="),
            (Base64, " aG\nk", b"hi", "aGk="),
            (Base64, "-_8", b"\xfb\xff", "+/8="),
            (Base64, "aGkx=garbage", b"hi1", "aGkx"),
            (Base64, "aGkxA", b"hi1", "aGkx"),
            (Base64Url, "-_8", b"\xfb\xff", "-_8"),
            (Base64Strict, "aG k=", b"hi", "aGk="),
        ] {
            assert_eq!(encoding.encode(text).as_deref(), Ok(bytes), "{encoding:?} {text}");
            assert_eq!(encoding.decode(bytes), back, "{encoding:?} {text}");
        }
        assert_eq!(Base64Strict.encode("aG*k"), Err("the string to be decoded is not base64"));
        assert_eq!(Encoding::named("UTF-8"), Some(Utf8));
        assert_eq!(Encoding::named("utf16le"), None);
    }
}
