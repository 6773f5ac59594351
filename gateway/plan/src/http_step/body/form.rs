//! `form`: `application/x-www-form-urlencoded`, as the URL Standard writes it.
//!
//! Source: <https://url.spec.whatwg.org/#concept-urlencoded-serializer>

use std::collections::BTreeMap;

use url::form_urlencoded::Serializer;

use super::fits;
use crate::http_step::compile::{Compiler, Refused};
use crate::http_step::slot::Slot;
use crate::reason::StepFailure;
use crate::scope::Scope;

/// Fields in the order of their names; names are constant.
#[derive(Clone, Debug)]
pub(in crate::http_step) struct Form(Vec<(String, Vec<Slot>)>);

impl Form {
    pub(super) fn compile(compiler: &mut Compiler, fields: &BTreeMap<String, Vec<String>>) -> Result<Self, Refused> {
        let fields = compiler.each(fields, |compiler, (name, values)| {
            Ok((name.clone(), compiler.slots(&format!("form.{name}"), values)?))
        });
        fields.map(Self)
    }

    pub(super) fn render(&self, scope: &Scope) -> Result<String, StepFailure> {
        let mut form = String::new();
        for (name, slot) in self.0.iter().flat_map(|(name, slots)| slots.iter().map(move |slot| (name, slot))) {
            // The serializer puts the separator where something stands already.
            Serializer::for_suffix(&mut form, 0).append_pair(name, &slot.text(scope)?);
            fits(form.len())?;
        }
        Ok(form)
    }

    pub(super) fn is_secret(&self) -> bool {
        self.0.iter().flat_map(|(_, slots)| slots).any(Slot::is_secret)
    }
}
