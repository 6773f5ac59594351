//! A number that no Rust type holds exactly, such as `19.90`: a double with its text.

use std::any::Any;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{Comparer, Zeroer};
use cel::common::types::{CelDouble, Type};
use cel::common::value::{StaticVal, Val};

use crate::json::Number;

/// Of type `double`. Functions and operators are given its [`Decimal::double`].
#[derive(Clone, Debug)]
pub(in crate::expr) struct Decimal {
    text: Arc<str>,
    double: CelDouble,
}

impl Decimal {
    pub(super) fn new(text: &Arc<str>) -> Self {
        let number = Number::Text(Arc::clone(text));
        Self { text: Arc::clone(text), double: CelDouble::from(number.to_f64()) }
    }

    /// As it was written.
    pub(in crate::expr) fn number(&self) -> Number {
        Number::Text(Arc::clone(&self.text))
    }

    /// The nearest double.
    pub(in crate::expr) const fn double(&self) -> CelDouble {
        self.double
    }
}

impl Val for Decimal {
    fn get_type(&self) -> &Type {
        CelDouble::cel_type()
    }

    fn cel_type() -> &'static Type {
        CelDouble::cel_type()
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        self.double.as_zeroer()
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other
            .downcast_ref::<Self>()
            .map_or_else(|| self.double.equals(other), |other| self.double.equals(&other.double))
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Decimal {}

impl Comparer for Decimal {
    fn compare(&self, other: &dyn Val) -> Result<std::cmp::Ordering, ExecutionError> {
        match other.downcast_ref::<Self>() {
            Some(other) => self.double.compare(&other.double),
            None => self.double.compare(other),
        }
    }
}
