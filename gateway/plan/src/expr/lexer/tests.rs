//! Tests of `lexer`.

use super::*;

fn tokens(text: &str) -> Vec<(TokenKind, &str)> {
    Lexer::new(text, 0).map(|token| token.map(|token| (token.kind, &text[token.start..token.end])).unwrap()).collect()
}

fn error(text: &str) -> (usize, &'static str) {
    let error = Lexer::new(text, 0).find_map(Result::err).unwrap();
    (error.at, error.message)
}

#[test]
fn tokens_end_where_cel_ends_them() {
    use TokenKind::{Close, Dot, Literal, Name, Open, Root, Sign};
    assert_eq!(
        tokens("$a.b[0x1F]?.c // $d\n && 1.5e+3u == r'\\'"),
        [
            (Root, "$a"),
            (Dot, "."),
            (Name, "b"),
            (Open, "["),
            (Literal, "0x1F"),
            (Close, "]"),
            (Sign, "?"),
            (Dot, "."),
            (Name, "c"),
            (Sign, "&"),
            (Sign, "&"),
            (Literal, "1.5e+3u"),
            (Sign, "="),
            (Sign, "="),
            (Literal, "r'\\'"),
        ]
    );
    assert_eq!(tokens("1.size()")[..3], [(Literal, "1"), (Dot, "."), (Name, "size")]);
}

#[test]
fn literals_hide_what_looks_like_something_else() {
    for literal in [
        "'$a }} \\' )'",
        "\"$a\"",
        "'''a'\n\"$b''c'''",
        "\"\"\"it's\"\"\"",
        "b'\\'$'",
        "br\"\\\"",
        "R'''\\'''",
        "`$a-b`",
        "''",
        "\"\"\"\"\"\"",
    ] {
        assert_eq!(tokens(literal), [(TokenKind::Literal, literal)]);
    }
}

#[test]
fn what_has_no_end_is_refused_where_it_began() {
    assert_eq!(error("a + 'b"), (4, "a text without an end"));
    assert_eq!(error("'a\nb'"), (0, "a text without an end"));
    assert_eq!(error("r'''a''"), (0, "a text without an end"));
    assert_eq!(error("'a\\"), (0, "a text without an end"));
    assert_eq!(error("a.`b"), (2, "a name without its closing back quote"));
    assert_eq!(error("é + $"), (5, "`$` must be followed by the name of a variable"));
}
