//! What one run of an expression may use: steps and bytes.
//!
//! Once a meter is used up it stays so: CEL forgives an error in `a || b`, `all` and `?.`, and must not forgive this one.

use std::sync::atomic::{AtomicU64, Ordering};

use cel::ExecutionError;

use crate::limits::{EXPRESSION_MEMORY, EXPRESSION_STEPS};

/// Bytes of text that count as one step: what a core reads in a fraction of a microsecond.
const BYTES_PER_STEP: u64 = 256;

/// Elements that count as one step.
const ELEMENTS_PER_STEP: u64 = 8;

/// What is left. Atomic only because the `cel` crate wants its values to be `Sync`.
#[derive(Debug)]
pub(super) struct Meter {
    steps: AtomicU64,
    memory: AtomicU64,
}

/// Marks what is used up; no budget reaches it.
const SPENT: u64 = u64::MAX;

impl Meter {
    pub(super) const fn new() -> Self {
        Self { steps: AtomicU64::new(EXPRESSION_STEPS), memory: AtomicU64::new(EXPRESSION_MEMORY) }
    }

    /// Whether a charge was refused.
    pub(super) fn is_spent(&self) -> bool {
        [&self.steps, &self.memory].into_iter().any(|left| left.load(Ordering::Relaxed) == SPENT)
    }

    /// Refuses once a charge was refused.
    pub(super) fn goes_on(&self) -> Result<(), ExecutionError> {
        if self.is_spent() { Err(spent()) } else { Ok(()) }
    }

    /// Takes steps.
    pub(super) fn steps(&self, steps: u64) -> Result<(), ExecutionError> {
        take(&self.steps, steps)
    }

    /// Takes bytes of memory.
    pub(super) fn memory(&self, bytes: u64) -> Result<(), ExecutionError> {
        take(&self.memory, bytes)
    }

    /// Takes the steps of looking through a value once.
    pub(super) fn reading(&self, weight: Weight) -> Result<(), ExecutionError> {
        self.steps(weight.bytes / BYTES_PER_STEP + weight.elements / ELEMENTS_PER_STEP)
    }

    /// Takes the steps of a copy of a value that is dropped again.
    pub(super) fn visiting(&self, weight: Weight) -> Result<(), ExecutionError> {
        self.steps(weight.memory / BYTES_PER_STEP)
    }

    /// Takes the steps and the memory of a copy of a value.
    pub(super) fn copying(&self, weight: Weight) -> Result<(), ExecutionError> {
        self.visiting(weight)?;
        self.memory(weight.memory)
    }
}

/// Takes the steps of work in many parts, none of which is a whole step.
#[derive(Debug)]
pub(super) struct Tally<'m> {
    meter: &'m Meter,
    /// Bytes, or what costs as much.
    unpaid: u64,
}

impl<'m> Tally<'m> {
    pub(super) const fn new(meter: &'m Meter) -> Self {
        Self { meter, unpaid: 0 }
    }

    /// One part that looks at so many elements and bytes.
    pub(super) fn looks_at(&mut self, elements: u64, bytes: u64) -> Result<(), ExecutionError> {
        let more = elements.saturating_mul(BYTES_PER_STEP / ELEMENTS_PER_STEP).saturating_add(bytes);
        self.unpaid = self.unpaid.saturating_add(more);
        let steps = self.unpaid / BYTES_PER_STEP;
        self.unpaid %= BYTES_PER_STEP;
        self.meter.steps(steps)
    }
}

fn take(left: &AtomicU64, wanted: u64) -> Result<(), ExecutionError> {
    let before = left.load(Ordering::Relaxed);
    if before != SPENT && wanted <= before {
        left.store(before - wanted, Ordering::Relaxed);
        return Ok(());
    }
    left.store(SPENT, Ordering::Relaxed);
    Err(spent())
}

fn spent() -> ExecutionError {
    ExecutionError::function_error("", "the budget is used up")
}

/// How large a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Values in it, itself included.
    pub(super) elements: u64,
    /// Bytes of text in it.
    pub(super) bytes: u64,
    /// Bytes of memory that a copy of it takes: what is lent is not copied.
    pub(super) memory: u64,
}

impl Weight {
    /// Bytes of memory of one value beside its text: a box and what points to it.
    pub(super) const ELEMENT: u64 = 48;

    /// A value without text or parts.
    pub(super) const ONE: Self = Self { elements: 1, bytes: 0, memory: Self::ELEMENT };

    /// A text, and whether it is lent.
    pub(super) const fn text(length: usize, lent: bool) -> Self {
        let bytes = length as u64;
        Self { elements: 1, bytes, memory: if lent { Self::ELEMENT } else { Self::ELEMENT + bytes } }
    }

    /// A lent object or list of that many parts.
    pub(super) const fn lent(parts: u64) -> Self {
        Self { elements: parts.saturating_add(1), bytes: 0, memory: Self::ELEMENT }
    }
}

impl std::ops::Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            elements: self.elements.saturating_add(other.elements),
            bytes: self.bytes.saturating_add(other.bytes),
            memory: self.memory.saturating_add(other.memory),
        }
    }
}

impl std::iter::Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| sum + part)
    }
}
