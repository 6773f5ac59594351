//! Reading a body: checks all of it, builds values only where the projection wants them.
//!
//! An own reader, because what is wanted here is in no library: lossless numbers without a switch that changes other
//! types of the whole binary, bounds on depth and number of values, and no value for what nobody will look at.
//! RFC 8259 decides. Where it leaves a choice: a byte order mark is skipped (section 8.1), of repeated names the last
//! one counts (section 4), and an escape of half a surrogate pair is refused, since no text holds it (section 8.2).

mod scanner;

use std::sync::Arc;

use super::budget::MEMBER_SIZE;
use super::{Budget, Json, Number, Object, Projection};
use crate::limits::{JSON_DEPTH, JSON_NODES, JSON_TREE_SIZE};
use scanner::Scanner;

/// Why a text is refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading JSON at byte {offset}: {fault}")]
pub struct ReadError {
    /// What is wrong.
    pub fault: ReadFault,
    /// The byte, counted from 0.
    pub offset: usize,
}

/// What can be wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// RFC 8259 does not allow it.
    #[error("not JSON")]
    Malformed,
    /// Not UTF-8 (RFC 8259, section 8.1).
    #[error("not UTF-8")]
    NotText,
    /// Nested deeper than [`JSON_DEPTH`].
    #[error("nested deeper than {JSON_DEPTH}")]
    TooDeep,
    /// More values than [`JSON_NODES`].
    #[error("more than {JSON_NODES} values")]
    TooManyValues,
    /// The values that are wanted take more memory than [`JSON_TREE_SIZE`].
    #[error("its values take more than {JSON_TREE_SIZE} bytes")]
    TooLarge,
}

/// Reads one JSON text.
///
/// All of `bytes` is checked. The result holds what `wanted` names: other members are left out of their objects, a list
/// of which only members are wanted is empty, and a text of which nothing is wanted is `null`.
pub fn read(bytes: &[u8], wanted: &Projection) -> Result<Json, ReadError> {
    read_sized(bytes, wanted, JSON_TREE_SIZE).map(|(json, _)| json)
}

/// The same in so many bytes of memory; says how many its values take.
pub(crate) fn read_sized(bytes: &[u8], wanted: &Projection, room: usize) -> Result<(Json, usize), ReadError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| ReadError { fault: ReadFault::NotText, offset: error.valid_up_to() })?;
    let mut budget = Budget::new(room);
    let json = read_within(text, wanted, &mut budget)?;
    Ok((json, budget.used()))
}

/// Reads one JSON text within a budget.
pub(crate) fn read_within(text: &str, wanted: &Projection, budget: &mut Budget) -> Result<Json, ReadError> {
    Reader { text: Scanner::new(text), budget }.read(wanted)
}

/// Reads a text that we wrote ourselves: whoever did has bounded its size.
pub(super) fn read_own(text: &str) -> Result<Json, ReadError> {
    read_within(text, &Projection::All, &mut Budget::own())
}

/// A text half read, and what it may still use.
struct Reader<'t, 'b> {
    text: Scanner<'t>,
    budget: &'b mut Budget,
}

impl Reader<'_, '_> {
    fn read(mut self, wanted: &Projection) -> Result<Json, ReadError> {
        self.document(wanted).map_err(|fault| ReadError { fault, offset: self.text.offset() })
    }

    fn document(&mut self, wanted: &Projection) -> Result<Json, ReadFault> {
        self.text.skip_byte_order_mark();
        self.text.space();
        let value = self.value(wanted)?;
        self.text.space();
        if self.text.at_end() { Ok(value) } else { Err(ReadFault::Malformed) }
    }

    /// The next value; `null` when nothing of it is wanted.
    fn value(&mut self, wanted: &Projection) -> Result<Json, ReadFault> {
        self.budget.value()?;
        match self.text.peek() {
            Some(b'{') => self.nested(wanted, Self::object),
            Some(b'[') => self.nested(wanted, Self::array),
            Some(b'"') if *wanted == Projection::Nothing => self.text.skip_string().map(|()| Json::Null),
            Some(b'"') => {
                let text: Arc<str> = self.text.string()?.into();
                self.budget.take(text.len())?;
                Ok(Json::String(text))
            }
            Some(b'-' | b'0'..=b'9') => self.number(wanted),
            Some(_) | None => self.text.literal(),
        }
    }

    fn number(&mut self, wanted: &Projection) -> Result<Json, ReadFault> {
        let text = self.text.number()?;
        if *wanted == Projection::Nothing {
            return Ok(Json::Null);
        }
        self.budget.take(text.len())?;
        Ok(Json::Number(Number::from_text(text)))
    }

    fn array(&mut self, wanted: &Projection) -> Result<Json, ReadFault> {
        let inner = if *wanted == Projection::All { wanted } else { &Projection::Nothing };
        let mut items = Vec::new();
        self.text.require(b'[')?;
        self.text.space();
        if !self.text.eat(b']') {
            loop {
                self.text.space();
                let item = self.value(inner)?;
                if *inner == Projection::All {
                    self.budget.take(size_of::<Json>())?;
                    items.push(item);
                }
                self.text.space();
                if self.text.eat(b']') {
                    break;
                }
                self.text.require(b',')?;
            }
        }
        Ok(Json::Array(Arc::new(items)))
    }

    fn object(&mut self, wanted: &Projection) -> Result<Json, ReadFault> {
        let mut members = Object::new();
        self.text.require(b'{')?;
        self.text.space();
        if !self.text.eat(b'}') {
            loop {
                self.text.space();
                self.member(wanted, &mut members)?;
                self.text.space();
                if self.text.eat(b'}') {
                    break;
                }
                self.text.require(b',')?;
            }
        }
        Ok(Json::Object(Arc::new(members)))
    }

    fn member(&mut self, wanted: &Projection, members: &mut Object) -> Result<(), ReadFault> {
        let name = if wanted.is_wanted() {
            let name = self.text.string()?;
            wanted.member(&name).is_wanted().then_some(name)
        } else {
            self.text.skip_string()?;
            None
        };
        self.text.space();
        self.text.require(b':')?;
        self.text.space();
        let Some(name) = name else { return self.value(&Projection::Nothing).map(drop) };
        let value = self.value(wanted.member(&name))?;
        self.budget.take(MEMBER_SIZE + name.len())?;
        members.insert(name.into(), value);
        Ok(())
    }

    /// Reads a value that holds others.
    fn nested(
        &mut self,
        wanted: &Projection,
        inside: impl FnOnce(&mut Self, &Projection) -> Result<Json, ReadFault>,
    ) -> Result<Json, ReadFault> {
        self.budget.open()?;
        let value = inside(self, wanted)?;
        self.budget.close();
        Ok(if *wanted == Projection::Nothing { Json::Null } else { value })
    }
}

#[cfg(test)]
mod tests;
