//! What a look at a store finds, in words.

use std::fmt;

use uuid::Uuid;

use crate::store::new::Hash;

/// What a look at everything found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What was looked at.
    pub counts: Counts,
    /// What is wrong; nothing in a sound store.
    pub damage: Vec<Damage>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Commits so far.
    pub commits: u64,
    /// Executions that are kept.
    pub executions: u64,
    /// Deliveries that are kept.
    pub payloads: u64,
    /// Entries of journals.
    pub entries: u64,
    /// Requests that started nothing.
    pub requests: u64,
    /// Deduplication keys.
    pub keys: u64,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The database is not there, and was.
    Gone {
        /// Commits that it had.
        commits: u64,
    },
    /// The database ends before what was promised.
    Behind {
        /// Commits that are gone.
        commits: u64,
        /// Deliveries that were in them.
        deliveries: u64,
    },
    /// The witness file cannot be read.
    Witness,
    /// The row of counts does not match its checksum.
    Tally,
    /// A table has fewer or more rows than were written to it.
    Rows {
        /// Which.
        table: &'static str,
        /// Rows that are there.
        found: u64,
        /// Rows that there must be.
        expected: u64,
    },
    /// Rows belong to an execution that is not there.
    Stray {
        /// Of which table.
        table: &'static str,
        /// How many.
        rows: u64,
    },
    /// An index does not hold what its table does.
    Index(String),
    /// A page is damaged.
    Page(String),
    /// A table cannot be read to its end.
    Table {
        /// Which.
        table: &'static str,
        /// Why not.
        what: String,
    },
    /// Sensitive entries do not open: the key is another one, or gone.
    Key {
        /// Executions with such entries.
        executions: u64,
    },
    /// An execution does not hold what was written.
    Execution {
        /// Which.
        id: Uuid,
        /// What of it.
        part: Part,
    },
    /// A plan is not the one of its hash.
    Plan(Hash),
    /// A recorded request does not hold what was written.
    Request(Uuid),
    /// Deduplication keys do not.
    Keys(u64),
}

/// A part of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its own row.
    Row,
    /// What it was started by.
    Payload,
    /// Its journal.
    Journal,
    /// What its sender was told.
    Answer,
    /// It was found before and is a failed execution with the reason `Damaged`.
    SetAside,
}

/// What is to be done about damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cure {
    /// Only a copy has what is damaged.
    Restore,
    /// The key of the store must be put back.
    Key,
    /// A loss that can be counted and accepted.
    AcceptLoss,
    /// The next start sees to it.
    Start,
    /// Nothing: it is known, and goes in time.
    Time,
}

impl Damage {
    /// What is to be done about it.
    pub const fn cure(&self) -> Cure {
        match self {
            Self::Page(_) | Self::Table { .. } | Self::Plan(_) => Cure::Restore,
            Self::Key { .. } => Cure::Key,
            Self::Gone { .. }
            | Self::Behind { .. }
            | Self::Tally
            | Self::Rows { .. }
            | Self::Stray { .. }
            | Self::Index(_) => Cure::AcceptLoss,
            Self::Witness | Self::Keys(_) => Cure::Start,
            Self::Execution { part, .. } => part.cure(),
            Self::Request(_) => Cure::Time,
        }
    }
}

impl Part {
    const fn cure(self) -> Cure {
        match self {
            Self::Row | Self::Payload | Self::Journal | Self::Answer => Cure::Start,
            Self::SetAside => Cure::Time,
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone { commits } => write!(out, "the database is gone, and all of its {commits} commits"),
            Self::Behind { commits, deliveries } => {
                write!(
                    out,
                    "the last {commits} commits are gone, and {deliveries} deliveries that were accepted in them"
                )
            }
            Self::Witness => {
                out.write_str("the witness file is damaged: whether the last commits are there is not known")
            }
            Self::Tally => out.write_str("the row of counts is damaged: whether all rows are there is not known"),
            Self::Rows { table, found, expected } if found < expected => {
                write!(out, "{} of {expected} rows of {table} are gone", expected - found)
            }
            Self::Rows { table, found, expected } => {
                write!(out, "{table} holds {found} rows, {expected} were written")
            }
            Self::Stray { table, rows } => write!(out, "{rows} rows of {table} belong to executions that are gone"),
            Self::Index(what) => write!(out, "an index: {what}"),
            Self::Page(what) => write!(out, "a page: {what}"),
            Self::Table { table, what } => write!(out, "{table} cannot be read to its end: {what}"),
            Self::Key { executions } => {
                write!(out, "store.key does not open the sensitive entries of {executions} executions")
            }
            Self::Execution { id, part } => write!(out, "execution {id}: {part}"),
            Self::Plan(hash) => write!(out, "the plan {hash} is not what was written"),
            Self::Request(id) => write!(out, "the recorded request {id} is not what was written"),
            Self::Keys(keys) => write!(out, "{keys} deduplication keys are not what was written"),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Row => "its row is not what was written",
            Self::Payload => "its request is not what was written",
            Self::Journal => "its journal is not what was written",
            Self::Answer => "its answer is not what was written",
            Self::SetAside => "it was found damaged before, and set aside as failed",
        })
    }
}
