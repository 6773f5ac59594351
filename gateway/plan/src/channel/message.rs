//! The body of `PUT /v1/routes`: a whole table, or what changes of one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::fault::TableFault;
use super::lines::Lines;
use super::packed::Packed;
use super::{CHANGES, LINE_SIZE, MESSAGE_SIZE, VERSION, is_known};
use crate::edge::Edge;
use crate::plan::WorkflowRef;

/// Which table: a name that the operator gives it, another one for each. It tells nothing of what is inside.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TableRevision(pub String);

impl fmt::Display for TableRevision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How much of a table a message gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it: what is not in it is not served any more.
    Full,
    /// What has changed since this table.
    Since(TableRevision),
}

/// How a message begins.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Header {
    /// The table that the gateway serves once it has taken the message.
    pub revision: TableRevision,
    /// How much of it follows.
    pub extent: Extent,
    /// Changes that follow, a line each.
    pub changes: usize,
    /// The public port, always whole.
    pub edge: Edge,
    /// The UIDs of workflows that exist and have no route here, always whole: what they have accepted waits.
    pub alive: BTreeSet<String>,
}

/// A header as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    version: u32,
    revision: TableRevision,
    full: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<TableRevision>,
    changes: usize,
    #[serde(default)]
    edge: Edge,
    #[serde(default)]
    alive: BTreeSet<String>,
}

/// The one thing that is read of a message whose version may be another.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// What becomes of a workflow's route.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is served so from now on.
    Put {
        /// Which state of the workflow it is: a hash of the plan and of the identities of what it uses.
        revision: String,
        /// The route.
        route: Packed,
    },
    /// It is not served any more.
    Remove,
}

/// A change as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workflow: Option<std::borrow::Cow<'a, WorkflowRef>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    route: Option<std::borrow::Cow<'a, Packed>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remove: Option<std::borrow::Cow<'a, WorkflowRef>>,
}

/// A message that has arrived whole.
#[derive(Clone, Debug)]
pub struct TableMessage {
    /// Its first line.
    pub header: Header,
    /// The others, by workflow.
    pub changes: BTreeMap<WorkflowRef, Change>,
}

/// A message in the making.
#[derive(Debug)]
pub struct TableReader {
    lines: Lines,
    count: usize,
    header: Option<Header>,
    changes: BTreeMap<WorkflowRef, Change>,
}

impl Header {
    /// The line, with its end. It holds keys.
    pub fn line(&self) -> Zeroizing<Vec<u8>> {
        ended(self)
    }
}

impl Change {
    /// The line, with its end. It holds keys.
    pub fn line(&self, workflow: &WorkflowRef) -> Zeroizing<Vec<u8>> {
        use std::borrow::Cow::Borrowed;
        let none = Line { workflow: None, revision: None, route: None, remove: None };
        ended(&match self {
            Self::Put { revision, route } => Line {
                workflow: Some(Borrowed(workflow)),
                revision: Some(Borrowed(revision)),
                route: Some(Borrowed(route)),
                ..none
            },
            Self::Remove => Line { remove: Some(Borrowed(workflow)), ..none },
        })
    }

    fn of(line: Line<'_>) -> Option<(WorkflowRef, Self)> {
        match line {
            Line { workflow: Some(workflow), revision: Some(revision), route: Some(route), remove: None } => {
                let put = Self::Put { revision: revision.into_owned(), route: route.into_owned() };
                Some((workflow.into_owned(), put))
            }
            Line { workflow: None, revision: None, route: None, remove: Some(workflow) } => {
                Some((workflow.into_owned(), Self::Remove))
            }
            Line { .. } => None,
        }
    }
}

impl Default for TableReader {
    fn default() -> Self {
        let lines = Lines::new(LINE_SIZE, Some(MESSAGE_SIZE));
        Self { lines, count: 0, header: None, changes: BTreeMap::new() }
    }
}

impl TableReader {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TableFault> {
        self.lines.push(bytes)?.iter().try_for_each(|line| self.line(line))
    }

    /// The first line, once it is there: a message that will be refused need not be read to its end.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// The message, where it is whole.
    pub fn finish(mut self) -> Result<TableMessage, TableFault> {
        let lines = std::mem::replace(&mut self.lines, Lines::new(0, None));
        if let Some(last) = lines.finish() {
            self.line(&last)?;
        }
        let header = self.header.ok_or(TableFault::Header { column: 0 })?;
        if self.changes.len() != header.changes {
            return Err(TableFault::Incomplete { found: self.changes.len(), wanted: header.changes });
        }
        Ok(TableMessage { header, changes: self.changes })
    }

    fn line(&mut self, line: &[u8]) -> Result<(), TableFault> {
        self.count += 1;
        let Some(header) = &self.header else {
            self.header = Some(first(line)?);
            return Ok(());
        };
        if self.changes.len() == CHANGES {
            return Err(TableFault::TooMany);
        }
        let fault = |column| TableFault::Change { line: self.count, column };
        let read: Line<'_> = serde_json::from_slice(line).map_err(|error| fault(error.column()))?;
        let (workflow, change) = Change::of(read).ok_or_else(|| fault(0))?;
        if matches!((&change, &header.extent), (Change::Remove, Extent::Full)) {
            return Err(TableFault::RemovedFromNothing { line: self.count });
        }
        if self.changes.contains_key(&workflow) {
            return Err(TableFault::Twice { line: self.count, workflow: Box::new(workflow) });
        }
        self.changes.insert(workflow, change);
        Ok(())
    }
}

fn first(line: &[u8]) -> Result<Header, TableFault> {
    let fault = |error: serde_json::Error| TableFault::Header { column: error.column() };
    let Versioned { version } = serde_json::from_slice(line).map_err(fault)?;
    if !is_known(version) {
        return Err(TableFault::Version(version));
    }
    serde_json::from_slice(line).map_err(fault)
}

fn ended(line: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(serde_json::to_vec(line).unwrap_or_default());
    text.push(b'\n');
    text
}

impl TryFrom<Fields> for Header {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let extent = match (fields.full, fields.base) {
            (true, None) => Extent::Full,
            (false, Some(base)) => Extent::Since(base),
            (true, Some(_)) | (false, None) => return Err("a table is full, or has a base"),
        };
        let Fields { revision, changes, edge, alive, .. } = fields;
        Ok(Self { revision, extent, changes, edge, alive })
    }
}

impl From<Header> for Fields {
    fn from(header: Header) -> Self {
        let (full, base) = match header.extent {
            Extent::Full => (true, None),
            Extent::Since(base) => (false, Some(base)),
        };
        let Header { revision, changes, edge, alive, .. } = header;
        Self { version: VERSION, revision, full, base, changes, edge, alive }
    }
}
