//! Takes a URL with templates apart: scheme, authority, path segments, query parameters.

use super::piece::{Piece, Pieces, constant, push_text, split, split_before, strip};
use super::{Base, Parameter};

/// The parts of a URL.
pub(super) struct Parts {
    pub(super) base: Base,
    pub(super) path: Vec<Pieces>,
    pub(super) query: Vec<Parameter>,
}

/// Takes a URL apart, or says what it must be.
pub(super) fn parts(pieces: Pieces) -> Result<Parts, &'static str> {
    check_text(&pieces)?;
    let (base, rest) = base(pieces)?;
    let (path, query) = split_before(rest, |one| one == '?');
    Ok(Parts { base, path: segments(path)?, query: parameters(query)? })
}

fn check_text(pieces: &[Piece]) -> Result<(), &'static str> {
    for piece in pieces {
        let Piece::Text(text) = piece else { continue };
        if text.contains('#') {
            return Err("must not have a fragment: it is never sent");
        }
        if text.contains(|one: char| one == '\\' || one.is_whitespace() || one.is_control()) {
            return Err("must not contain a backslash, white space or control characters");
        }
    }
    Ok(())
}

fn base(pieces: Pieces) -> Result<(Base, Pieces), &'static str> {
    let mut pieces = pieces.into_iter();
    match pieces.next() {
        None => Err("must not be empty"),
        Some(Piece::Value(expr)) => match pieces.as_slice().first() {
            Some(Piece::Value(_)) => Err(AFTER_BASE),
            Some(Piece::Text(text)) if !text.starts_with(['/', '?']) => Err(AFTER_BASE),
            Some(Piece::Text(_)) | None => Ok((Base::Value(expr), pieces.collect())),
        },
        Some(Piece::Text(text)) => {
            let (scheme, rest) = scheme(&text).ok_or("must begin with https:// or http://, or with a template")?;
            let mut after = Pieces::new();
            push_text(&mut after, rest);
            after.extend(pieces);
            let (authority, rest) = split_before(after, |one| one == '/' || one == '?');
            Ok((with_authority(scheme, authority)?, rest))
        }
    }
}

const AFTER_BASE: &str = "must go on with / or ? after the template that begins it";

fn scheme(text: &str) -> Option<(&'static str, &str)> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some((scheme, rest))
    })
}

fn with_authority(scheme: &str, authority: Pieces) -> Result<Base, &'static str> {
    if authority.is_empty() {
        return Err("must have a host");
    }
    if authority.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('@'))) {
        return Err("must not contain user information: auth is the place for credentials");
    }
    Ok(match constant(&authority) {
        Some(authority) => Base::Constant(format!("{scheme}{authority}")),
        None => Base::Authority(scheme.to_owned(), authority),
    })
}

fn segments(path: Pieces) -> Result<Vec<Pieces>, &'static str> {
    let Some(path) = strip(path, '/') else { return Ok(Vec::new()) };
    let segments = split(path, '/');
    if segments.iter().filter_map(|segment| constant(segment)).any(|text| super::encode::is_dots(&text)) {
        return Err("must not have the path segments . and ..");
    }
    Ok(segments)
}

fn parameters(query: Pieces) -> Result<Vec<Parameter>, &'static str> {
    let Some(query) = strip(query, '?').filter(|query| !query.is_empty()) else { return Ok(Vec::new()) };
    split(query, '&').into_iter().map(parameter).collect()
}

fn parameter(pieces: Pieces) -> Result<Parameter, &'static str> {
    let (name, value) = split_before(pieces, |one| one == '=');
    let name = constant(&name).ok_or("must have constant names of query parameters")?;
    Ok(Parameter { name, value: strip(value, '=') })
}
