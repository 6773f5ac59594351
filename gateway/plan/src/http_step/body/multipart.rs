//! `multipart`: `multipart/form-data` (RFC 7578), names escaped as the HTML Standard says, so that no value ends a field.
//!
//! Source: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>

use http::header::{CONTENT_TYPE, HeaderMap};
use sha2::{Digest, Sha256};

use super::{Content, decoded, fits};
use crate::http_step::CallFacts;
use crate::http_step::compile::{Compiler, Refused};
use crate::http_step::headers::value;
use crate::http_step::slot::{Slot, invalid};
use crate::plan::{self, PartContent};
use crate::reason::StepFailure;
use crate::scope::Scope;

/// Parts in order.
#[derive(Clone, Debug)]
pub(in crate::http_step) struct Multipart(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    name: String,
    content: PartSlots,
}

#[derive(Clone, Debug)]
enum PartSlots {
    Value(Slot),
    File { filename: Slot, content_type: String, base64: Slot },
}

/// A part with the values of a run: its head, without the boundary, and its bytes.
struct Rendered {
    head: String,
    bytes: Vec<u8>,
}

impl Multipart {
    pub(super) fn compile(compiler: &mut Compiler, parts: &[plan::Part]) -> Result<Self, Refused> {
        compiler.each(parts.iter().enumerate(), Part::compile).map(Self)
    }

    pub(super) fn render(&self, scope: &Scope, facts: &CallFacts) -> Result<Content, StepFailure> {
        let mut size = 0;
        let render = |part: &Part| {
            let rendered = part.render(scope)?;
            size += rendered.head.len() + rendered.bytes.len();
            fits(size).map(|()| rendered)
        };
        let parts = self.0.iter().map(render).collect::<Result<Vec<_>, _>>()?;
        let boundary = boundary(&facts.idempotency_key, &parts);
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(format!("--{boundary}\r\n{}\r\n\r\n", part.head).as_bytes());
            bytes.extend_from_slice(&part.bytes);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = value("multipart", &format!("multipart/form-data; boundary={boundary}"), false)?;
        Ok(Content { headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]), bytes: bytes.into() })
    }

    pub(super) fn is_secret(&self) -> bool {
        self.0.iter().any(|part| match &part.content {
            PartSlots::Value(slot) => slot.is_secret(),
            PartSlots::File { filename, base64, .. } => filename.is_secret() || base64.is_secret(),
        })
    }
}

impl Part {
    fn compile(compiler: &mut Compiler, (index, part): (usize, &plan::Part)) -> Result<Self, Refused> {
        let field = format!("multipart[{index}]");
        let content = match &part.content {
            PartContent::Value(text) => PartSlots::Value(compiler.slot(&format!("{field}.value"), text)?),
            PartContent::File { filename, content_type, base64 } => {
                let filename = compiler.slot(&format!("{field}.file.filename"), filename);
                let base64 = compiler.slot(&format!("{field}.file.base64"), base64);
                if value("", content_type, false).is_err() || !content_type.contains('/') {
                    return Err(compiler.refuse(&format!("{field}.file.contentType"), "must be a media type"));
                }
                PartSlots::File { filename: filename?, content_type: content_type.clone(), base64: base64? }
            }
        };
        Ok(Self { name: part.name.clone(), content })
    }

    fn render(&self, scope: &Scope) -> Result<Rendered, StepFailure> {
        let disposition = format!("Content-Disposition: form-data; name=\"{}\"", escaped(&self.name));
        match &self.content {
            PartSlots::Value(slot) => Ok(Rendered { head: disposition, bytes: slot.text(scope)?.into_bytes() }),
            PartSlots::File { filename, content_type, base64 } => {
                let name = filename.text(scope)?;
                if name.contains('\0') {
                    return Err(invalid(&filename.field, "must not contain NUL"));
                }
                let head = format!("{disposition}; filename=\"{}\"\r\nContent-Type: {content_type}", escaped(&name));
                Ok(Rendered { head, bytes: decoded(base64, scope)? })
            }
        }
    }
}

/// The only characters that could end a quoted name.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Equal on each attempt. It is a hash of the content that it separates, so no content can hold it.
fn boundary(seed: &str, parts: &[Rendered]) -> String {
    let mut hash = Sha256::new_with_prefix(seed);
    for part in parts {
        hash.update(part.head.as_bytes());
        hash.update(&part.bytes);
    }
    let number = hash.finalize().iter().take(16).fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    format!("{number:032x}")
}
