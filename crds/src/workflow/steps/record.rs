//! `record`: rows of a table in a database, read and written with bound values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::reference::SecretSource;
use crate::rule::{exactly_one, rule};
use crate::text::{Code, CollectionName, ColumnName, Template};

/// The fields that say what is done.
const OPERATIONS: &[&str] = &["create", "update", "upsert", "delete", "find", "take", "query"];

/// One operation on a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    exactly_one(OPERATIONS),
    rule("has(self.collection) != has(self.query)", "exactly one of `collection` and `query` must be set"),
]))]
pub struct RecordStep {
    /// database to connect to. Absent, in `boathook run` only: its own collections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// collection is the table. For all but `query`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<CollectionName>,
    /// create rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Create>,
    /// update rows that match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Update>,
    /// upsert creates a row, or updates the one with an equal key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upsert: Option<Upsert>,
    /// delete rows that match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Delete>,
    /// find rows that match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub find: Option<Find>,
    /// take the next row that matches and update it, atomically.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<Take>,
    /// query runs SQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
}

/// A database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Database {
    /// urlFrom is where the URL is kept: postgres: or mysql:.
    pub url_from: SecretSource,
}

/// New rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-kubernetes-validations" = [
    exactly_one(&["values", "rows"]),
    rule("has(self.rows) == has(self.columns)", "`columns` must be set exactly when `rows` is"),
]))]
pub struct Create {
    /// values by column, any JSON with templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 256))]
    pub values: Option<Map<String, Value>>,
    /// rows: a template that yields an object or a list of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Template>,
    /// columns that `rows` may fill.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 256), extend("x-kubernetes-list-type" = "set"))]
    pub columns: Vec<ColumnName>,
}

/// New values for rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Update {
    /// where: values or {eq ne gt ge lt le in} by column; all must match.
    #[serde(rename = "where")]
    #[schemars(extend("minProperties" = 1, "maxProperties" = 64))]
    pub where_: Map<String, Value>,
    /// values by column, any JSON with templates.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 256))]
    pub values: Map<String, Value>,
}

/// A row by its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Upsert {
    /// key: the columns of a unique index.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "set"))]
    pub key: Vec<ColumnName>,
    /// values by column, any JSON with templates.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 256))]
    pub values: Map<String, Value>,
}

/// Rows to delete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delete {
    /// where: values or {eq ne gt ge lt le in} by column; all must match.
    #[serde(rename = "where")]
    #[schemars(extend("minProperties" = 1, "maxProperties" = 64))]
    pub where_: Map<String, Value>,
}

/// Rows to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Find {
    /// where: values or {eq ne gt ge lt le in} by column; all must match.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 64))]
    pub where_: Option<Map<String, Value>>,
    /// columns to read. Default: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "set"))]
    pub columns: Vec<ColumnName>,
    /// orderBy columns; - in front is descending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 16),
        inner(length(max = 64), regex(pattern = "^-?[A-Za-z_][A-Za-z0-9_]*$")),
        extend("x-kubernetes-list-type" = "atomic")
    )]
    pub order_by: Vec<String>,
    /// limit of rows. Default: 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: Option<i32>,
}

/// A row to take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Take {
    /// where: values or {eq ne gt ge lt le in} by column; all must match.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 64))]
    pub where_: Option<Map<String, Value>>,
    /// orderBy columns; - in front is descending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 16),
        inner(length(max = 64), regex(pattern = "^-?[A-Za-z_][A-Za-z0-9_]*$")),
        extend("x-kubernetes-list-type" = "atomic")
    )]
    pub order_by: Vec<String>,
    /// set gives the taken row its new values.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 256))]
    pub set: Map<String, Value>,
}

/// SQL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    /// sql with :name parameters. No templates.
    pub sql: Code,
    /// params by name, any JSON with templates; they are bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 256))]
    pub params: Option<Map<String, Value>>,
}
