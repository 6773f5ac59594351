//! The CEL rules that several types share. A message names the field and says what it must be.

use kube::core::{Reason, Rule};

/// A rule with its message.
pub fn rule(expression: &str, message: &str) -> Rule {
    Rule::new(expression).message(message)
}

/// A rule about a field that must be there.
pub fn required(field: &str, expression: &str, message: &str) -> Rule {
    at(field, Reason::FieldValueRequired, expression, message)
}

/// A rule about a field that must not be there.
pub fn forbidden(field: &str, expression: &str, message: &str) -> Rule {
    at(field, Reason::FieldValueForbidden, expression, message)
}

/// A rule about a field that must have another value.
pub fn invalid(field: &str, expression: &str, message: &str) -> Rule {
    at(field, Reason::FieldValueInvalid, expression, message)
}

/// A rule whose violation points to a field.
fn at(field: &str, reason: Reason, expression: &str, message: &str) -> Rule {
    rule(expression, message).field_path(format!(".{field}")).reason(reason)
}

/// A union: one field of these, and no more.
pub fn exactly_one(fields: &[&str]) -> Rule {
    rule(&format!("{}.exists_one(x, x)", presence(fields)), &format!("exactly one of {} must be set", quoted(fields)))
}

/// One field of these, or none.
pub fn at_most_one(fields: &[&str]) -> Rule {
    rule(
        &format!("{}.filter(x, x).size() <= 1", presence(fields)),
        &format!("at most one of {} must be set", quoted(fields)),
    )
}

/// One field of these, or more.
pub fn at_least_one(fields: &[&str]) -> Rule {
    rule(&format!("{}.exists(x, x)", presence(fields)), &format!("at least one of {} must be set", quoted(fields)))
}

/// A list of CEL booleans: which fields are set.
fn presence(fields: &[&str]) -> String {
    let tests: Vec<_> = fields.iter().map(|field| format!("has(self.{})", escaped(field))).collect();
    format!("[{}]", tests.join(", "))
}

/// A field's name in an expression: CEL's own words stand between underscores.
fn escaped(field: &str) -> String {
    match field {
        "for" => format!("__{field}__"),
        other => other.to_owned(),
    }
}

/// The fields' names, for people.
fn quoted(fields: &[&str]) -> String {
    let names: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
    names.join(", ")
}

/// Each item is a network or an address.
pub fn networks(field: &str) -> Rule {
    rule("self.all(c, isCIDR(c) || isIP(c))", &format!("`{field}` must be networks such as '10.0.0.0/8', or addresses"))
}
