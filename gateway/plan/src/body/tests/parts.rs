//! `multipart/form-data`.

use super::*;

const MULTIPART: &str = "multipart/form-data; boundary=\"x y\"";

/// A body of parts, each with a head of one line.
fn body(parts: &[(&str, &str)]) -> String {
    let part = |(head, content): &(&str, &str)| format!("--x y\r\n{head}\r\n\r\n{content}\r\n");
    parts.iter().map(part).collect::<String>() + "--x y--\r\n"
}

fn named(disposition: &str, content: &str) -> String {
    body(&[(&format!("Content-Disposition: form-data; {disposition}"), content)])
}

#[test]
fn fields_are_text_and_files_are_objects() {
    let file = "Content-Disposition: form-data; name=\"photo\"; filename=\"a b.png\"\r\ncontent-type: image/png";
    let body = body(&[("Content-Disposition: form-data; name=email", "a@example.test"), (file, "\u{0}\r\n--x\r\n")]);
    assert_eq!(
        text(MULTIPART, body),
        concat!(
            r#"{"email":"a@example.test","photo":{"filename":"a b.png","contentType":"image/png","size":8,"#,
            r#""base64":"AA0KLS14DQo="}}"#
        )
    );
}

#[test]
fn a_repeated_name_is_a_list_and_an_empty_file_field_is_a_file_without_bytes() {
    let tag = "Content-Disposition: form-data; name=\"tag\"";
    assert_eq!(text(MULTIPART, body(&[(tag, "1"), (tag, "")])), r#"{"tag":["1",""]}"#);
    assert_eq!(
        text(MULTIPART, named("name=f; filename=\"\"", "")),
        r#"{"f":{"filename":"","contentType":"text/plain","size":0,"base64":""}}"#
    );
    assert_eq!(text(MULTIPART, "--x y--"), "{}");
}

#[test]
fn a_field_has_its_own_charset_and_what_is_no_text_is_a_file_without_a_name() {
    let latin = "Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=iso-8859-1";
    let with = |head: &str, bytes: &[u8]| [b"--x y\r\n", head.as_bytes(), b"\r\n\r\n", bytes, b"\r\n--x y--"].concat();
    assert_eq!(text(MULTIPART, with(latin, b"\xe9")), r#"{"a":"é"}"#);
    let file = r#"{"a":{"filename":null,"contentType":"text/plain","size":1,"base64":"6Q=="}}"#;
    assert_eq!(text(MULTIPART, with("Content-Disposition: form-data; name=a", b"\xe9")), file);
    let json = "Content-Disposition: form-data; name=a\r\nContent-Type: application/json";
    assert_eq!(text(MULTIPART, with(json, b"[1]")), r#"{"a":"[1]"}"#);
}

#[test]
fn names_are_read_as_browsers_and_others_write_them() {
    for (disposition, expected) in [
        (r#"name="a\"b""#, r#"{"a\"b":"1"}"#),
        (r#"name="a\b""#, r#"{"a\\b":"1"}"#),
        ("NAME=\"naïve\" ; x=y", r#"{"naïve":"1"}"#),
        ("name=\"a;b\"", r#"{"a;b":"1"}"#),
    ] {
        assert_eq!(text(MULTIPART, named(disposition, "1")), expected, "{disposition}");
    }
    let name = |disposition: &str| {
        let data = all(MULTIPART, named(disposition, "1")).unwrap();
        data.get(["f", "filename"]).unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(name("name=f; filename*=UTF-8'de'%C3%A9.txt"), "é.txt");
    assert_eq!(name("name=f; filename=e.txt; filename*=utf-8''%c3%a9.txt"), "e.txt");
    assert_eq!(name("name=f; filename=\"...\""), "...");
}

#[test]
fn a_file_s_name_that_is_a_path_is_refused() {
    for name in [
        "\"../../etc/passwd\"",
        "\"/etc/passwd\"",
        "\"a/b\"",
        r#""C:\\x""#,
        r#""a\b""#,
        "..",
        ".",
        "\"a\u{85}b\"",
        "\"a\u{0}\"",
    ] {
        let (reason, message) = refused(MULTIPART, named(&format!("name=f; filename={name}"), "1"));
        assert_eq!(reason, "MalformedBody", "{name}: {message}");
    }
    let extended = named("name=f; filename*=UTF-8''..%2F..%2Fx", "1");
    assert_eq!(refused(MULTIPART, extended).1, "the body is not multipart/form-data: a file's name must not be a path");
}

#[test]
fn what_is_no_multipart_body_is_refused() {
    let fault = |body: &str| refused(MULTIPART, body).1;
    let prefixed = |message: &str| format!("the body is not multipart/form-data: {message}");
    let delimiter = prefixed("its parts are not delimited by its boundary");
    let good = named("name=a", "1");
    for body in ["{\"a\":1}", "--x y", "--x y\r\n", &good[..good.len() - 9], "--x yz\r\n", &good.replace("\r\n", "\n")]
    {
        assert_eq!(fault(body), delimiter, "{body:?}");
    }
    let name = prefixed("a part has no Content-Disposition form-data with a name");
    for head in
        ["Content-Type: text/plain", "Content-Disposition: attachment; name=a", "Content-Disposition: form-data"]
    {
        assert_eq!(fault(&body(&[(head, "1")])), name, "{head}");
    }
    assert_eq!(fault(&named("name=a; name=b", "1")), name);
    assert_eq!(fault(&named("name=\"\"", "1")), name);
    let head = prefixed("a part's head cannot be read");
    for broken in ["Content-Disposition: form-data;\r\n name=a", "no colon", "Content-Disposition : form-data; name=a"]
    {
        assert_eq!(fault(&body(&[(broken, "1")])), head, "{broken}");
    }
    let encoded = "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64";
    assert_eq!(fault(&body(&[(encoded, "MQ==")])), prefixed("a part has a transfer encoding"));
}

#[test]
fn a_boundary_must_be_one() {
    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    for media in
        ["multipart/form-data", "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"a@b\"", &long]
    {
        assert_eq!(refused(media, "--x--").0, "UnsupportedMediaType", "{media}");
    }
}

#[test]
fn text_around_the_parts_counts_for_nothing() {
    let whole = format!("preamble\r\n{}epilogue", named("name=a", "1").replace("--x y\r\n", "--x y \t\r\n"));
    assert_eq!(text(MULTIPART, whole), r#"{"a":"1"}"#);
}

#[test]
fn parts_and_their_heads_are_bounded() {
    let parts = |count| body(&vec![("Content-Disposition: form-data; name=a", "1"); count]);
    assert_eq!(all(MULTIPART, parts(64)).unwrap().get(["a"]).unwrap().as_array().unwrap().len(), 64);
    assert_eq!(refused(MULTIPART, parts(65)).1, "the body is not multipart/form-data: it has more than 64 parts");
    let head = |size: usize| {
        let start = "Content-Disposition: form-data; name=a\r\nX: ";
        body(&[(&format!("{start}{}", "y".repeat(size - start.len())), "1")])
    };
    assert_eq!(text(MULTIPART, head(8192)), r#"{"a":"1"}"#);
    for size in [8193, 9000, 1 << 20] {
        let message = "the body is not multipart/form-data: a part's head has more than 8192 bytes";
        assert_eq!(refused(MULTIPART, head(size)).1, message);
    }
}

#[test]
fn only_what_is_wanted_of_a_file_is_built() {
    let body = named("name=f; filename=a", "1");
    assert_eq!(part_of(MULTIPART, &body, &only(&["f", "size"])).unwrap().to_string(), r#"{"f":{"size":1}}"#);
    assert_eq!(part_of(MULTIPART, &body, &only(&["g"])).unwrap().to_string(), "{}");
}

#[test]
fn a_part_that_nobody_wants_has_a_type_like_any_other() {
    let body = body(&[("Content-Disposition: form-data; name=z\r\nContent-Type: garbage", "1")]);
    let message = "the body is not multipart/form-data: a part's head cannot be read".to_owned();
    assert_eq!(refused(MULTIPART, &body), ("MalformedBody", message.clone()));
    let fault = part_of(MULTIPART, &body, &only(&["a"])).unwrap_err();
    assert_eq!(fault.to_string(), message);
}

#[test]
fn a_part_that_begins_with_an_empty_line_has_no_head() {
    let smuggled = "--x y\r\n\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nsmuggled\r\n--x y--";
    let message = "the body is not multipart/form-data: a part has no Content-Disposition form-data with a name";
    assert_eq!(refused(MULTIPART, smuggled), ("MalformedBody", message.to_owned()));
}
