//! `sha256`, `hmacSha256` and `uuid`.

use cel::common::types::{CelBytes, CelString, DYN_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Outcome, run, take, unexpected};
use crate::expr::run::Run;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let run = || Run::cel_type().to_owned();
    env.add_overload("@sha256", "@sha256", vec![run(), DYN_TYPE], sha256)?;
    env.add_overload("@hmacSha256", "@hmacSha256", vec![run(), DYN_TYPE, DYN_TYPE], hmac_sha256)?;
    env.add_overload("@uuid", "@uuid", vec![run()], uuid)
}

/// `sha256(data)`: lower-case hexadecimal, of text or bytes.
fn sha256<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [_, data] = take(args)?;
    Ok(hex(&Sha256::digest(octets(&data)?)))
}

/// `hmacSha256(key, data)`: lower-case hexadecimal, of texts or bytes.
fn hmac_sha256<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [_, key, data] = take(args)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(octets(&key)?)
        .map_err(|_| ExecutionError::function_error("hmacSha256", "the key cannot be used"))?;
    mac.update(octets(&data)?);
    Ok(hex(&mac.finalize().into_bytes()))
}

/// The next id of the run.
fn uuid<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let [the_run] = take(args)?;
    Ok(CowVal::owned(CelString::from(run(&the_run)?.scope.draw().to_string())))
}

fn octets<'b>(value: &'b CowVal<'_, '_>) -> Result<&'b [u8], ExecutionError> {
    let text = value.downcast_ref::<CelString>().map(|text| text.inner().as_bytes());
    let bytes = value.downcast_ref::<CelBytes>().map(CelBytes::inner);
    text.or(bytes).ok_or_else(|| unexpected(&**value, "string or bytes"))
}

fn hex<'b, 'v>(bytes: &[u8]) -> CowVal<'b, 'v> {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let text: String = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
    CowVal::owned(CelString::from(text))
}
