//! What the library asks of this program: hashes, encodings, URLs, randomness, the console. No function of it reaches
//! anything outside of the process, but for the kernel's random numbers.

mod encoding;
mod hash;
mod links;

use std::rc::Rc;

use rquickjs::function::{Func, IntoJsFunc};
use rquickjs::{Ctx, Exception, Object, Result, TypedArray};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::stage::Shared;
use crate::limits::{RANDOM_SIZE, RESULT_SIZE};
use encoding::Encoding;
use hash::Algorithm;

/// The object that `library/start.js` is given.
pub(super) fn object<'js>(ctx: &Ctx<'js>, shared: &Rc<Shared>) -> Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    host.set("most", RESULT_SIZE)?;
    run(&host, shared)?;
    bytes(&host)?;
    urls(&host)?;
    Ok(host)
}

/// What belongs to the run.
fn run<'js>(host: &Object<'js>, shared: &Rc<Shared>) -> Result<()> {
    let own = Rc::clone(shared);
    set(host, "log", move |line: String| own.console.borrow_mut().write(&line))?;
    let own = Rc::clone(shared);
    set(host, "raw", move |ctx: Ctx<'js>| TypedArray::<u8>::new(ctx, own.raw.take()))?;
    let own = Rc::clone(shared);
    set(host, "refuse", move |ctx: Ctx<'js>| -> Result<()> {
        own.too_large.set(true);
        Err(Exception::throw_range(&ctx, "the result is too large"))
    })
}

fn bytes<'js>(host: &Object<'js>) -> Result<()> {
    set(host, "hashes", |name: String| Algorithm::named(&name).is_some())?;
    set(host, "digest", |ctx: Ctx<'js>, name: String, parts: Vec<Vec<String>>, encoding: String| {
        let (algorithm, data) = (algorithm(&ctx, &name)?, join(&ctx, &parts)?);
        text(&ctx, &algorithm.digest(&data), &encoding)
    })?;
    set(host, "hmac", |ctx: Ctx<'js>, name: String, key: Vec<String>, parts: Vec<Vec<String>>, encoding: String| {
        let (algorithm, key, data) = (algorithm(&ctx, &name)?, join(&ctx, &[key])?, join(&ctx, &parts)?);
        text(&ctx, &algorithm.hmac(&key, &data), &encoding)
    })?;
    set(host, "same", |a: String, b: String| bool::from(a.as_bytes().ct_eq(b.as_bytes())))?;
    set(host, "uuid", || Uuid::new_v4().hyphenated().to_string())?;
    set(host, "random", |ctx: Ctx<'js>, size: usize| random(&ctx, size))?;
    set(host, "encodes", |name: String| Encoding::named(&name).is_some())?;
    set(host, "encode", |ctx: Ctx<'js>, text: String, name: String| {
        TypedArray::<u8>::new(ctx.clone(), part(&ctx, &text, &name)?)
    })?;
    set(host, "decode", |ctx: Ctx<'js>, data: String, name: String| text(&ctx, &part(&ctx, &data, "latin1")?, &name))
}

fn urls(host: &Object<'_>) -> Result<()> {
    set(host, "url", |url: String, base: rquickjs::function::Opt<Option<String>>| {
        links::parse(&url, base.0.flatten().as_deref())
    })?;
    set(host, "urlSet", |url: String, part: String, value: String| links::change(&url, &part, &value))?;
    set(host, "formRead", |text: String| links::read_form(&text))?;
    set(host, "formWrite", |pairs: Vec<Vec<String>>| links::write_form(&pairs))
}

fn set<'js, F, P>(host: &Object<'js>, name: &str, function: F) -> Result<()>
where
    F: IntoJsFunc<'js, P> + 'js,
{
    host.set(name, Func::from(function))
}

/// Bytes that nobody can foresee.
fn random<'js>(ctx: &Ctx<'js>, size: usize) -> Result<TypedArray<'js, u8>> {
    if size > RANDOM_SIZE {
        return Err(Exception::throw_range(ctx, &format!("randomBytes yields at most {RANDOM_SIZE} bytes")));
    }
    let mut drawn = vec![0; size];
    getrandom::fill(&mut drawn).map_err(|error| Exception::throw_message(ctx, &error.to_string()))?;
    TypedArray::new(ctx.clone(), drawn)
}

/// The bytes of texts and their encodings, one behind the other.
fn join(ctx: &Ctx<'_>, parts: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for pair in parts {
        if let [text, encoding] = pair.as_slice() {
            bytes.extend(part(ctx, text, encoding)?);
        }
    }
    Ok(bytes)
}

fn part(ctx: &Ctx<'_>, text: &str, encoding: &str) -> Result<Vec<u8>> {
    self::encoding(ctx, encoding)?.encode(text).map_err(|why| Exception::throw_message(ctx, why))
}

fn text(ctx: &Ctx<'_>, bytes: &[u8], encoding: &str) -> Result<String> {
    self::encoding(ctx, encoding).map(|encoding| encoding.decode(bytes))
}

fn algorithm(ctx: &Ctx<'_>, name: &str) -> Result<Algorithm> {
    Algorithm::named(name).ok_or_else(|| Exception::throw_message(ctx, &format!("unknown hash {name}")))
}

fn encoding(ctx: &Ctx<'_>, name: &str) -> Result<Encoding> {
    Encoding::named(name).ok_or_else(|| Exception::throw_type(ctx, &format!("Unknown encoding: {name}")))
}
