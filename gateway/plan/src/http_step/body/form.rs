//! `form`: `application/x-www-form-urlencoded`, as the URL Standard writes it.
//!
//! Source: <https://url.spec.whatwg.org/#concept-urlencoded-serializer>

use std::collections::BTreeMap;

use url::form_urlencoded::Serializer;

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
        let mut form = Serializer::new(String::new());
        for (name, slots) in &self.0 {
            for slot in slots {
                form.append_pair(name, &slot.text(scope)?);
            }
        }
        Ok(form.finish())
    }

    pub(super) fn is_secret(&self) -> bool {
        self.0.iter().flat_map(|(_, slots)| slots).any(Slot::is_secret)
    }
}
