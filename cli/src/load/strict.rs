//! What a cluster's tools would read in another way than a person meant it: repeated keys, and plain words that
//! YAML 1.1 (which `kubectl` speaks) takes for booleans and numbers and YAML 1.2 takes for text.
//!
//! Knows nothing of what the document is about.

use boathook_operator_core::field::Field;

use super::node::{Content, Node};
use super::place::Place;

/// One thing to mend.
#[derive(Debug, PartialEq, Eq)]
pub struct Unclear {
    /// Where.
    pub place: Place,
    /// Which field.
    pub field: Field,
    /// What is wrong and how to write it.
    pub message: String,
}

/// All of them, in the order of the text. `text` is what the places of `node` count in; where it is confidential, no
/// message repeats a value.
pub fn unclear(node: &Node, text: &str, confidential: bool) -> Vec<Unclear> {
    let mut walk = Walk { text, confidential, found: Vec::new() };
    walk.node(node, &Field::default());
    walk.found
}

struct Walk<'a> {
    text: &'a str,
    confidential: bool,
    found: Vec<Unclear>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, field: &Field) {
        match &node.content {
            Content::Scalar(_) => self.word(&node.place, field),
            Content::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &field.item(index));
                }
            }
            Content::Map(entries) => {
                let mut seen = std::collections::HashSet::new();
                for entry in entries {
                    let field = field.key(&entry.key);
                    self.word(&entry.place, &field);
                    if !seen.insert(&entry.key) {
                        let message = format!("`{}` is written twice here: keep one", entry.key);
                        self.found.push(Unclear { place: entry.place.clone(), field: field.clone(), message });
                    }
                    self.node(&entry.value, &field);
                }
            }
        }
    }

    fn word(&mut self, place: &Place, field: &Field) {
        let Some(word) = self.text.get(place.bytes.clone()) else { return };
        let Some(meaning) = old_meaning(word) else { return };
        let meant = if meaning == "a number" { "the number without leading zeros and underscores" } else { meaning };
        let message = if self.confidential {
            format!("this word is {meaning} for kubectl (YAML 1.1) and text for YAML 1.2: write it in quotes")
        } else {
            format!(
                "`{word}` is {meaning} for kubectl (YAML 1.1) and text for YAML 1.2: write \"{word}\" in quotes, or {meant}"
            )
        };
        self.found.push(Unclear { place: place.clone(), field: field.clone(), message });
    }
}

/// What YAML 1.1 makes of a plain word that is text in YAML 1.2.
fn old_meaning(word: &str) -> Option<&'static str> {
    match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some("true"),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some("false"),
        _ => is_old_number(word).then_some("a number"),
    }
}

fn is_old_number(word: &str) -> bool {
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let is_grouped = digits.contains('_') && digits.starts_with(|first: char| first.is_ascii_digit());
    let is_octal = digits.len() > 1 && digits.starts_with('0');
    (is_grouped || is_octal) && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}
