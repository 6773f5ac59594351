//! An object or a list of JSON as a CEL map or list.

use std::any::Any;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use cel::ExecutionError;
use cel::common::traits::{Adder, Container, Indexer, Iterable, Iterator, Sizer, Zeroer};
use cel::common::types::{CelDouble, CelInt, CelList, CelMap, CelNull, CelString, CelUInt, Type};
use cel::common::value::{CowVal, StaticVal, Val};

use super::{keep, lend, same};
use crate::json::Json;

/// An object or a list, and what has been unfolded of it.
pub(in crate::expr) struct Lent<'a> {
    json: Held<'a>,
    /// What something has iterated over: the items of a list, the names of an object.
    parts: OnceLock<Vec<Box<dyn Val + 'a>>>,
    /// The values of an object that is kept: each of its texts is copied once.
    members: OnceLock<Vec<Box<dyn Val + 'a>>>,
}

/// Whose the JSON is.
#[derive(Clone)]
enum Held<'a> {
    Borrowed(&'a Json),
    Kept(Json),
}

impl<'a> Lent<'a> {
    pub(super) const fn borrowed(json: &'a Json) -> Self {
        Self::new(Held::Borrowed(json))
    }

    pub(super) const fn kept(json: Json) -> Self {
        Self::new(Held::Kept(json))
    }

    const fn new(json: Held<'a>) -> Self {
        Self { json, parts: OnceLock::new(), members: OnceLock::new() }
    }

    fn json(&self) -> &Json {
        match &self.json {
            Held::Borrowed(json) => json,
            Held::Kept(json) => json,
        }
    }

    fn is_list(&self) -> bool {
        matches!(self.json(), Json::Array(_))
    }

    fn len(&self) -> usize {
        match self.json() {
            Json::Array(items) => items.len(),
            Json::Object(members) => members.len(),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => 0,
        }
    }

    /// The member or item at an index.
    fn part<'b>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'a>, ExecutionError> {
        match &self.json {
            Held::Borrowed(json) => find(json, index).map(|(_, part)| CowVal::Owned(lend(part))),
            Held::Kept(json) => {
                let (position, _) = find(json, index)?;
                let values = if self.is_list() { self.parts() } else { self.members(json) };
                let part = values.get(position).ok_or_else(|| ExecutionError::no_such_key(""))?;
                Ok(CowVal::Borrowed(&**part))
            }
        }
    }

    fn parts(&self) -> &[Box<dyn Val + 'a>] {
        self.parts.get_or_init(|| match &self.json {
            Held::Borrowed(Json::Array(items)) => items.iter().map(lend).collect(),
            Held::Borrowed(Json::Object(members)) => members.keys().map(|name| text(&**name)).collect(),
            Held::Kept(Json::Array(items)) => items.iter().map(|item| keep(item.clone()) as Box<dyn Val>).collect(),
            Held::Kept(Json::Object(members)) => members.keys().map(|name| text(name.to_string())).collect(),
            Held::Borrowed(_) | Held::Kept(_) => Vec::new(),
        })
    }

    fn members(&self, json: &Json) -> &[Box<dyn Val + 'a>] {
        let values = || json.as_object().into_iter().flat_map(|members| members.values());
        self.members.get_or_init(|| values().map(|value| keep(value.clone()) as Box<dyn Val>).collect())
    }
}

fn text<'a>(name: impl Into<CelString<'a>>) -> Box<dyn Val + 'a> {
    Box::new(name.into())
}

