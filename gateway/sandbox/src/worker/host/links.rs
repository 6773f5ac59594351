//! URLs (<https://url.spec.whatwg.org/>) and form encoding, by the crate that judges where requests go. Pure.

use url::{Url, form_urlencoded, quirks};

/// Sets a property; `false` of a value that it cannot have.
type Set = fn(&mut Url, &str) -> bool;

/// Setters by the name of their property.
const SETTERS: [(&str, Set); 10] = [
    ("href", |url, value| quirks::set_href(url, value).is_ok()),
    ("protocol", |url, value| quirks::set_protocol(url, value).is_ok()),
    ("username", |url, value| quirks::set_username(url, value).is_ok()),
    ("password", |url, value| quirks::set_password(url, value).is_ok()),
    ("host", |url, value| quirks::set_host(url, value).is_ok()),
    ("hostname", |url, value| quirks::set_hostname(url, value).is_ok()),
    ("port", |url, value| quirks::set_port(url, value).is_ok()),
    ("pathname", |url, value| {
        quirks::set_pathname(url, value);
        true
    }),
    ("search", |url, value| {
        quirks::set_search(url, value);
        true
    }),
    ("hash", |url, value| {
        quirks::set_hash(url, value);
        true
    }),
];

/// The properties of a URL, in the order of `library/url.js`; `None` of what is none.
pub(super) fn parse(text: &str, base: Option<&str>) -> Option<Vec<String>> {
    let url = match base {
        Some(base) => Url::parse(base).ok()?.join(text).ok()?,
        None => Url::parse(text).ok()?,
    };
    Some(properties(&url))
}

/// The properties of a URL once one of them is set; `None` where it cannot be so.
pub(super) fn change(text: &str, property: &str, value: &str) -> Option<Vec<String>> {
    let mut url = Url::parse(text).ok()?;
    let (_, set) = SETTERS.iter().find(|(name, _)| *name == property)?;
    set(&mut url, value).then(|| properties(&url))
}

fn properties(url: &Url) -> Vec<String> {
    vec![
        quirks::href(url).to_owned(),
        quirks::origin(url),
        quirks::protocol(url).to_owned(),
        quirks::username(url).to_owned(),
        quirks::password(url).to_owned(),
        quirks::host(url).to_owned(),
        quirks::hostname(url).to_owned(),
        quirks::port(url).to_owned(),
        quirks::pathname(url).to_owned(),
        quirks::search(url).to_owned(),
        quirks::hash(url).to_owned(),
    ]
}

/// Names and values of a form.
pub(super) fn read_form(text: &str) -> Vec<Vec<String>> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    pairs.map(|(name, value)| vec![name.into_owned(), value.into_owned()]).collect()
}

/// A form of names and values.
pub(super) fn write_form(pairs: &[Vec<String>]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for pair in pairs {
        if let [name, value] = pair.as_slice() {
            form.append_pair(name, value);
        }
    }
    form.finish()
}
