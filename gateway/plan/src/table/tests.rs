//! Tests of `table`.

use proptest::prelude::*;

use super::*;

fn table(patterns: &[&str]) -> Table<usize> {
    let mut table = Table::new();
    for (position, pattern) in patterns.iter().enumerate() {
        table.insert(None, &Pattern::parse(pattern).unwrap(), position).unwrap();
    }
    table
}

fn found(table: &Table<usize>, path: &str) -> Option<(usize, Vec<(String, String)>)> {
    table.find("hooks.example.com", path).map(|found| (*found.value, found.params))
}

fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_parameter_matches_one_segment_and_the_rest_many() {
    let table = table(&["/api/{repo}", "/files/{owner}/{*rest}"]);
    assert_eq!(found(&table, "/api/web"), Some((0, params(&[("repo", "web")]))));
    assert_eq!(found(&table, "/api/web/x"), None);
    assert_eq!(found(&table, "/api/"), None);
    assert_eq!(found(&table, "/files/ada/a/b/c"), Some((1, params(&[("owner", "ada"), ("rest", "a/b/c")]))));
    assert_eq!(found(&table, "/files/ada/"), None);
}

#[test]
fn a_literal_goes_before_a_parameter_and_a_dead_end_goes_back() {
    let table = table(&["/a/{x}", "/a/b", "/a/{x}/c", "/a/b/d"]);
    assert_eq!(found(&table, "/a/b"), Some((1, Vec::new())));
    assert_eq!(found(&table, "/a/z"), Some((0, params(&[("x", "z")]))));
    assert_eq!(found(&table, "/a/b/c"), Some((2, params(&[("x", "b")]))));
}

#[test]
fn a_trailing_slash_is_another_path() {
    let table = table(&["/a", "/b/", "/"]);
    assert_eq!(found(&table, "/a/"), None);
    assert_eq!(found(&table, "/b"), None);
    assert_eq!(found(&table, "/b/"), Some((1, Vec::new())));
    assert_eq!(found(&table, "/"), Some((2, Vec::new())));
}

#[test]
fn paths_that_two_readers_could_read_differently_are_refused() {
    let table = table(&["/{*rest}"]);
    for path in [
        "",
        "a",
        "*",
        "//",
        "/a//b",
        "/a//",
        "/.",
        "/..",
        "/a/./b",
        "/a/../b",
        "/a/..",
        "/%2e",
        "/%2E%2e",
        "/a/.%2e/b",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%5Cb",
        "/a\\b",
        "/a%00b",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%+1",
        "/a% 1",
        "/a\u{7f}",
        "/a%2\u{e9}",
        "/a%ff",
    ] {
        assert_eq!(found(&table, path), None, "{path:?}");
    }
}

#[test]
fn only_whole_segments_are_dot_segments() {
    let table = table(&["/{name}"]);
    assert_eq!(found(&table, "/..."), Some((0, params(&[("name", "...")]))));
    assert_eq!(found(&table, "/a..b"), Some((0, params(&[("name", "a..b")]))));
}

#[test]
fn unreserved_characters_may_be_encoded_and_are_decoded_once() {
    let table = table(&["/github/{repo}"]);
    assert_eq!(found(&table, "/%67it%68ub/a"), Some((0, params(&[("repo", "a")]))));
    assert_eq!(found(&table, "/github/a%20b%2b+"), Some((0, params(&[("repo", "a b++")]))));
    assert_eq!(found(&table, "/github/%25%32%66"), Some((0, params(&[("repo", "%2f")]))));
    assert_eq!(found(&table, "/github/%252e%252e"), Some((0, params(&[("repo", "%2e%2e")]))));
    assert_eq!(found(&table, "/github/%C3%A9"), Some((0, params(&[("repo", "é")]))));
    assert_eq!(found(&table, "/github/é"), Some((0, params(&[("repo", "é")]))));
}

#[test]
fn a_request_cannot_name_a_parameter() {
    let table = table(&["/a/{x}", "/a/b"]);
    assert_eq!(found(&table, "/a/{x}"), Some((0, params(&[("x", "{x}")]))));
    assert_eq!(found(&table, "/a/{*x}"), Some((0, params(&[("x", "{*x}")]))));
}

#[test]
fn a_host_with_a_table_of_its_own_is_answered_from_that_alone() {
    let mut table = table(&["/a"]);
    table.insert(Some("Shop.example.com"), &Pattern::parse("/b").unwrap(), 7).unwrap();
    for host in ["shop.example.com", "SHOP.example.com:8443", "shop.example.com.", "shop.example.com.:80"] {
        assert_eq!(table.find(host, "/b").map(|found| *found.value), Some(7), "{host}");
        assert_eq!(table.find(host, "/a"), None, "{host}");
    }
    for host in ["", "other.example.com", "10.0.0.1:8080", "[::1]:8080", "[::1]", "shop.example.com.evil"] {
        assert_eq!(table.find(host, "/a").map(|found| *found.value), Some(0), "{host}");
        assert_eq!(table.find(host, "/b"), None, "{host}");
    }
    assert_eq!(table.len(), 2);
}