/// The part at an index, and its position.
fn find<'j>(json: &'j Json, index: &dyn Val) -> Result<(usize, &'j Json), ExecutionError> {
    match json {
        Json::Object(members) => {
            let name = index.downcast_ref::<CelString>().map(CelString::inner);
            let member = name.and_then(|name| members.get_full(name)).map(|(position, _, part)| (position, part));
            member.ok_or_else(|| ExecutionError::no_such_key(name.unwrap_or_default()))
        }
        Json::Array(items) => {
            let position = position(index)?;
            let outside = || ExecutionError::IndexOutOfBounds(position.into());
            let position = usize::try_from(position).map_err(|_| outside())?;
            items.get(position).map(|item| (position, item)).ok_or_else(outside)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => Err(wrong_index(index)),
    }
}

/// A position in a list: an integer, or a double that is one.
fn position(index: &dyn Val) -> Result<i64, ExecutionError> {
    if let Some(index) = index.downcast_ref::<CelInt>() {
        return Ok(*index.inner());
    }
    if let Some(index) = index.downcast_ref::<CelUInt>() {
        return i64::try_from(*index.inner()).map_err(|_| ExecutionError::IndexOutOfBounds((*index.inner()).into()));
    }
    #[expect(clippy::cast_possible_truncation, reason = "compared with what was cast")]
    index
        .downcast_ref::<CelDouble>()
        .map(|index| (*index.inner(), *index.inner() as i64))
        .filter(|(double, whole)| CelInt::from(*whole).equals(&CelDouble::from(*double)))
        .map(|(_, whole)| whole)
        .ok_or_else(|| wrong_index(index))
}

fn wrong_index(index: &dyn Val) -> ExecutionError {
    ExecutionError::UnexpectedType { got: index.get_type().name().to_owned(), want: "index".to_owned() }
}

impl fmt::Debug for Lent<'_> {
    /// Not the value: it may hold a secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_list() { "list" } else { "map" })
    }
}

impl Val for Lent<'_> {
    fn get_type(&self) -> &Type {
        if self.is_list() { CelList::cel_type() } else { CelMap::cel_type() }
    }

    /// Of an object. Nothing is declared for this Rust type, so that nothing asks.
    fn cel_type() -> &'static Type {
        CelMap::cel_type()
    }

    fn as_adder<'b, 'v>(&'b self) -> Option<&'b (dyn Adder + 'v)>
    where
        Self: 'v,
    {
        self.is_list().then_some(self as &(dyn Adder + 'v))
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        same(self, other)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(Lent::new(self.json.clone()))
    }
}

impl Adder for Lent<'_> {
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let parts = self.parts().iter().map(|part| part.clone_as_boxed()).collect::<Vec<Box<dyn Val + 'v>>>();
        let list = CelList::from(parts);
        list.add(other).map(|sum| CowVal::Owned(sum.into_owned()))
    }
}

impl Container for Lent<'_> {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        match self.json() {
            Json::Object(members) => {
                Ok(value.downcast_ref::<CelString>().is_some_and(|name| members.contains_key(name.inner())))
            }
            Json::Array(_) => Ok(self.parts().iter().any(|item| same(&**item, value))),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Bytes(_) => Ok(false),
        }
    }
}

impl Indexer for Lent<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        if let Some(reveal) = index.downcast_ref::<Reveal>() {
            reveal.0.lock().unwrap_or_else(PoisonError::into_inner).replace(self.json().clone());
            return Ok(CowVal::owned(CelNull));
        }
        self.part(index)
    }

    fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.part(index).map(|part| part.into_owned() as Box<dyn Val + 'v>)
    }
}

impl Iterable for Lent<'_> {
    fn iter<'b, 'v>(&'b self) -> Box<dyn Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Parts(self.parts().iter()))
    }
}

/// Parts that are still to be visited.
struct Parts<'b, 'a>(std::slice::Iter<'b, Box<dyn Val + 'a>>);

impl<'b, 'a: 'v, 'v> Iterator<'b, 'v> for Parts<'b, 'a> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|part| &**part as &'b (dyn Val + 'v))
    }
}

impl Sizer for Lent<'_> {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.len()).unwrap_or(i64::MAX))
    }
}

impl Zeroer for Lent<'_> {
    fn is_zero_value(&self) -> bool {
        self.len() == 0
    }
}

/// An index that asks for the JSON itself: a value that borrows cannot be downcast, so it is asked to answer.
#[derive(Debug, Default)]
struct Reveal(Mutex<Option<Json>>);

/// The JSON behind a value, where it is lent JSON.
pub(in crate::expr) fn reveal(value: &dyn Val) -> Option<Json> {
    let question = Reveal::default();
    value.as_indexer()?.get(&question).ok()?;
    question.0.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Val for Reveal {
    fn get_type(&self) -> &Type {
        CelNull::cel_type()
    }

    fn cel_type() -> &'static Type {
        CelNull::cel_type()
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(Self::default())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Reveal {}
