//! The body of a request: at most one of its forms.

use boathook_crds::workflow::steps::http::{CloudEvent as CloudEventText, HttpStep as Text, Part as PartText};
use boathook_plan::plan::{CloudEvent, HttpBody, Part, PartContent};

use super::parameters;
use crate::field::Field;
use crate::validate::reader::Reader;

/// The media type of a file that says none (RFC 2046, 4.5.1).
const BYTES: &str = "application/octet-stream";

/// Reads it. The schema cannot see `json`, so the rule is here for all.
pub(super) fn read(step: &Text, at: &Field, reader: &mut Reader) -> Option<HttpBody> {
    let json = step.json.as_ref().map(|value| HttpBody::Json(reader.json(&at.at("json"), value)));
    let text = step.text.as_ref().map(|text| HttpBody::Text(reader.template(&at.at("text"), text)));
    let form = step.form.as_ref().map(|form| HttpBody::Form(parameters(form, &at.at("form"), reader)));
    let multipart = step.multipart.as_ref().map(|parts| HttpBody::Multipart(read_parts(parts, at, reader)));
    let base64 = step.base64.as_ref().map(|text| HttpBody::Base64(reader.template(&at.at("base64"), text)));
    let event = step.cloud_event.as_ref();
    let event = event.map(|event| HttpBody::CloudEvent(Box::new(cloud_event(event, &at.at("cloudEvent"), reader))));
    let mut bodies = [json, text, form, multipart, base64, event].into_iter().flatten();
    let body = bodies.next();
    if bodies.next().is_some() {
        let message = "must have at most one of `json`, `text`, `form`, `multipart`, `base64`, `cloudEvent`";
        reader.report.refuse_once(at, message);
    }
    body
}

fn read_parts(parts: &[PartText], at: &Field, reader: &mut Reader) -> Vec<Part> {
    let parts = parts.iter().enumerate();
    parts.filter_map(|(index, part)| read_part(part, &at.at("multipart").item(index), reader)).collect()
}

fn read_part(part: &PartText, at: &Field, reader: &mut Reader) -> Option<Part> {
    let value = part.value.as_ref().map(|value| PartContent::Value(reader.template(&at.at("value"), value)));
    let file = part.file.as_ref().map(|file| PartContent::File {
        filename: reader.template(&at.at("file.filename"), &file.filename),
        content_type: file.content_type.as_deref().unwrap_or(BYTES).to_owned(),
        base64: reader.template(&at.at("file.base64"), &file.base64),
    });
    Some(Part { name: part.name.to_string(), content: value.or(file)? })
}

fn cloud_event(event: &CloudEventText, at: &Field, reader: &mut Reader) -> CloudEvent {
    CloudEvent {
        type_: reader.template(&at.at("type"), &event.type_),
        source: reader.template(&at.at("source"), &event.source),
        subject: event.subject.as_ref().map(|text| reader.template(&at.at("subject"), text)),
        data: event.data.as_ref().map(|value| reader.json(&at.at("data"), value)),
    }
}
