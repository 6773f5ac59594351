//! JSON whose string leaves may hold templates.

use std::sync::Arc;

use super::{Syntax, Template, bounded};
use crate::expr::{EvalError, ExprError, Reference};
use crate::json::{Json, Object};
use crate::limits::{JSON_DEPTH, TEMPLATE_SIZE};
use crate::scope::Scope;

/// Compiled JSON; names of members are not templates. Clones share it.
#[derive(Clone, Debug)]
pub struct JsonTemplate {
    node: Arc<Node>,
    references: Arc<[Reference]>,
}

/// A value, or what yields one.
#[derive(Debug)]
enum Node {
    /// A value without templates, which every rendering shares.
    Constant(Json),
    Leaf(Template),
    Array(Vec<Node>),
    Object(Vec<(Arc<str>, Node)>),
}

impl JsonTemplate {
    /// Compiles every string leaf. A column counts from the beginning of its leaf, which the message names.
    pub fn parse<'n>(value: &Json, syntax: impl Into<Syntax<'n>>) -> Result<Self, ExprError> {
        let mut references = Vec::new();
        let node = Node::parse(value, syntax.into(), &mut references)?;
        references.sort_unstable();
        references.dedup();
        Ok(Self { node: Arc::new(node), references: references.into() })
    }

    /// The value, with every leaf rendered.
    pub fn render(&self, scope: &Scope) -> Result<Json, EvalError> {
        let value = self.node.render(scope, &mut { TEMPLATE_SIZE })?;
        if value.depth() > JSON_DEPTH {
            return Err(EvalError::too_large());
        }
        bounded(value)
    }

    /// Whether no leaf holds a template.
    pub fn is_constant(&self) -> bool {
        matches!(*self.node, Node::Constant(_))
    }

    /// What the templates read of their roots, each path once.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }
}

impl Node {
    fn parse(value: &Json, syntax: Syntax<'_>, references: &mut Vec<Reference>) -> Result<Self, ExprError> {
        match value {
            Json::String(text) => {
                let template = Template::parse(text, syntax)?;
                references.extend_from_slice(template.references());
                Ok(if template.is_constant() { Self::Constant(value.clone()) } else { Self::Leaf(template) })
            }
            Json::Array(items) => {
                let parse = |(index, item): (usize, &Json)| {
                    Self::parse(item, syntax, references).map_err(|error| error.inside(&format!("[{index}]")))
                };
                let nodes = items.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
                Ok(if nodes.iter().all(Self::is_constant) { Self::Constant(value.clone()) } else { Self::Array(nodes) })
            }
            Json::Object(members) => {
                let parse = |(name, member): (&Arc<str>, &Json)| {
                    let node = Self::parse(member, syntax, references);
                    Ok((Arc::clone(name), node.map_err(|error: ExprError| error.inside(&format!(".{name}")))?))
                };
                let nodes = members.iter().map(parse).collect::<Result<Vec<_>, ExprError>>()?;
                let constant = nodes.iter().all(|(_, node)| node.is_constant());
                Ok(if constant { Self::Constant(value.clone()) } else { Self::Object(nodes) })
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Bytes(_) => Ok(Self::Constant(value.clone())),
        }
    }

    const fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    /// `left` is how many bytes leaves may still have: many of them, each within its limit, would fill the memory.
    fn render(&self, scope: &Scope, left: &mut usize) -> Result<Json, EvalError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Leaf(template) => {
                let value = template.render(scope)?;
                *left = left.checked_sub(value.text_size()).ok_or_else(EvalError::too_large)?;
                Ok(value)
            }
            Self::Array(nodes) => {
                let items = nodes.iter().map(|node| node.render(scope, left)).collect::<Result<_, _>>()?;
                Ok(Json::Array(Arc::new(items)))
            }
            Self::Object(nodes) => {
                let member = |(name, node): &(Arc<str>, Self)| Ok((Arc::clone(name), node.render(scope, left)?));
                Ok(Json::Object(Arc::new(nodes.iter().map(member).collect::<Result<Object, EvalError>>()?)))
            }
        }
    }
}
