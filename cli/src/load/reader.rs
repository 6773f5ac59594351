//! Reads the documents of one file, one after another, and keeps what each holds and all that is wrong with it.

use boathook_operator_core::field::Field;

use super::kind::{self, Identity, Kind};
use super::node::Node;
use super::object::{decode, subject};
use super::place::Place;
use super::problem::{Problem, Subject, reason};
use super::shape::Misfit;
use super::{Loaded, LoadedObject, SourceFile, limits, locate, parse, schema, shape, split, strict};

/// The member of a Secret that holds values as they are.
const PLAIN: &str = "stringData";

/// Reads the documents of one file.
pub struct Reader<'a> {
    loaded: &'a mut Loaded,
    files: &'a [SourceFile],
    file: usize,
    confidential: bool,
}

impl<'a> Reader<'a> {
    /// A reader of `files[file]`.
    pub fn new(loaded: &'a mut Loaded, files: &'a [SourceFile], file: usize) -> Self {
        Self { loaded, files, file, confidential: false }
    }

    /// Reads every document of the file's text.
    pub fn documents(&mut self, text: &str) {
        for document in split::documents(text) {
            let part = text.get(document.bytes.clone()).unwrap_or_default();
            self.confidential = may_hold_secrets(part);
            self.document(part, document.bytes.start, document.lines_before);
        }
    }

    fn document(&mut self, text: &str, bytes: usize, lines: usize) {
        match parse::parse(text) {
            Err(error) => {
                let place = error.place.map(|place| place.after(bytes, lines));
                let message = if self.confidential { without_values(&error.message) } else { error.message };
                self.problem(None, place, reason::MALFORMED, (Field::default(), message));
            }
            Ok(mut node) => {
                self.confidential |= holds_secrets(&node);
                let is_ours = kind::identify(&node).is_ours();
                let unclear = is_ours.then(|| strict::unclear(&node, text, self.confidential));
                for found in unclear.into_iter().flatten() {
                    let place = Some(found.place.after(bytes, lines));
                    self.problem(None, place, reason::MALFORMED, (found.field, found.message));
                }
                node.shift(bytes, lines);
                self.object(node);
            }
        }
    }

    fn object(&mut self, node: Node) {
        match kind::identify(&node) {
            Identity::Known(kind) => self.known(kind, node),
            Identity::List => {
                let items = node.get("items").map(Node::items).unwrap_or_default();
                for item in items {
                    self.object(item.clone());
                }
            }
            Identity::Foreign(what) => self.note(&node.place, &format!("{what} is passed over")),
            Identity::NoObject => self.note(&node.place, "not an object of Kubernetes: passed over"),
            Identity::Wrong { member, message } => {
                let field = Field::default().key(member);
                let place = locate::locate(&node, &field);
                self.problem(None, Some(place), reason::UNKNOWN_KIND, (field, message));
            }
        }
    }

    fn known(&mut self, kind: Kind, node: Node) {
        let subject = subject(kind, &node);
        let misfits = shape::misfits(&node, schema::schema(kind));
        if !misfits.is_empty() {
            return self.misfits(&subject, misfits);
        }
        match decode(kind, &node) {
            Ok(decoded) => self.keep(LoadedObject { subject, decoded, file: self.file, node }),
            Err(error) => {
                let place = locate::locate(&node, &error.field);
                self.problem(Some(subject), Some(place), reason::INVALID_FIELD, (error.field, error.message));
            }
        }
    }

    fn misfits(&mut self, subject: &Subject, misfits: Vec<Misfit>) {
        let object = Some(subject.clone()).filter(|subject| !subject.key.name.is_empty());
        let mut rest = misfits.into_iter();
        for found in rest.by_ref().take(limits::PROBLEMS_OF_A_DOCUMENT) {
            let what = (found.field, found.message);
            self.problem(object.clone(), Some(found.place), reason::INVALID_FIELD, what);
        }
        if let Some(first) = rest.next() {
            let message = format!("{} more problems of this document are not shown", rest.count() + 1);
            self.problem(object, Some(first.place), reason::INVALID_FIELD, (Field::default(), message));
        }
    }

    fn keep(&mut self, object: LoadedObject) {
        let Some(earlier) = self.loaded.get(&object.subject) else { return self.loaded.add(object) };
        let earlier = self.line(earlier.file, &earlier.node.place);
        let message = format!("this object is written twice: it is at {earlier} already");
        let field = Field::default().at("metadata.name");
        let place = locate::locate(&object.node, &field);
        self.problem(Some(object.subject), Some(place), reason::REPEATED, (field, message));
    }

    /// Adds a problem of the file.
    pub fn problem(
        &mut self,
        object: Option<Subject>,
        place: Option<Place>,
        reason: &'static str,
        what: (Field, String),
    ) {
        let (field, message) = what;
        let confidential = self.confidential;
        self.loaded.problems.push(Problem { file: self.file, place, object, reason, field, message, confidential });
    }

    fn note(&mut self, place: &Place, text: &str) {
        let line = self.line(self.file, place);
        self.loaded.notes.push(format!("{line}: {text}"));
    }

    /// `hooks/hello.yaml:12`
    fn line(&self, file: usize, place: &Place) -> String {
        let name = self.files.get(file).map_or("", |file| file.name.as_str());
        format!("{name}:{}", place.line)
    }
}

/// Told from the text, for it must hold before the text is known to be YAML: wherever `kind` and the word may stand.
fn may_hold_secrets(text: &str) -> bool {
    text.contains(PLAIN) || text.split("kind").skip(1).any(names_secret)
}

/// Whether the first word is the kind's name, whatever YAML puts in front of it: quotes, a line's end, a tag, an anchor.
fn names_secret(text: &str) -> bool {
    let is_between = |found: char| found.is_whitespace() || "\"':,{}[]".contains(found);
    let mut words = text.split(is_between).filter(|word| !word.is_empty() && !word.starts_with(['!', '&']));
    words.next().is_some_and(is_secret)
}

/// A Secret, one that is written wrong, or a list with one in it.
fn holds_secrets(node: &Node) -> bool {
    let kind = node.get("kind").and_then(Node::text);
    let items = node.get("items").map(Node::items).unwrap_or_default();
    kind.is_some_and(is_secret) || node.get(PLAIN).is_some() || items.iter().any(holds_secrets)
}

fn is_secret(kind: &str) -> bool {
    kind.eq_ignore_ascii_case(Kind::Secret.as_str())
}

/// The parser names values between backticks, and a value may hold one.
fn without_values(message: &str) -> String {
    let (Some(first), Some(last)) = (message.find('`'), message.rfind('`')) else { return message.to_owned() };
    let outside = |part: Option<&str>| part.unwrap_or_default().to_owned();
    format!("{}`…{}", outside(message.get(..first)), outside(message.get(last..)))
}