#[test]
fn the_earlier_pattern_wins_and_is_named() {
    for (earlier, later) in [
        ("/a/b", "/a/b"),
        ("/a/{x}", "/a/{y}"),
        ("/a/{*x}", "/a/{y}"),
        ("/a/{*x}", "/a/{y}/b"),
        ("/a/{y}", "/a/{*x}"),
        ("/a/{y}/b", "/a/{*x}"),
        ("/a/{x}/b/{z}", "/a/{y}/b/{w}"),
    ] {
        let mut table = table(&[earlier]);
        let conflict = table.insert(None, &Pattern::parse(later).unwrap(), 1).unwrap_err();
        assert_eq!(conflict.with, earlier);
        assert_eq!(table.get(None, &conflict.with), Some(&0));
        assert_eq!(table.len(), 1);
    }
}

#[test]
fn patterns_that_can_be_told_apart_live_together() {
    let pairs = [
        ("/a/{x}", "/a/{y}/b"),
        ("/a/{x}", "/a/b"),
        ("/a/{*x}", "/a/b"),
        ("/{t}/a", "/{u}/b"),
        ("/a", "/a/"),
        ("/a/{*x}", "/a/"),
    ];
    for (one, other) in pairs {
        assert_eq!(table(&[one, other]).len(), 2);
        assert_eq!(table(&[other, one]).len(), 2);
    }
}

#[test]
fn what_is_not_a_pattern_is_said() {
    let name = |name: &str| PatternError::BadName { name: name.to_owned() };
    let partial = |segment: &str| PatternError::PartialSegment { segment: segment.to_owned() };
    let cases = [
        ("", PatternError::NotAbsolute),
        ("a", PatternError::NotAbsolute),
        ("//", PatternError::EmptySegment),
        ("/a//b", PatternError::EmptySegment),
        ("/.", PatternError::DotSegment),
        ("/a/../b", PatternError::DotSegment),
        ("/a%2fb", PatternError::BadCharacter { found: '%' }),
        ("/a#b", PatternError::BadCharacter { found: '#' }),
        ("/a?b", PatternError::BadCharacter { found: '?' }),
        ("/a b", PatternError::BadCharacter { found: ' ' }),
        ("/é", PatternError::BadCharacter { found: 'é' }),
        ("/a-{x}", partial("a-{x}")),
        ("/{x}-a", partial("{x}-a")),
        ("/{x", partial("{x")),
        ("/{x}{y}", name("x}{y")),
        ("/{}", name("")),
        ("/{*}", name("")),
        ("/{X}", name("X")),
        ("/{1x}", name("1x")),
        ("/{x-y}", name("x-y")),
        ("/{{x}}", name("{x}")),
        ("/{x}/{x}", PatternError::RepeatedName { name: "x".to_owned() }),
        ("/{*x}/a", PatternError::RestNotLast),
        ("/{*x}/", PatternError::RestNotLast),
    ];
    for (text, error) in cases {
        assert_eq!(Pattern::parse(text), Err(error), "{text}");
    }
    assert_eq!(Pattern::parse(&format!("/{}", "a".repeat(1024))), Err(PatternError::TooLong));
    let many: String = (0..17).fold(String::new(), |path, number| format!("{path}/{{x{number}}}"));
    assert_eq!(Pattern::parse(&many), Err(PatternError::TooManyNames));
}

#[test]
fn a_pattern_knows_its_names() {
    let pattern = Pattern::parse("/api/webhooks/shop/{repo}/{*theRest_2}").unwrap();
    assert_eq!(pattern.names(), ["repo", "theRest_2"]);
    assert_eq!(pattern.to_string(), "/api/webhooks/shop/{repo}/{*theRest_2}");
}

fn patterns() -> impl Strategy<Value = Vec<String>> {
    let segment = prop_oneof![Just("a"), Just("b"), Just("ab"), Just("{x}"), Just("{y}")];
    let tail = prop_oneof![Just(""), Just("/"), Just("/{*r}"), Just("/{*s}")];
    let path = (prop::collection::vec(segment, 1..4), tail).prop_map(|(segments, tail)| {
        let named = segments.iter().enumerate().map(|(place, segment)| segment.replace('}', &format!("{place}}}")));
        named.fold(String::new(), |path, segment| format!("{path}/{segment}")) + tail
    });
    prop::collection::vec(path, 1..24)
}

proptest! {
    #[test]
    fn a_conflict_always_names_a_pattern_of_the_table(patterns in patterns()) {
        let mut table = Table::new();
        for text in &patterns {
            if let Err(conflict) = table.insert(None, &Pattern::parse(text).unwrap(), text.clone()) {
                prop_assert_eq!(table.get(None, &conflict.with), Some(&conflict.with));
            }
        }
    }

    #[test]
    fn no_path_makes_the_table_panic(path in "\\PC*", escapes in "(/|%|%2|%2f|%41|\\.|[a-z]|é)*") {
        let table = table(&["/a/{x}", "/{*rest}"]);
        let _ = table.find("h", &path);
        let _ = table.find("h", &format!("/{escapes}"));
    }
}
