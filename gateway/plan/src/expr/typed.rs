//! Values with CEL's own types, for those who look at expressions by themselves: `boathook eval` and its tests.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelOptional, CelString, CelType,
    CelUInt, Kind,
};
use cel::common::value::{CowVal, Val};

use super::value::{Decimal, keep};
use super::{env, output};
use crate::json::{Json, Number};
use crate::scope::Scope;

/// A value of an expression, with its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A double, finite or not.
    Double(f64),
    /// Text.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Typed>),
    /// A map; its entries are in the order of their keys where the map was computed.
    Map(Vec<(Typed, Typed)>),
    /// A point in time, as RFC 3339 writes it.
    Timestamp(String),
    /// Seconds, such as `1.5s`.
    Duration(String),
    /// A type's name.
    Type(String),
    /// An optional value.
    Optional(Option<Box<Typed>>),
}

impl Typed {
    /// The type's name, as `type(x)` shows it.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::UInt(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
        }
    }

    /// The value as JSON that always works: bytes as base64, doubles that are not finite as `"NaN"`, `"Infinity"` or
    /// `"-Infinity"`, a key that is no text as its text.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null | Self::Optional(None) => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Int(value) => Json::from(*value),
            Self::UInt(value) => Json::from(*value),
            Self::Double(value) => Number::double(*value).map_or_else(|| Json::text(not_finite(*value)), Json::Number),
            Self::String(text) | Self::Timestamp(text) | Self::Duration(text) | Self::Type(text) => Json::text(text),
            Self::Bytes(bytes) => Json::from(STANDARD.encode(bytes)),
            Self::List(items) => Json::list(items.iter().map(Self::to_json)),
            Self::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| (key.key_text(), value.to_json())).collect();
                Json::object(entries.iter().map(|(key, value)| (&**key, value.clone())))
            }
            Self::Optional(Some(value)) => value.to_json(),
        }
    }

    fn key_text(&self) -> String {
        let json = self.to_json();
        json.as_str().map_or_else(|| json.to_string(), ToOwned::to_owned)
    }

    /// What an expression yielded; `None` for what has no type here, which no expression yields.
    pub(super) fn of(value: &dyn Val) -> Option<Self> {
        let kind = value.get_type().kind();
        if kind == Kind::List {
            return Self::of_list(value);
        }
        if kind == Kind::Map {
            return Self::of_map(value);
        }
        if let Some(optional) = value.downcast_ref::<CelOptional>() {
            let inner = optional.option().map(|value| Self::of(value).map(Box::new));
            return inner.map_or(Some(Self::Optional(None)), |inner| Some(Self::Optional(Some(inner?))));
        }
        Self::of_scalar(value)
    }

    fn of_list(value: &dyn Val) -> Option<Self> {
        let mut items = Vec::new();
        output::for_each(value.as_iterable()?, |item| items.push(Self::of(item)));
        items.into_iter().collect::<Option<_>>().map(Self::List)
    }

    fn of_scalar(value: &dyn Val) -> Option<Self> {
        let kind = value.get_type().kind();
        let null = (kind == Kind::NullType).then_some(Self::Null);
        null.or_else(|| output::text(value).filter(|_| kind == Kind::Timestamp).map(Self::Timestamp))
            .or_else(|| output::text(value).filter(|_| kind == Kind::Duration).map(Self::Duration))
            .or_else(|| value.downcast_ref::<CelBool>().map(|value| Self::Bool(*value.inner())))
            .or_else(|| value.downcast_ref::<CelInt>().map(|value| Self::Int(*value.inner())))
            .or_else(|| value.downcast_ref::<CelUInt>().map(|value| Self::UInt(*value.inner())))
            .or_else(|| value.downcast_ref::<CelDouble>().map(|value| Self::Double(*value.inner())))
            .or_else(|| value.downcast_ref::<Decimal>().map(|value| Self::Double(*value.double().inner())))
            .or_else(|| value.downcast_ref::<CelString>().map(|value| Self::String(value.inner().to_owned())))
            .or_else(|| value.downcast_ref::<CelBytes>().map(|value| Self::Bytes(value.inner().to_vec())))
            .or_else(|| value.downcast_ref::<CelType>().map(|value| Self::Type(value.name().to_owned())))
    }

    fn of_map(value: &dyn Val) -> Option<Self> {
        let map = value.as_indexer()?;
        let mut entries = Vec::new();
        let mut add = |key: &dyn Val| {
            let value = map.get(key).ok();
            entries.push(Self::of(key).zip(value.and_then(|value| Self::of(&*value))));
        };
        match value.downcast_ref::<CelMap>() {
            Some(map) => output::sorted_keys(map).into_iter().for_each(|key| add(key.inner())),
            None => output::for_each(value.as_iterable()?, add),
        }
        entries.into_iter().collect::<Option<_>>().map(Self::Map)
    }

    /// The value as the `cel` crate has it.
    fn value(&self) -> Option<Box<dyn Val>> {
        Some(match self {
            Self::Null => Box::new(CelNull),
            Self::Bool(value) => Box::new(CelBool::from(*value)),
            Self::Int(value) => Box::new(CelInt::from(*value)),
            Self::UInt(value) => Box::new(CelUInt::from(*value)),
            Self::Double(value) => Box::new(CelDouble::from(*value)),
            Self::String(text) => Box::new(CelString::from(text.clone())),
            Self::Bytes(bytes) => Box::new(CelBytes::from(bytes.clone())),
            Self::List(items) => Box::new(CelList::from(items.iter().map(Self::value).collect::<Option<Vec<_>>>()?)),
            Self::Map(entries) => {
                let entry =
                    |(key, value): &(Self, Self)| Some((CelMapKey::try_from(key.value()?).ok()?, value.value()?));
                Box::new(CelMap::from(entries.iter().map(entry).collect::<Option<HashMap<_, _>>>()?))
            }
            Self::Timestamp(text) => parsed("timestamp", text)?,
            Self::Duration(text) => parsed("duration", text)?,
            Self::Type(name) => Box::new(CelType::new(name.clone())),
            Self::Optional(None) => Box::new(CelOptional::none()),
            Self::Optional(Some(value)) => Box::new(CelOptional::of(value.value()?)),
        })
    }
}

fn parsed(function: &str, text: &str) -> Option<Box<dyn Val>> {
    env::call(function, CowVal::owned(CelString::from(text.to_owned()))).map(CowVal::into_owned)
}

fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value.is_sign_positive() {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// A scope, and variables beside its roots: named as they are, without a `$`, `a.b` too.
#[derive(Debug)]
pub struct Bindings {
    scope: Scope,
    names: BTreeMap<String, Box<dyn Val>>,
}

impl Bindings {
    /// No variables but the scope's roots.
    pub const fn new(scope: Scope) -> Self {
        Self { scope, names: BTreeMap::new() }
    }

    /// With one more variable, of JSON.
    #[must_use]
    pub fn with_json(mut self, name: &str, value: Json) -> Self {
        self.names.insert(name.to_owned(), keep(value));
        self
    }

    /// With one more variable, of any type; one that no expression can make is left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: &Typed) -> Self {
        self.names.extend(value.value().map(|value| (name.to_owned(), value)));
        self
    }

    /// The scope.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The names of the variables.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.names.keys()
    }

    /// The values of the variables.
    pub(super) const fn values(&self) -> &BTreeMap<String, Box<dyn Val>> {
        &self.names
    }
}
