//! `application/x-www-form-urlencoded`.

use super::*;

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_form_is_an_object_of_texts_and_a_repeated_field_is_a_list() {
    assert_eq!(text(FORM, "b=2&a=x+y%20z&c"), r#"{"b":"2","a":"x y z","c":""}"#);
    assert_eq!(text(FORM, "a=1&b=2&a=3&a="), r#"{"a":["1","3",""],"b":"2"}"#);
    assert_eq!(text(FORM, "&a=1&&=x&a=b=c"), r#"{"a":["1","b=c"],"":"x"}"#);
    assert_eq!(text(FORM, "a%5B0%5D%5Bb%5D=%C3%A9"), r#"{"a[0][b]":"é"}"#);
    assert_eq!(text(FORM, "{\"a\":1}"), r#"{"{\"a\":1}":""}"#, "JSON that pretends to be a form is a field's name");
}

#[test]
fn a_percent_sign_that_escapes_nothing_is_itself() {
    assert_eq!(text(FORM, "a=100%&b=%zz&c=%4"), r#"{"a":"100%","b":"%zz","c":"%4"}"#);
}

#[test]
fn a_form_is_text_in_its_charset_or_refused() {
    assert_eq!(text("application/x-www-form-urlencoded; charset=iso-8859-1", "a=%E9\u{20ac}"), r#"{"a":"éâ‚¬"}"#);
    for body in [&b"a=%ff"[..], b"a=\xff", b"%ff=1"] {
        assert_eq!(refused(FORM, body).0, "MalformedBody");
    }
}

#[test]
fn only_the_fields_that_are_wanted_are_built_and_all_are_checked() {
    assert_eq!(part_of(FORM, "a=1&b=2&a=3", &only(&["a"])).unwrap().to_string(), r#"{"a":["1","3"]}"#);
    assert!(part_of(FORM, "a=1&b=%ff", &only(&["a"])).is_err());
}

#[test]
fn fields_are_bounded() {
    let many = |count: usize| (0..count).map(|number| format!("f{number}=&")).collect::<Vec<_>>().concat();
    assert_eq!(all(FORM, many(99_999)).unwrap().as_object().unwrap().len(), 99_999);
    assert_eq!(refused(FORM, many(100_000)).1, "reading the body: more than 100000 values");
}
