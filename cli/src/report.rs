//! Problems as a person reads them: each with an excerpt of its file and a caret, as `rustc` prints them.
//!
//! Never an excerpt of text that may hold secrets.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::load::SourceFile;
use crate::load::place::Place;
use crate::load::problem::Problem;

/// All problems, a blank line between two of them.
pub fn text(files: &[SourceFile], problems: &[Problem], colours: bool) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let texts = problems.iter().map(|problem| renderer.render(&[one(files, problem)]));
    texts.collect::<Vec<_>>().join("\n\n")
}

fn one<'a>(files: &'a [SourceFile], problem: &'a Problem) -> Group<'a> {
    let title = Level::ERROR.primary_title(&*problem.message).id(problem.reason);
    let Some(file) = files.get(problem.file) else { return Group::with_title(title) };
    let excerpt = file.text.as_ref().ok().filter(|_| !problem.confidential).zip(problem.place.as_ref());
    let group = match excerpt {
        Some((text, place)) => title.element(
            Snippet::source(text.as_str())
                .path(file.name.as_str())
                .annotation(AnnotationKind::Primary.span(on_one_line(text, place))),
        ),
        None => title.element(origin(file, problem.place.as_ref())),
    };
    match subject(problem) {
        Some(subject) => group.element(Level::NOTE.message(subject)),
        None => group,
    }
}

/// Which field of which object.
fn subject(problem: &Problem) -> Option<String> {
    let field = Some(problem.field.to_string()).filter(|field| !field.is_empty());
    match (field, &problem.object) {
        (Some(field), Some(object)) => Some(format!("{field} of {object}")),
        (Some(field), None) => Some(field),
        (None, Some(object)) => Some(object.to_string()),
        (None, None) => None,
    }
}

fn origin<'a>(file: &'a SourceFile, place: Option<&Place>) -> Origin<'a> {
    let origin = Origin::path(file.name.as_str());
    place.map_or_else(|| origin.clone(), |place| origin.clone().line(place.line).char_column(place.column))
}

/// A caret under more than one line explains nothing.
fn on_one_line(text: &str, place: &Place) -> std::ops::Range<usize> {
    let start = place.bytes.start.min(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.find('\n').unwrap_or(rest.len());
    let end = place.bytes.end.clamp(start, start + line).max(start + usize::from(line > 0));
    if text.is_char_boundary(start) && text.is_char_boundary(end) { start..end } else { start..start }
}
