//! The signed bytes: every placeholder, put in once, and no boundary that moves.

use super::*;

const KEY: &str = "secret";

fn form(content: &str) -> Scheme {
    hmac(HmacForm { content: content.to_owned(), id_header: Some("X-Id".to_owned()), ..plain_form() })
}

/// Whether a request that signs `signed` (its text, under a form over the body alone) is accepted by `content`.
fn signs(content: &str, sent: RawRequest, text: &str) -> Result<usize, Reason> {
    let mac = signed(&hmac(plain_form()), &key(KEY), request(&[], text.as_bytes()));
    let sent = with_header(sent, "x-signature", Some(header(&mac, "x-signature")));
    matched(&verifier(form(content), vec![key(KEY)]), &sent)
}

fn sent() -> RawRequest {
    with_query(request(&[("x-id", "d1"), ("x-more", "m")], b"body"), "a=1%202&b=+")
}

#[test]
fn every_placeholder_is_its_part_of_the_request() {
    for (content, text) in [
        ("{body}", "body"),
        ("v0:{body}", "v0:body"),
        ("{id}.{body}", "d1.body"),
        ("{header.X-More}|{body}", "m|body"),
        ("{query.a}|{body}", "1 2|body"),
        ("{query.b}|{body}", " |body"),
        ("{url}{body}", "https://hooks.example.test/in/hook?a=1%202&b=+body"),
        ("{path}\n{body}", "/in/hook\nbody"),
        ("{method}{path}{body}", "POST/in/hookbody"),
        ("{secret}{body}{secret}", "secretbodysecret"),
        ("{body}\n", "body\n"),
    ] {
        assert_eq!(signs(content, sent(), text), Ok(0), "{content}");
        assert_eq!(signs(content, sent(), "else"), Err(Reason::SignatureInvalid), "{content}");
    }
}

#[test]
fn what_a_placeholder_puts_in_is_never_looked_at_again() {
    let body = "{timestamp}{secret}{body}{url}$&$1\\1%s";
    let text = format!("d1.{body}");
    assert_eq!(signs("{id}.{body}", request(&[("x-id", "d1")], body.as_bytes()), &text), Ok(0));
    let id = "{body}";
    assert_eq!(signs("{id}.{body}", request(&[("x-id", id)], b"b"), "{body}.b"), Ok(0));
}

#[test]
fn a_part_that_is_missing_or_there_twice_is_refused() {
    let bare = request(&[], b"body");
    assert_eq!(signs("{id}.{body}", bare.clone(), ".body"), Err(Reason::SignatureMissing));
    assert_eq!(signs("{header.x-more}.{body}", bare.clone(), ".body"), Err(Reason::SignatureMissing));
    assert_eq!(signs("{query.a}.{body}", bare, ".body"), Err(Reason::SignatureMissing));
    let twice = request(&[("x-id", "d1"), ("x-id", "d1")], b"body");
    assert_eq!(signs("{id}.{body}", twice, "d1.body"), Err(Reason::SignatureInvalid));
    for query in ["a=1&a=1", "a=1&%61=1", "a=1&a"] {
        let twice = with_query(request(&[], b"body"), query);
        assert_eq!(signs("{query.a}.{body}", twice, "1.body"), Err(Reason::SignatureInvalid), "{query}");
    }
}

#[test]
fn an_id_cannot_take_bytes_from_its_neighbour() {
    // Signed as id `d1`, body `x.body`; presented as id `d1.x`, body `body`.
    assert_eq!(signs("{id}.{body}", request(&[("x-id", "d1")], b"x.body"), "d1.x.body"), Ok(0));
    assert_eq!(signs("{id}.{body}", request(&[("x-id", "d1.x")], b"body"), "d1.x.body"), Err(Reason::SignatureInvalid));
    assert_eq!(signs("{body}.{id}", request(&[("x-id", "d1")], b"body.x"), "body.x.d1"), Ok(0));
    assert_eq!(signs("{body}.{id}", request(&[("x-id", "x.d1")], b"body"), "body.x.d1"), Err(Reason::SignatureInvalid));
    // At the ends there is no neighbour, and a separator of another boundary is only a byte.
    assert_eq!(signs("v0:{id}.{body}", request(&[("x-id", "d:1")], b"body"), "v0:d:1.body"), Ok(0));
    assert_eq!(signs("{body}.{id}:end", request(&[("x-id", "d:1")], b"body"), "body.d:1:end"), Ok(0));
}

#[test]
fn a_boundary_that_overlaps_itself_does_not_move_either() {
    // Signed as id `d`, body `-1`; presented as id `d-`, body `1`.
    assert_eq!(signs("{id}--{body}", request(&[("x-id", "d")], b"-1"), "d---1"), Ok(0));
    assert_eq!(signs("{id}--{body}", request(&[("x-id", "d-")], b"1"), "d---1"), Err(Reason::SignatureInvalid));
    assert_eq!(signs("{body}--{id}", request(&[("x-id", "d")], b"1-"), "1---d"), Ok(0));
    assert_eq!(signs("{body}--{id}", request(&[("x-id", "-d")], b"1"), "1---d"), Err(Reason::SignatureInvalid));
    assert_eq!(
        signs("{id}--{body}", request(&[("x-id", "-d-e")], b"1"), "-d-e--1"),
        Ok(0),
        "dashes alone move nothing"
    );
}

#[test]
fn a_template_names_only_what_exists() {
    for content in [
        "",
        "{nope}",
        "{}",
        "{body",
        "body}",
        "{{body}}",
        "{header.}",
        "{header.a b}",
        "{query.}",
        "{cookie.a}",
        "{Body}",
        "{body.x}",
    ] {
        let verification = either(vec![form(content)]);
        assert!(Verifier::new(&verification, &[]).is_err(), "{content}");
    }
    assert!(Verifier::new(&either(vec![form(&"x".repeat(1_025))]), &[]).is_err());
}
