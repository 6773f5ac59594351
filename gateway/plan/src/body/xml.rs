//! XML 1.0 as JSON: the root's name is dropped, attributes are `@name`, an element that holds no other and has no
//! attribute is its text, any other is an object; text beside elements or attributes is `#text`, unless it is blank;
//! elements of one name are a list when they are several. Names are kept as written, prefix included.
//!
//! No document type declaration is read, so there is no entity to expand and nothing to fetch. The library tells the
//! tokens; what it does not check of well-formedness is checked here.

mod declaration;
mod names;

use std::collections::HashSet;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::BodyFault;
use super::fault::XmlFault;
use crate::json::{Budget, Json, Members, Projection};
use names::{is_character, is_name};

/// The member that holds the text of an element that is an object.
const TEXT: &str = "#text";

/// An element that is not closed yet.
#[derive(Debug)]
struct Open<'w> {
    name: String,
    wanted: &'w Projection,
    members: Members,
    text: String,
    /// Whether it has attributes or elements, wanted or not: it is an object then.
    structured: bool,
}

/// A document half read.
struct Document<'w, 'b> {
    wanted: &'w Projection,
    budget: &'b mut Budget,
    open: Vec<Open<'w>>,
    root: Option<Json>,
}

/// Reads one document.
pub(super) fn read(text: &str, wanted: &Projection, budget: &mut Budget) -> Result<Json, BodyFault> {
    if !text.chars().all(is_character) {
        return Err(malformed());
    }
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_comments = true;
    let mut document = Document { wanted, budget, open: Vec::new(), root: None };
    let mut is_first = true;
    loop {
        let event = reader.read_event().map_err(|_| malformed())?;
        if matches!(event, Event::Eof) {
            return document.root.filter(|_| document.open.is_empty()).ok_or_else(malformed);
        }
        document.take(event, is_first)?;
        is_first = false;
    }
}

/// The name of an instruction (XML 1.0, 2.6): `xml` in any case is none.
fn is_target(name: &str) -> bool {
    is_name(name) && !name.eq_ignore_ascii_case("xml")
}

/// Whether white space stands before each attribute (XML 1.0, 3.1), which the library does not ask for.
fn are_apart(attributes: &str) -> bool {
    let mut rest = attributes;
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, quoted) = rest.split_at(at);
        if !before.starts_with([' ', '\t', '\r', '\n']) {
            return false;
        }
        let mut parts = quoted.get(1..).unwrap_or_default().splitn(2, if quoted.starts_with('"') { '"' } else { '\'' });
        let (Some(_), Some(after)) = (parts.next(), parts.next()) else { return false };
        rest = after;
    }
    true
}

const fn malformed() -> BodyFault {
    BodyFault::Xml(XmlFault::Malformed)
}

impl Document<'_, '_> {
    fn take(&mut self, event: Event<'_>, is_first: bool) -> Result<(), BodyFault> {
        match event {
            Event::Start(start) | Event::Empty(start) => self.start(&start),
            Event::End(_) => self.end(),
            Event::Text(text) if text.contains("]]>") => Err(malformed()),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(_) if self.open.is_empty() => Err(malformed()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => self.reference(&reference),
            Event::DocType(_) => Err(BodyFault::Xml(XmlFault::DocumentType)),
            Event::Decl(declaration) if !is_first || !declaration::is_legal(&declaration) => Err(malformed()),
            Event::PI(instruction) if !is_target(instruction.target()) => Err(malformed()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), BodyFault> {
        let name = start.name().into_inner();
        if !is_name(name) || (self.open.is_empty() && self.root.is_some()) {
            return Err(malformed());
        }
        self.budget.value()?;
        self.budget.open()?;
        let wanted = match self.open.last_mut() {
            Some(parent) => {
                parent.structured = true;
                parent.wanted.member(name)
            }
            None => self.wanted,
        };
        let mut open =
            Open { name: name.to_owned(), wanted, members: Members::default(), text: String::new(), structured: false };
        self.attributes(start, &mut open)?;
        self.open.push(open);
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>, open: &mut Open<'_>) -> Result<(), BodyFault> {
        if !are_apart(start.attributes_raw()) {
            return Err(malformed());
        }
        let mut names = HashSet::new();
        // The library's own check compares each name with each other.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| malformed())?;
            let name = attribute.key.into_inner();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| malformed())?;
            let is_legal = is_name(name) && !attribute.value.contains('<') && value.chars().all(is_character);
            if !is_legal || !names.insert(name.to_owned()) {
                return Err(malformed());
            }
            self.budget.value()?;
            open.structured = true;
            let key = format!("@{name}");
            if open.wanted.member(&key).is_wanted() {
                self.budget.take(value.len())?;
                open.members.add(&key, Json::text(&value), self.budget)?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), BodyFault> {
        let closed = self.open.pop().ok_or_else(malformed)?;
        self.budget.close();
        let Open { name, wanted, members, text, structured } = closed;
        let value = match (wanted.is_wanted(), structured) {
            (false, _) => Json::Null,
            (true, false) => Json::from(text),
            (true, true) => self.object(members, &text, wanted)?,
        };
        match self.open.last_mut() {
            Some(parent) if wanted.is_wanted() => Ok(parent.members.add(&name, value, self.budget)?),
            Some(_) => Ok(()),
            None => {
                self.root = Some(value);
                Ok(())
            }
        }
    }

    fn object(&mut self, mut members: Members, text: &str, wanted: &Projection) -> Result<Json, BodyFault> {
        let is_blank = text.trim_matches([' ', '\t', '\r', '\n']).is_empty();
        if !is_blank && wanted.member(TEXT).is_wanted() {
            self.budget.value()?;
            members.add(TEXT, Json::text(text), self.budget)?;
        }
        Ok(members.into_json())
    }

    /// Text belongs to the element that is open; around the root there may be space alone.
    fn text(&mut self, text: &str) -> Result<(), BodyFault> {
        let Some(open) = self.open.last_mut() else {
            let is_blank = text.trim_matches([' ', '\t', '\r', '\n']).is_empty();
            return if is_blank { Ok(()) } else { Err(malformed()) };
        };
        if open.wanted.is_wanted() {
            self.budget.take(text.len())?;
            open.text.push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), BodyFault> {
        if self.open.is_empty() {
            return Err(malformed());
        }
        match reference.resolve_char_ref().map_err(|_| malformed())? {
            Some(character) if is_character(character) => self.text(character.encode_utf8(&mut [0; 4])),
            Some(_) => Err(malformed()),
            None => self.text(resolve_xml_entity(reference).ok_or(BodyFault::Xml(XmlFault::Entity))?),
        }
    }
}
