//! What a declared signature covers besides the body: header fields and query parameters that its sender would send.

use std::str::FromStr as _;

use boathook_plan::plan::HmacForm;
use boathook_plan::request::RawRequest;
use http::{HeaderName, HeaderValue};

/// The value of a part that the command line does not give: any will do, for it is signed as it is.
const SAMPLE: &str = "sample";

/// Adds the fields and parameters that the form signs and the request lacks.
pub fn with_parts(form: &HmacForm, mut request: RawRequest) -> RawRequest {
    for (place, name) in placeholders(&form.content) {
        match place {
            "header" => add_header(&mut request, name),
            "query" => add_parameter(&mut request, name),
            _ => {}
        }
    }
    request
}

/// `{header.X-Trace}` → `("header", "X-Trace")`
fn placeholders(content: &str) -> impl Iterator<Item = (&str, &str)> {
    content.split('{').skip(1).filter_map(|part| part.split_once('}')?.0.split_once('.'))
}

fn add_header(request: &mut RawRequest, name: &str) {
    if let Ok(name) = HeaderName::from_str(name) {
        request.headers.entry(name).or_insert(HeaderValue::from_static(SAMPLE));
    }
}

fn add_parameter(request: &mut RawRequest, name: &str) {
    let query = request.query.get_or_insert_default();
    if query.split('&').any(|pair| pair.split('=').next() == Some(name)) {
        return;
    }
    let (pair, joint) = (format!("{name}={SAMPLE}"), if query.is_empty() { "" } else { "&" });
    request.url.push_str(if query.is_empty() { "?" } else { "&" });
    request.url.push_str(&pair);
    query.push_str(joint);
    query.push_str(&pair);
}
