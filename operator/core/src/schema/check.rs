//! Walks a value and its schema together, and reports everything that the API server would.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Format, ListType, Schema};
use crate::field::Field;
use crate::report::Report;

/// Patterns that read badly, in words. A test holds that our schemas have each of them.
pub(super) const WORDS: [(&str, &str); 12] = [
    (
        r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9*][a-z0-9!#$&^_.+-]*$",
        "must be a media type in small letters and without parameters, such as application/json or text/*",
    ),
    (r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", "must be an origin as browsers send it, such as https://www.example.com"),
    ("^([0-9]{1,5}(h|m|s|ms)){1,4}$", "must be a duration such as 10s, 2500ms or 1h30m"),
    ("^[0-9]{1,15}(k|M|G|T|Ki|Mi|Gi|Ti)?$", "must be a size in whole bytes such as 1Mi or 512Ki"),
    ("^[a-z][a-zA-Z0-9]*$", "must be a name of letters and digits that begins with a small letter, such as notifyTeam"),
    (r"^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$", "must be the name of a header field, such as X-Signature-256"),
    (r"^https?://[^\s]+$", "must be an absolute URL that begins with https:// or http://"),
    (
        "^(/[A-Za-z0-9._~-]*[A-Za-z0-9_~-])*$",
        "must be empty or a path such as /api/webhooks, without a slash at its end",
    ),
    (
        r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        "must be a name of small letters, digits, dashes and dots, such as hooks.example.com",
    ),
    (
        r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        "must be a host's name in small letters, such as api.example.com or *.example.com",
    ),
    ("^[1-5]([0-9]{2}|xx)$", "must be a status such as 404, or a class such as 2xx"),
    ("^[-._a-zA-Z0-9]+$", "must be a key of letters, digits, dots, dashes and underscores"),
];

/// RFC 3339 as the API server reads it (kube-openapi, `strfmt.IsDateTime`); the parser of times knows other forms too.
static DATE_TIME: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})$")
});

impl Schema {
    /// The value as the API server stores it: what is left out has its default.
    pub fn fill(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, schema) in &self.members {
                    if let Some(default) = &schema.default {
                        members.entry(name.clone()).or_insert_with(|| default.clone());
                    }
                }
                for (name, member) in members {
                    if let Some(schema) = self.members.get(name).or(self.values.as_deref()) {
                        schema.fill(member);
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    if let Some(schema) = &self.items {
                        schema.fill(item);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Reports every rule that `value` breaks.
    pub fn check(&self, at: &Field, value: &Value, report: &mut Report) {
        match value {
            Value::Number(number) => self.number(at, number, report),
            Value::String(text) => self.text(at, text, report),
            Value::Array(items) => self.list(at, items, report),
            Value::Object(members) => self.object(at, members, report),
            Value::Null | Value::Bool(_) => {}
        }
        if !self.allowed.is_empty() && !self.allowed.contains(value) {
            let allowed: Vec<_> = self.allowed.iter().filter_map(Value::as_str).collect();
            report.refuse(at, format!("must be one of {}", allowed.join(", ")));
        }
        for rule in &self.rules {
            if let Some(message) = rule.broken_by(value) {
                report.refuse(&rule.path.iter().fold(at.clone(), |field, name| field.key(name)), message);
            }
        }
    }

    fn number(&self, at: &Field, number: &serde_json::Number, report: &mut Report) {
        let within = |number: i64| {
            let (least, most) = self.bounds.number;
            least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
        };
        if !number.as_i64().is_some_and(within) && self.bounds.number != (None, None) {
            report.refuse(at, format!("must be {}", range(self.bounds.number)));
        }
    }

    fn text(&self, at: &Field, text: &str, report: &mut Report) {
        let (least, most) = self.bounds.text;
        let length = text.chars().count();
        if least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
            report.refuse(at, format!("must have {} characters", range(self.bounds.text)));
            return;
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            let words = WORDS.iter().find(|(known, _)| *known == pattern.as_str());
            report.refuse(at, words.map_or_else(|| format!("must match {pattern}"), |(_, words)| (*words).to_owned()));
        }
        if self.format == Some(Format::DateTime) && !is_date_time(text) {
            report.refuse(at, "must be a time such as 2026-12-31T00:00:00Z (RFC 3339)");
        }
    }

    fn list(&self, at: &Field, items: &[Value], report: &mut Report) {
        if !self.entries(at, items.len(), report) {
            return;
        }
        let mut seen = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(identity) = self.list.identity(item)
                && !seen.insert(identity)
            {
                report.refuse(&at.item(index), "must not repeat an earlier entry of the list");
            }
            if let Some(schema) = &self.items {
                schema.check(&at.item(index), item, report);
            }
        }
    }

    fn object(&self, at: &Field, members: &serde_json::Map<String, Value>, report: &mut Report) {
        if !self.entries(at, members.len(), report) {
            return;
        }
        for name in self.required.iter().filter(|name| !members.contains_key(*name)) {
            report.refuse(&at.key(name), "must be set");
        }
        for (name, member) in members {
            if let Some(schema) = self.members.get(name).or(self.values.as_deref()) {
                schema.check(&at.key(name), member, report);
            }
        }
    }

    /// What is too long is not looked into: it may be endless.
    fn entries(&self, at: &Field, count: usize, report: &mut Report) -> bool {
        let (least, most) = self.bounds.entries;
        let is_within = least.is_none_or(|least| count >= least) && most.is_none_or(|most| count <= most);
        if !is_within {
            report.refuse(at, format!("must have {} entries", range(self.bounds.entries)));
        }
        is_within
    }
}

fn is_date_time(text: &str) -> bool {
    DATE_TIME.as_ref().is_ok_and(|form| form.is_match(text)) && text.parse::<jiff::Timestamp>().is_ok()
}

impl ListType {
    fn identity(&self, item: &Value) -> Option<String> {
        match self {
            Self::Atomic => None,
            Self::Set => Some(item.to_string()),
            Self::Map(keys) => {
                let values: Vec<_> = keys.iter().map(|key| item.get(key)).collect();
                Some(format!("{values:?}"))
            }
        }
    }
}

fn range<T: std::fmt::Display>(bounds: (Option<T>, Option<T>)) -> String {
    match bounds {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "any number of".to_owned(),
    }
}
