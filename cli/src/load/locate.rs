//! The place of a field: from a path of a resource to line and column.

use boathook_operator_core::field::{Field, Segment};

use super::node::{Content, Node};
use super::place::Place;

/// Where a field stands: the place of a plain value, else of its key; where the field is not written, the place of the
/// nearest key or item above it.
pub fn locate(root: &Node, field: &Field) -> Place {
    let mut here = root;
    let mut place = start_of(root);
    for segment in field.segments() {
        let Some((next, at)) = step(here, segment) else { break };
        (here, place) = (next, at);
    }
    place
}

fn step<'a>(here: &'a Node, segment: &Segment) -> Option<(&'a Node, Place)> {
    match segment {
        Segment::Member(name) => {
            let entry = here.entries().iter().rev().find(|entry| entry.key == *name)?;
            Some((&entry.value, if is_plain(&entry.value) { entry.value.place.clone() } else { entry.place.clone() }))
        }
        Segment::Item(index) => here.items().get(*index).map(|item| (item, start_of(item))),
    }
}

/// A mapping or sequence is shown by its first key or item: all of it would cover the page.
pub(super) fn start_of(node: &Node) -> Place {
    match &node.content {
        Content::Scalar(_) => node.place.clone(),
        Content::List(items) => items.first().map_or_else(|| node.place.clone(), start_of),
        Content::Map(entries) => entries.first().map_or_else(|| node.place.clone(), |entry| entry.place.clone()),
    }
}

fn is_plain(node: &Node) -> bool {
    match node.content {
        Content::Scalar(_) => true,
        Content::List(_) | Content::Map(_) => false,
    }
}
