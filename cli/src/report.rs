//! Problems as a person reads them: each with an excerpt of its file and a caret, as `rustc` prints them.
//!
//! Never an excerpt of text that may hold secrets.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::load::SourceFile;
use crate::load::place::Place;
use crate::load::problem::Problem;

/// `1 file`, `2 files`
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

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
        Some((text, place)) => title.element(excerpt_of(file, text, place)),
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

/// The line of the place: a caret under more than one explains nothing, and a file may be long and full of problems.
fn excerpt_of<'a>(file: &'a SourceFile, text: &'a str, place: &Place) -> Snippet<'a, Annotation<'a>> {
    let start = text.floor_char_boundary(place.bytes.start);
    let end = text.floor_char_boundary(place.bytes.end.max(start));
    let (before, after) = text.split_at(start);
    let first = before.rfind('\n').map_or(0, |found| found + 1);
    let last = after.find('\n').map_or(text.len(), |found| start + found);
    let line = text.get(first..last).unwrap_or_default().trim_end_matches('\r');
    let last = first + line.len();
    let start = start.min(last);
    let end = end.min(last).max((start + 1).min(last));
    let mark = start - first..line.ceil_char_boundary(end - first);
    let annotation = AnnotationKind::Primary.span(mark);
    Snippet::source(line).line_start(place.line).path(file.name.as_str()).annotation(annotation)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use boathook_operator_core::field::Field;

    use super::text;
    use crate::load::place::Place;
    use crate::load::problem::Problem;
    use crate::load::{SourceFile, load};

    fn told(source: &str) -> String {
        let loaded = load(vec![SourceFile { name: "a.yaml".to_owned(), text: Ok(source.to_owned()) }]);
        text(&loaded.files, &loaded.problems, false)
    }

    #[test]
    fn a_problem_at_the_end_of_a_file_without_a_last_line_end_is_shown() {
        let told = told("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: é\ndata: {a: [é");
        assert!(told.contains("--> a.yaml:"), "{told}");
        assert!(told.contains("data: {a: [é"), "{told}");
    }

    #[test]
    fn a_place_between_lines_is_shown_at_the_end_of_its_line() {
        for end in 0..=12 {
            let file = SourceFile { name: "a.yaml".to_owned(), text: Ok("a: é\r\n\r\nb:\r\n".to_owned()) };
            let place = Place { line: 1, column: 1, bytes: end..end + 3 };
            let problem = Problem {
                file: 0,
                place: Some(place),
                object: None,
                reason: "Malformed",
                field: Field::default(),
                message: "no".to_owned(),
                confidential: false,
            };
            let told = text(&[file], &[problem], false);
            assert!(told.contains("--> a.yaml:1:"), "{end}: {told}");
            assert!(!told.contains('\r') && !told.contains('␍'), "{end}: {told}");
        }
    }

    #[test]
    fn a_long_file_that_is_full_of_problems_is_told_at_once() {
        let wrong = "apiVersion: boathook.dev/v1alpha1\nkind: WebhookWorkflw\nmetadata: {name: a}\n---\n";
        let start = Instant::now();
        let told = told(&wrong.repeat(10_000));
        assert_eq!(told.matches("the kinds of boathook.dev are").count(), 10_000);
        assert!(told.contains("--> a.yaml:39998:7"), "the last one");
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
