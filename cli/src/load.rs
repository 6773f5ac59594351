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
mod reader;
pub mod schema;
mod shape;
mod split;
mod strict;
pub mod world;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use boathook_crds::WebhookWorkflowSpec;
use boathook_operator_core::field::Field;

use node::Node;
use object::Decoded;
use problem::{Problem, Subject, reason};
use reader::Reader;

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
    /// Positions in [`Loaded::objects`].
    index: HashMap<Subject, usize>,
}

impl Loaded {
    /// The object of this kind and name.
    pub fn get(&self, subject: &Subject) -> Option<&LoadedObject> {
        self.index.get(subject).and_then(|position| self.objects.get(*position))
    }

    /// The namespace and the spec of all workflows.
    pub fn workflows(&self) -> impl Iterator<Item = (&str, &WebhookWorkflowSpec)> {
        self.objects.iter().filter_map(|object| match &object.decoded {
            Decoded::Workflow(workflow) => Some((&*workflow.key.namespace, &workflow.spec)),
            Decoded::Gateway(_)
            | Decoded::Secret(_)
            | Decoded::ConfigMap(_)
            | Decoded::Namespace(_)
            | Decoded::ServiceAccount => None,
        })
    }

    /// The UIDs of all workflows, also of those that are refused when they are compiled.
    pub fn workflow_uids(&self) -> BTreeSet<String> {
        let workflows = self.objects.iter().filter_map(|object| match &object.decoded {
            Decoded::Workflow(workflow) => Some(workflow.uid.clone()),
            Decoded::Gateway(_)
            | Decoded::Secret(_)
            | Decoded::ConfigMap(_)
            | Decoded::Namespace(_)
            | Decoded::ServiceAccount => None,
        });
        workflows.collect()
    }

    fn add(&mut self, object: LoadedObject) {
        self.index.insert(object.subject.clone(), self.objects.len());
        self.objects.push(object);
    }
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
    for (file, source) in files.iter().enumerate() {
        let mut reader = Reader::new(&mut loaded, &files, file);
        match &source.text {
            Ok(text) => reader.documents(text),
            Err(why) => reader.problem(None, None, reason::UNREADABLE, (Field::default(), why.clone())),
        }
    }
    loaded.files = files;
    loaded
}
