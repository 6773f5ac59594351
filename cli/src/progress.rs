//! Progress of work that takes long, on standard error, where a person looks.

use std::time::Duration;

use indicatif::{BinaryBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::Console;

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// A bar of work whose length is said later; hidden where nobody looks.
pub fn bar(console: &Console, doing: &'static str, things: &'static str) -> ProgressBar {
    let bar = hidden_or_shown(console, &format!("{doing} [{{bar:40}}] {{pos}}/{{len}} {things}, {{eta}} left"));
    bar.set_length(0);
    bar
}

/// A sign of life; hidden where nobody looks.
pub fn spinner(console: &Console, doing: &'static str) -> ProgressBar {
    let bar = hidden_or_shown(console, &format!("{{spinner}} {doing} {{elapsed}}"));
    if console.terminals().err {
        bar.enable_steady_tick(TURN);
    }
    bar
}

/// A count of work whose length nobody knows; hidden where nobody looks.
pub fn count(console: &Console, doing: &'static str, things: &'static str) -> ProgressBar {
    hidden_or_shown(console, &format!("{{spinner}} {doing}: {{pos}} {things}, {{elapsed}}"))
}

/// `12 B`, `3.50 MiB`
pub fn bytes(number: u64) -> String {
    BinaryBytes(number).to_string()
}

fn hidden_or_shown(console: &Console, template: &str) -> ProgressBar {
    let target = if console.terminals().err { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, target).with_style(style)
}
