//! Files' text → the objects in them, and everything that is wrong with them. Pure.
//!
//! Strict, as `kubectl apply --validate=strict` is: unknown fields, wrong types and repeated keys are refused, each with
//! its line and column. An error in one document hides nothing of the others. What is not ours is passed over with a
//! note.

pub mod kind;
pub mod limits;
pub mod locate;
pub mod node;
mod object;
mod parse;
pub mod place;
pub mod problem;
pub mod schema;
mod shape;
mod split;
mod strict;
pub mod world;


use boathook_operator_core::field::Field;

use kind::{Identity, Kind};
use node::Node;
use object::{Decoded, decode, subject};
use place::Place;
use problem::{Problem, Subject, reason};

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, as a person wrote or would write it.
    pub name: String,
    /// Its text without a byte order mark, or why it cannot be read.
    pub text: Result<String, String>,
}

/// What a set of files holds.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files, in the order of their names.
    pub files: Vec<SourceFile>,
    /// The objects, in the order of the files.
    pub objects: Vec<LoadedObject>,
    /// Everything that is wrong, in the order of the files.
    pub problems: Vec<Problem>,
    /// What was passed over, for people.
    pub notes: Vec<String>,
}

/// An object, and where it is written.
#[derive(Debug)]
pub struct LoadedObject {
    /// Which one.
    pub subject: Subject,
    /// What it is.
    pub decoded: Decoded,
    /// Position of its file in [`Loaded::files`].
    pub file: usize,
    /// Its text as a tree.
    pub node: Node,
}

/// Reads every document of every file.
pub fn load(files: Vec<SourceFile>) -> Loaded {
    let mut loaded = Loaded::default();
    for (index, file) in files.iter().enumerate() {
        let mut reader = Reader { loaded: &mut loaded, file: index, name: &file.name, confidential: false };
        match &file.text {
            Ok(text) => reader.file(text),
            Err(why) => reader.problem(None, None, reason::UNREADABLE, (Field::default(), why.clone())),
        }
    }
    loaded.files = files;
    loaded
}

/// Reads the documents of one file.
struct Reader<'a> {
    loaded: &'a mut Loaded,
    file: usize,
    name: &'a str,
    confidential: bool,
}

impl Reader<'_> {
    fn file(&mut self, text: &str) {
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
                self.problem(None, place, reason::MALFORMED, (Field::default(), error.message));
            }
            Ok(mut node) => {
                let unclear = strict::unclear(&node, text);
                node.shift(bytes, lines);
                for found in unclear {
                    let place = Some(found.place.after(bytes, lines));
                    self.problem(None, place, reason::MALFORMED, (found.field, found.message));
                }
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
            for found in misfits.into_iter().take(limits::PROBLEMS_OF_A_DOCUMENT) {
                let what = (found.field, found.message);
                self.problem(Some(subject.clone()), Some(found.place), reason::INVALID_FIELD, what);
            }
            return;
        }
        match decode(kind, &node) {
            Ok(decoded) => self.keep(LoadedObject { subject, decoded, file: self.file, node }),
            Err(error) => {
                let place = locate::locate(&node, &error.field);
                self.problem(Some(subject), Some(place), reason::INVALID_FIELD, (error.field, error.message));
            }
        }
    }

    fn keep(&mut self, object: LoadedObject) {
        let earlier = self.loaded.objects.iter().find(|known| known.subject == object.subject);
        let Some(earlier) = earlier else { return self.loaded.objects.push(object) };
        let message = format!("this object is written twice: it is on line {} already", earlier.node.place.line);
        let field = Field::default().at("metadata.name");
        let place = locate::locate(&object.node, &field);
        self.problem(Some(object.subject), Some(place), reason::REPEATED, (field, message));
    }

    fn problem(&mut self, object: Option<Subject>, place: Option<Place>, reason: &'static str, what: (Field, String)) {
        let (field, message) = what;
        let confidential = self.confidential;
        self.loaded.problems.push(Problem { file: self.file, place, object, reason, field, message, confidential });
    }

    fn note(&mut self, place: &Place, text: &str) {
        self.loaded.notes.push(format!("{}:{}: {text}", self.name, place.line));
    }
}

/// Told from the text, for it must hold before the text is known to be YAML.
fn may_hold_secrets(text: &str) -> bool {
    text.contains(Kind::Secret.as_str())
}
