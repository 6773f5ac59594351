//! One CEL rule of a CRD (`x-kubernetes-validations`), with `self` as the API server binds it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::objects::{Key, Map};
use cel::{Context, Env, Program, Value as Cel};
use serde_json::Value;

use super::SchemaError;
use crate::network;

/// Words of CEL that a field's name may be: the API server writes them between underscores
/// (kubernetes.io/docs/reference/using-api/cel, "Escaping").
const ESCAPED: [&str; 20] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
];

/// Made once: an environment is dear.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A compiled rule.
#[derive(Debug)]
pub(super) struct Rule {
    program: Program,
    message: Message,
    /// Members from the rule's own place to the field that it is about.
    pub path: Vec<String>,
}

#[derive(Debug)]
enum Message {
    Constant(String),
    Expression(Program, String),
}

impl Rule {
    /// `None` for a transition rule: offline there is no older object.
    pub fn compile(source: &Value) -> Result<Option<Self>, SchemaError> {
        let text = |name| source.get(name).and_then(Value::as_str);
        let expression = text("rule").unwrap_or_default();
        if expression.contains("oldSelf") {
            return Ok(None);
        }
        let program = |text: &str| Program::compile(text).map_err(|_| SchemaError::Rule(text.to_owned()));
        let constant = text("message").map_or_else(|| format!("must satisfy {expression}"), str::to_owned);
        let message = match text("messageExpression") {
            Some(expression) => Message::Expression(program(expression)?, constant),
            None => Message::Constant(constant),
        };
        let path = text("fieldPath").unwrap_or_default().split('.').filter(|name| !name.is_empty());
        Ok(Some(Self { program: program(expression)?, message, path: path.map(str::to_owned).collect() }))
    }

    /// The message when `value` breaks the rule. A rule that cannot be evaluated is broken, as on the API server.
    pub fn broken_by(&self, value: &Value) -> Option<String> {
        let context = context(value);
        if matches!(self.program.execute(&context), Ok(Cel::Bool(true))) {
            return None;
        }
        Some(match &self.message {
            Message::Constant(text) => text.clone(),
            Message::Expression(program, constant) => match program.execute(&context) {
                Ok(Cel::String(text)) => text.to_string(),
                _ => constant.clone(),
            },
        })
    }
}

/// `self`, and the functions that Kubernetes adds and our rules use (kubernetes.io/docs/reference/using-api/cel, "IP
/// address library", "CIDR library").
fn context(value: &Value) -> Context<'static, 'static> {
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.add_variable_from_value("self", lend(value));
    // Neither name is declared by the standard environment, which is the only reason for a refusal.
    let _ = context.add_function("isIP", |text: Arc<String>| network::address(&text).is_some());
    let _ = context.add_function("isCIDR", |text: Arc<String>| text.contains('/') && network::parse(&text).is_some());
    context
}

/// A value as the rules see it: whole numbers signed, names of fields escaped.
fn lend(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(value) => Cel::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Cel::Int(number),
            None => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Cel::String(Arc::new(text.clone())),
        Value::Array(items) => Cel::List(Arc::new(items.iter().map(lend).collect())),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (Key::String(Arc::new(escaped(name))), lend(value)));
            Cel::Map(Map { map: Arc::new(members.collect::<HashMap<_, _>>()) })
        }
    }
}

fn escaped(name: &str) -> String {
    if ESCAPED.contains(&name) { format!("__{name}__") } else { name.to_owned() }
}
