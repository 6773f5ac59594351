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

/// An object or a list, and its parts once something has iterated over them.
pub(in crate::expr) struct Lent<'a> {
    json: Held<'a>,
    parts: OnceLock<Vec<Box<dyn Val + 'a>>>,
}

/// Whose the JSON is.
#[derive(Clone)]
enum Held<'a> {
    Borrowed(&'a Json),
    Kept(Json),
}

impl<'a> Lent<'a> {
    pub(super) const fn borrowed(json: &'a Json) -> Self {
        Self { json: Held::Borrowed(json), parts: OnceLock::new() }
    }

    pub(super) const fn kept(json: Json) -> Self {
        Self { json: Held::Kept(json), parts: OnceLock::new() }
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
    fn part(&self, index: &dyn Val) -> Result<Box<dyn Val + 'a>, ExecutionError> {
        match &self.json {
            Held::Borrowed(json) => find(json, index).map(lend),
            Held::Kept(json) => find(json, index).map(|part| keep(part.clone()) as Box<dyn Val + 'a>),
        }
    }

    /// The items of a list, the names of an object.
    fn parts(&self) -> &[Box<dyn Val + 'a>] {
        self.parts.get_or_init(|| match &self.json {
            Held::Borrowed(Json::Array(items)) => items.iter().map(lend).collect(),
            Held::Borrowed(Json::Object(members)) => members.keys().map(|name| name_of(name)).collect(),
            Held::Kept(Json::Array(items)) => items.iter().map(|item| keep(item.clone()) as Box<dyn Val>).collect(),
            Held::Kept(Json::Object(members)) => {
                members.keys().map(|name| Box::new(CelString::from(name.to_string())) as Box<dyn Val>).collect()
            }
            Held::Borrowed(_) | Held::Kept(_) => Vec::new(),
        })
    }
}

fn name_of(name: &str) -> Box<dyn Val + '_> {
    Box::new(CelString::from(name))
}

fn find<'j>(json: &'j Json, index: &dyn Val) -> Result<&'j Json, ExecutionError> {
    match json {
        Json::Object(members) => {
            let name = index.downcast_ref::<CelString>().map(CelString::inner);
            name.and_then(|name| members.get(name)).ok_or_else(|| match name {
                Some(name) => ExecutionError::no_such_key(name),
                None => ExecutionError::no_such_key(""),
            })
        }
        Json::Array(items) => {
            let position = position(index)?;
            let item = usize::try_from(position).ok().and_then(|position| items.get(position));
            item.ok_or_else(|| ExecutionError::IndexOutOfBounds(position.into()))
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
        Box::new(Lent { json: self.json.clone(), parts: OnceLock::new() })
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
        self.part(index).map(CowVal::Owned)
    }

    fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.part(index).map(|part| part as Box<dyn Val + 'v>)
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
