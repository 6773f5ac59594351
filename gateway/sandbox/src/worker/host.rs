//! What the library asks of this program: hashes, encodings, URLs, randomness, the console. No function of it reaches
//! anything outside of the process, but for the kernel's random numbers.

mod encoding;
mod hash;
mod links;

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::function::{Func, IntoJsFunc};
use rquickjs::{Ctx, Exception, Object, Result, TypedArray};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::stage::Shared;
use crate::limits::{RANDOM_SIZE, RESULT_SIZE, TEXT_SIZE};
use encoding::Encoding;
use hash::{Algorithm, Hash};

/// The object that `library/start.js` is given.
pub(super) fn object<'js>(ctx: &Ctx<'js>, shared: &Rc<Shared>) -> Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    host.set("most", RESULT_SIZE)?;
    host.set("longest", TEXT_SIZE)?;
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
    set(host, "hash", |ctx: Ctx<'js>, name: String| hashing(&ctx, algorithm(&ctx, &name)?.hash()))?;
    set(host, "hmac", |ctx: Ctx<'js>, name: String, key: String, encoding: String| {
        let key = part(&ctx, &key, &encoding)?;
        hashing(&ctx, algorithm(&ctx, &name)?.hmac(&key))
    })?;
    set(host, "same", |a: String, b: String| bool::from(a.as_bytes().ct_eq(b.as_bytes())))?;
    set(host, "uuid", || Uuid::new_v4().hyphenated().to_string())?;
    set(host, "random", |ctx: Ctx<'js>, size: usize| random(&ctx, size))?;
    set(host, "encodes", |name: String| Encoding::named(&name).is_some())?;
    set(host, "encode", |ctx: Ctx<'js>, text: String, name: String| {
        // A copy that the engine counts as the script's.
        TypedArray::<u8>::new_copy(ctx.clone(), part(&ctx, &text, &name)?)
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
    TypedArray::new_copy(ctx.clone(), drawn)
}

/// A hash in the making: it takes what it is told at once, and keeps none of it.
fn hashing<'js>(ctx: &Ctx<'js>, hash: Box<dyn Hash>) -> Result<Object<'js>> {
    let hash = Rc::new(RefCell::new(Some(hash)));
    let object = Object::new(ctx.clone())?;
    let own = Rc::clone(&hash);
    set(&object, "update", move |ctx: Ctx<'js>, text: String, name: String| {
        let bytes = part(&ctx, &text, &name)?;
        if let Some(hash) = own.borrow_mut().as_mut() {
            hash.update(&bytes);
        }
        Ok::<_, rquickjs::Error>(())
    })?;
    set(&object, "finish", move |ctx: Ctx<'js>, name: String| {
        let digest = hash.take().map(Hash::finish).unwrap_or_default();
        text(&ctx, &digest, &name)
    })?;
    Ok(object)
}

fn part<'t>(ctx: &Ctx<'_>, text: &'t str, encoding: &str) -> Result<Cow<'t, [u8]>> {
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
