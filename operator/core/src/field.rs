//! Paths of fields, as `spec.steps[2].http.headers["X-Order"]`.
//!
//! Built by whoever walks a resource; the command line follows the segments to a line and column.

use std::fmt;

use serde::{Serialize, Serializer};

/// The path of a field, from the top of the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field(Vec<Segment>);

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// A member of an object, by name.
    Member(String),
    /// An item of a list, from 0.
    Item(usize),
}

impl Field {
    /// `spec`
    pub fn spec() -> Self {
        Self(vec![Segment::Member("spec".to_owned())])
    }

    /// `metadata`
    pub fn metadata() -> Self {
        Self(vec![Segment::Member("metadata".to_owned())])
    }

    /// A member of this object. Several names may be given at once, as `response.late`.
    #[must_use]
    pub fn at(&self, names: &str) -> Self {
        names.split('.').fold(self.clone(), |field, name| field.key(name))
    }

    /// The part that somebody else names relative to this field: `status`, `items[2].name`, or `headers.X-Order`, whose
    /// last name is a key that users choose.
    #[must_use]
    pub fn part(&self, path: &str) -> Self {
        if let Some((map @ ("headers" | "query" | "form"), name)) = path.split_once('.') {
            return self.key(map).key(name);
        }
        path.split('.').filter(|name| !name.is_empty()).fold(self.clone(), |field, name| {
            let mut parts = name.split('[');
            let member = field.key(parts.next().unwrap_or_default());
            parts.filter_map(|index| index.strip_suffix(']')?.parse().ok()).fold(member, |list, index| list.item(index))
        })
    }

    /// The member under a key that users choose: dots in it are part of it.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.with(Segment::Member(name.to_owned()))
    }

    /// An item of this list.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.with(Segment::Item(index))
    }

    /// From the top of the resource down.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment);
        Self(segments)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Item(index) => write!(out, "[{index}]")?,
                Segment::Member(name) if !is_plain(name) => write!(out, "[{name:?}]")?,
                Segment::Member(name) if position == 0 => out.write_str(name)?,
                Segment::Member(name) => write!(out, ".{name}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn a_path_reads_as_users_write_it() {
        let field = Field::spec().at("steps").item(2).at("http.headers").key("X-Order.Id");
        assert_eq!(field.to_string(), r#"spec.steps[2].http.headers["X-Order.Id"]"#);
    }

    #[test]
    fn a_relative_part_is_followed_into_lists_and_maps() {
        let step = Field::spec().at("http");
        assert_eq!(step.part("multipart[1].file.base64").to_string(), "spec.http.multipart[1].file.base64");
        assert_eq!(step.part("headers.X.Y").to_string(), r#"spec.http.headers["X.Y"]"#);
        assert_eq!(step.part("url").to_string(), "spec.http.url");
    }

    #[test]
    fn a_plain_key_needs_no_quotes() {
        assert_eq!(Field::spec().at("vars").key("channel").to_string(), "spec.vars.channel");
    }
}
