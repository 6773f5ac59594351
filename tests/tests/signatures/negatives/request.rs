//! A request as text that can be damaged: read and written at a [`Place`], down to bytes that no client library would send.

use super::spot::Place;

/// What stands before a proof in its field, as senders write it.
const PREFIXES: [&str; 8] = ["sha256=", "sha1=", "v0=", "v1=", "h1=", "v1,", "v1a,", "Bearer "];

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// As it goes over the wire.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let fields: String = self.headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: hooks.example.test\r\n{fields}Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.method,
            self.target,
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }

    /// The field's value, split into what stands before the proof, and the proof.
    pub(super) fn proof(&self, place: Place) -> (String, String) {
        let value = self.get(place);
        let end = PREFIXES.iter().filter_map(|prefix| Some(value.rfind(prefix)? + prefix.len())).max();
        let (before, text) = value.split_at(end.filter(|_| matches!(place, Place::Header(_))).unwrap_or(0));
        (before.to_owned(), text.to_owned())
    }

    /// The text at a place of an accepted request.
    pub(super) fn get(&self, place: Place) -> String {
        match place {
            Place::Header(name) => self.headers[self.field(name)].1.clone(),
            Place::Query(name) => {
                let (start, end) = self.parameter(name);
                self.target[start..end].replace("%3D", "=")
            }
            Place::Member(name) => {
                let (start, end) = self.member(name);
                String::from_utf8(self.body[start..end].to_vec()).expect("a text")
            }
            Place::InProof(_) => panic!("read from the proof's field"),
        }
    }

    /// The same request with another text there.
    pub(super) fn with(&self, place: Place, text: &str) -> Self {
        let mut other = self.clone();
        match place {
            Place::Header(name) => text.clone_into(&mut other.headers[self.field(name)].1),
            Place::Query(name) => {
                let (start, end) = self.parameter(name);
                other.target.replace_range(start..end, &percent_encoded(text));
            }
            Place::Member(name) => {
                let (start, end) = self.member(name);
                let json = serde_json::to_string(text).expect("JSON");
                other.body.splice(start..end, json[1..json.len() - 1].bytes());
            }
            Place::InProof(_) => panic!("written in the proof's field"),
        }
        other
    }

    /// The same request without that place.
    pub(super) fn without(&self, place: Place) -> Self {
        self.renamed(place, None)
    }

    /// The same request with the value under another name, or nowhere.
    pub(super) fn renamed(&self, place: Place, to: Option<&str>) -> Self {
        let mut other = self.clone();
        match (place, to) {
            (Place::Header(name), Some(to)) => to.clone_into(&mut other.headers[self.field(name)].0),
            (Place::Header(name), None) => drop(other.headers.remove(self.field(name))),
            (Place::Query(name), to) => {
                let pair = format!("{name}={}", &self.target[self.parameter(name).0..self.parameter(name).1]);
                let new = to.map(|to| pair.replacen(name, to, 1)).unwrap_or_default();
                other.target = self.target.replacen(&pair, &new, 1);
            }
            (Place::Member(name), to) => {
                let start = self.member(name).0 - 1;
                let at = rfind(&self.body[..start], format!("\"{name}\"").as_bytes()).expect("a name") + 1;
                other.body.splice(at..at + name.len(), to.unwrap_or("nothing").bytes());
            }
            (Place::InProof(_), _) => panic!("part of the proof's field"),
        }
        other
    }

    /// The same request with a second field or parameter of this name, before or behind the one that is there.
    pub(super) fn twice(&self, place: Place, second: &str, in_front: bool) -> Option<Self> {
        let mut other = self.clone();
        match place {
            Place::Header(name) => {
                let at = self.field(name) + usize::from(!in_front);
                other.headers.insert(at, (name.to_owned(), second.to_owned()));
            }
            Place::Query(name) => {
                let (path, query) = self.target.split_once('?').expect("a query");
                let pair = format!("{name}={}", percent_encoded(second));
                other.target =
                    if in_front { format!("{path}?{pair}&{query}") } else { format!("{path}?{query}&{pair}") };
            }
            Place::Member(_) | Place::InProof(_) => return None,
        }
        Some(other)
    }

    fn field(&self, name: &str) -> usize {
        self.headers.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)).expect("a field")
    }

    fn parameter(&self, name: &str) -> (usize, usize) {
        let found = ["?", "&"].iter().find_map(|before| {
            let start = format!("{before}{name}=");
            Some(self.target.find(&start)? + start.len())
        });
        let start = found.expect("a parameter");
        (start, self.target[start..].find('&').map_or(self.target.len(), |end| start + end))
    }

    /// Where the member's text or digits are.
    fn member(&self, name: &str) -> (usize, usize) {
        let names = [format!("\"{name}\":\""), format!("\"{name}\": \""), format!("\"{name}\": ")];
        let starts = names.iter().filter_map(|start| Some(find(&self.body, start.as_bytes())? + start.len()));
        let start = starts.into_iter().next().expect("a member");
        let end = self.body[start..].iter().position(|byte| b"\",}".contains(byte)).expect("an end");
        (start, start + end)
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
