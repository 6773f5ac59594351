//! The kinds of strings that the resources hold: a table of their bounds, as the API server checks them.
//!
//! Reading accepts any string, so that one wrong field never hides the others; the bounds are the schema's and
//! `validate`'s. Decides nothing.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

macro_rules! text {
    ($($(#[$doc:meta])* $name:ident { $($keyword:literal: $value:expr),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", $($keyword: $value),* })
            }
        }
    )* };
}

text! {
    /// A bare CEL expression.
    Expression { "minLength": 1, "maxLength": 4096 }

    /// A short string with templates: an address, a header field, a parameter.
    Template { "maxLength": 8192 }

    /// A long string with templates: a body, a message's text.
    TextTemplate { "maxLength": 65536 }

    /// A program in the user's own language: JavaScript or SQL.
    Code { "minLength": 1, "maxLength": 65536 }

    /// The name of a step, a block or a variable: usable behind a dot in an expression.
    Identifier { "minLength": 1, "maxLength": 63, "pattern": "^[a-z][a-zA-Z0-9]*$" }

    /// The name of a Kubernetes object.
    ObjectName {
        "minLength": 1,
        "maxLength": 253,
        "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    }

    /// The name of a namespace.
    NamespaceName { "minLength": 1, "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }

    /// A key of a Secret or ConfigMap.
    DataKey { "minLength": 1, "maxLength": 253, "pattern": "^[-._a-zA-Z0-9]+$" }

    /// The name of an HTTP header field (RFC 9110, 5.6.2).
    HeaderName { "minLength": 1, "maxLength": 256, "pattern": r"^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$" }

    /// A group and version of the Kubernetes API.
    ApiVersion { "minLength": 2, "maxLength": 317, "pattern": r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?v[0-9]+((alpha|beta)[0-9]+)?$" }

    /// A kind of the Kubernetes API.
    KindName { "minLength": 1, "maxLength": 63, "pattern": "^[A-Z][A-Za-z0-9]*$" }

    /// A host name, lower case, without a wildcard.
    Hostname {
        "minLength": 1,
        "maxLength": 253,
        "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    }

    /// A host name, lower case; `*.` in front stands for one label or more.
    HostPattern {
        "minLength": 1,
        "maxLength": 253,
        "pattern": r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    }

    /// An address or a network in CIDR form; a bare address is a network of one.
    Cidr { "minLength": 2, "maxLength": 49 }

    /// A media type without parameters.
    MediaType {
        "minLength": 3,
        "maxLength": 127,
        "pattern": r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9*][a-z0-9!#$&^_.+-]*$",
    }

    /// An absolute `http` or `https` URL.
    HttpUrl { "minLength": 8, "maxLength": 2048, "pattern": r"^https?://[^\s]+$" }

    /// A point in time, RFC 3339.
    DateTime { "minLength": 20, "maxLength": 64, "format": "date-time" }

    /// The name of a table or collection, a schema in front of it allowed.
    CollectionName { "minLength": 1, "maxLength": 127, "pattern": r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$" }

    /// The name of a column.
    ColumnName { "minLength": 1, "maxLength": 63, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }

    /// A short constant: a name, an identifier of another system, a separator.
    ShortText { "minLength": 1, "maxLength": 256 }

    /// A constant line: a URL of any scheme, an endpoint, a mailbox.
    LineText { "minLength": 1, "maxLength": 2048 }
}
