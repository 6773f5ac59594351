//! Compiles a step: gathers every template and every violation. Renders nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Method;

use super::auth::Auth;
use super::body::Body;
use super::expect::Expect;
use super::headers::Headers;
use super::sign::Signer;
use super::slot::{JsonSlot, Slot, reads_secrets};
use super::target::Target;
use super::{HttpProgram, Terms, secrets};
use crate::expr::Reference;
use crate::json::Json;
use crate::limits::REDIRECTS;
use crate::plan::{Delimiters, HttpStep};
use crate::template::{JsonTemplate, Syntax, Template};

/// A rule of the `http` step that a workflow breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// The field, relative to `http`, such as `headers.Host` or `auth.basic.username`.
    pub field: String,
    /// What it must be instead.
    pub message: String,
}

/// A part of a step that does not come to be; why is noted in the [`Compiler`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

/// What is gathered while the parts of a step are compiled.
pub(super) struct Compiler {
    delimiters: Delimiters,
    roots: BTreeSet<Arc<str>>,
    errors: Vec<FieldError>,
    references: Vec<Reference>,
}

impl Compiler {
    /// Compiles one string.
    pub(super) fn slot(&mut self, field: &str, source: &str) -> Result<Slot, Refused> {
        let template = self.gather(field, Template::parse(source, self.syntax()))?;
        self.note(field, template.references())?;
        Ok(Slot { field: field.to_owned(), template })
    }

    /// Compiles several strings of one field.
    pub(super) fn slots(&mut self, field: &str, sources: &[String]) -> Result<Vec<Slot>, Refused> {
        self.each(sources, |compiler, source| compiler.slot(field, source))
    }

    /// Compiles every item, also after one was refused, so that all violations are gathered.
    pub(super) fn each<I: IntoIterator, T>(
        &mut self,
        items: I,
        mut compile: impl FnMut(&mut Self, I::Item) -> Result<T, Refused>,
    ) -> Result<Vec<T>, Refused> {
        let compiled: Vec<_> = items.into_iter().map(|item| compile(self, item)).collect();
        compiled.into_iter().collect()
    }

    /// Compiles a JSON value.
    pub(super) fn json(&mut self, field: &str, value: &Json) -> Result<JsonSlot, Refused> {
        let template = self.gather(field, JsonTemplate::parse(value, self.syntax()))?;
        self.note(field, template.references())?;
        Ok(JsonSlot { field: field.to_owned(), template })
    }

    /// Notes what a template reads. A step gets the secrets that it names, so it must name each.
    fn note(&mut self, field: &str, references: &[Reference]) -> Result<(), Refused> {
        self.references.extend_from_slice(references);
        if references.iter().any(|one| &*one.root == secrets::ROOT && one.path.is_empty()) {
            return Err(self.refuse(field, "must name each secret, as in $secrets.token"));
        }
        Ok(())
    }

    /// Notes a violation.
    pub(super) fn refuse(&mut self, field: &str, message: impl Into<String>) -> Refused {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        Refused
    }

    fn syntax(&self) -> Syntax<'_> {
        Syntax { delimiters: self.delimiters, roots: &self.roots }
    }

    fn gather<T, E: std::fmt::Display>(&mut self, field: &str, result: Result<T, E>) -> Result<T, Refused> {
        result.map_err(|error| self.refuse(field, error.to_string()))
    }
}

/// Compiles a step, or names everything that is wrong with it.
pub(super) fn program(step: &HttpStep, syntax: Syntax<'_>) -> Result<HttpProgram, Vec<FieldError>> {
    let Syntax { delimiters, roots } = syntax;
    let mut compiler = Compiler { delimiters, roots: roots.clone(), errors: Vec::new(), references: Vec::new() };
    let method = method(&mut compiler, &step.method);
    let target = Target::compile(&mut compiler, step);
    let headers = Headers::compile(&mut compiler, step);
    let body = step.body.as_ref().map(|body| Body::compile(&mut compiler, body)).transpose();
    let auth = step.auth.as_ref().map(|auth| Auth::compile(&mut compiler, auth)).transpose();
    let sign = step.sign_standard_webhooks.as_ref().map(|secret| Signer::compile(&mut compiler, secret)).transpose();
    let terms = terms(&mut compiler, step);
    check_secrets(&mut compiler, step, target.as_ref().ok());
    let Compiler { errors, mut references, .. } = compiler;
    references.sort();
    references.dedup();
    let program = (|| {
        Ok::<_, Refused>(HttpProgram {
            method: method?,
            target: target?,
            headers: headers?,
            body: body?,
            auth: auth?,
            sign: sign?,
            terms: terms?,
            references,
        })
    })();
    program.ok().filter(|_| errors.is_empty()).ok_or(errors)
}

fn method(compiler: &mut Compiler, name: &str) -> Result<Method, Refused> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let found = known.into_iter().find(|method| method.as_str() == name);
    found.ok_or_else(|| compiler.refuse("method", "must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
}

fn terms(compiler: &mut Compiler, step: &HttpStep) -> Result<Terms, Refused> {
    if step.follow_redirects > REDIRECTS {
        compiler.refuse("followRedirects", format!("must not be more than {REDIRECTS}"));
    }
    if step.max_response_size == 0 {
        compiler.refuse("maxResponseSize", "must be more than 0");
    }
    let expect = Expect::compile(compiler, &step.expect)?;
    Ok(Terms { expect, follow_redirects: step.follow_redirects, max_response_size: step.max_response_size })
}

/// Credentials go only to hosts that the author of the workflow named.
fn check_secrets(compiler: &mut Compiler, step: &HttpStep, target: Option<&Target>) {
    if target.is_none_or(Target::is_bound) {
        return;
    }
    let credentials = [
        (step.auth.is_some(), "auth"),
        (step.sign_standard_webhooks.is_some(), "sign"),
        (reads_secrets(&compiler.references), "$secrets"),
    ];
    for (_, what) in credentials.into_iter().filter(|(used, _)| *used) {
        compiler.refuse(
            "hosts",
            format!("must list the hosts that the URL may have, as the step uses {what} and the host is a template"),
        );
    }
}
