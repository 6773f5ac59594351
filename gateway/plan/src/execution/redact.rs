//! `history.redact`: paths of `$context` whose values no record shows, neither where they came in nor where a step's result
//! or message repeats them.

use std::sync::Arc;

use crate::envelope::REDACTED;
use crate::json::Json;
use crate::limits::MASKED_SIZE;

/// Values that are looked for in the rest of a record, at most: a list of more is hidden where it stands alone.
const LOOKED_FOR: usize = 256;

/// Where the paths start.
const ROOT: &str = "$context";

/// Paths whose values are hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    paths: Vec<Vec<Segment>>,
}

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// A member of an object; a list in its place is gone through.
    Name(Box<str>),
    /// Every item of a list, whatever the index says: more is hidden rather than less.
    Items,
}

/// A path that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path such as $context.data.card.number")]
pub struct RedactError(pub String);

/// Texts that are hidden wherever they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    texts: Vec<Box<str>>,
    /// What is to be hidden is not known any more: everything is.
    all: bool,
}

impl Redaction {
    /// Reads the paths of a workflow: member names after `$context`, `["any name"]` and `[*]`. Lists are gone through whether
    /// the path says so or not.
    pub fn parse(paths: &[String]) -> Result<Self, RedactError> {
        let parsed = paths.iter().map(|path| segments(path).ok_or_else(|| RedactError(path.clone())));
        Ok(Self { paths: parsed.collect::<Result<_, _>>()? })
    }

    /// Hides all of `$context` that a request brought: for paths that cannot be read.
    pub(super) fn everything() -> Self {
        let paths = ["data", "headers", "query"].map(|name| vec![Segment::Name(name.into())]);
        Self { paths: paths.into() }
    }

    /// Whether some of `$context.data` is hidden.
    pub(super) fn hides_data(&self) -> bool {
        let data = |path: &Vec<Segment>| matches!(path.first(), Some(Segment::Name(name)) if &**name == "data");
        self.paths.iter().any(data)
    }

    /// Whether the member names lead to something hidden, or to something that holds it.
    pub(super) fn touches(&self, path: &[Arc<str>]) -> bool {
        self.paths.iter().any(|hidden| {
            let names = hidden.iter().filter_map(|segment| match segment {
                Segment::Name(name) => Some(&**name),
                Segment::Items => None,
            });
            names.zip(path).all(|(hidden, read)| hidden == &**read)
        })
    }

    /// `$context` without the hidden values, which are noted.
    pub(super) fn apply(&self, context: Json, hidden: &mut Hidden) -> Json {
        self.paths.iter().fold(context, |context, path| hide(&context, path, hidden))
    }
}

fn hide(value: &Json, path: &[Segment], hidden: &mut Hidden) -> Json {
    let Some((first, rest)) = path.split_first() else {
        hidden.note(value);
        return Json::text(REDACTED);
    };
    match (value, first) {
        (Json::Object(members), Segment::Name(wanted)) => {
            let members = members.iter().map(|(name, value)| {
                let shown = if **name == **wanted { hide(value, rest, hidden) } else { value.clone() };
                (Arc::clone(name), shown)
            });
            Json::Object(Arc::new(members.collect()))
        }
        (Json::Array(items), Segment::Items) => Json::list(items.iter().map(|item| hide(item, rest, hidden))),
        (Json::Array(items), Segment::Name(_)) => Json::list(items.iter().map(|item| hide(item, path, hidden))),
        (_, Segment::Items) => hide(value, rest, hidden),
        (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_), Segment::Name(_)) => {
            value.clone()
        }
    }
}

impl Hidden {
    /// Notes every text and number of a value.
    fn note(&mut self, value: &Json) {
        match value {
            Json::String(text) => self.add(text),
            Json::Number(number) => self.add(&number.to_string()),
            Json::Array(items) => items.iter().for_each(|item| self.note(item)),
            Json::Object(members) => members.values().for_each(|member| self.note(member)),
            Json::Null | Json::Bool(_) | Json::Bytes(_) => {}
        }
    }

    /// Short ones stand in too many innocent places.
    fn add(&mut self, text: &str) {
        if text.len() >= MASKED_SIZE && self.texts.len() < LOOKED_FOR && text != REDACTED {
            self.texts.push(text.into());
        }
    }

    /// The values that a workflow hides are not kept, and a run may repeat them anywhere.
    pub(super) fn hide_all(&mut self) {
        self.all = true;
    }

    /// The text without them.
    pub(super) fn mask(&self, text: &str) -> Option<String> {
        if self.all {
            return Some(REDACTED.to_owned());
        }
        let found = self.texts.iter().filter(|hidden| text.contains(&***hidden));
        found.fold(None, |masked, hidden| Some(masked.as_deref().unwrap_or(text).replace(&**hidden, REDACTED)))
    }

    /// The value without them.
    pub(super) fn mask_value(&self, value: Json) -> Json {
        match (self.all, value) {
            (true, Json::Null) => Json::Null,
            (true, _) => Json::text(REDACTED),
            (false, value) if self.texts.is_empty() => value,
            (false, value) => self.masked(&value),
        }
    }

    fn masked(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => self.mask(text).map_or_else(|| value.clone(), Json::from),
            Json::Number(number) if self.mask(&number.to_string()).is_some() => Json::text(REDACTED),
            Json::Array(items) => Json::list(items.iter().map(|item| self.masked(item))),
            Json::Object(members) => {
                let masked = members.iter().map(|(name, value)| {
                    let name = self.mask(name).map_or_else(|| Arc::clone(name), Arc::from);
                    (name, self.masked(value))
                });
                Json::Object(Arc::new(masked.collect()))
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Bytes(_) => value.clone(),
        }
    }
}

fn segments(path: &str) -> Option<Vec<Segment>> {
    let mut rest = path.strip_prefix(ROOT)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (segment, after) = segment(rest)?;
        found.push(segment);
        rest = after;
    }
    let Some(Segment::Name(root)) = found.first() else { return None };
    if &**root == "headers"
        && let Some(Segment::Name(header)) = found.get_mut(1)
    {
        *header = header.to_ascii_lowercase().into();
    }
    Some(found)
}

fn segment(rest: &str) -> Option<(Segment, &str)> {
    if let Some(rest) = rest.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        return (!name.is_empty()).then(|| (Segment::Name(name.into()), after));
    }
    let rest = rest.strip_prefix('[')?;
    for quote in ['"', '\''] {
        if let Some(rest) = rest.strip_prefix(quote) {
            let (name, after) = rest.split_once(quote)?;
            return Some((Segment::Name(name.into()), after.strip_prefix(']')?));
        }
    }
    let (index, after) = rest.split_once(']')?;
    let is_items = index == "*" || (!index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()));
    is_items.then_some((Segment::Items, after))
}
