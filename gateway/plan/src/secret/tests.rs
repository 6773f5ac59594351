//! Secrets: what they match, and that they travel whole and unseen.

use super::*;

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

#[test]
fn a_secret_matches_itself_alone() {
    let token = secret("tok_1");
    assert!(token.matches(b"tok_1"));
    for other in ["", "tok_", "tok_2", "tok_11", "TOK_1", "tok_1\n"] {
        assert!(!token.matches(other.as_bytes()), "{other:?}");
    }
}

#[test]
fn an_empty_secret_matches_nothing() {
    assert!(!secret("").matches(b""));
    assert!(!secret("").matches(b"x"));
    assert!(secret("").is_empty());
}

#[test]
fn keys_travel_as_base64() {
    let keys = Keys {
        schemes: vec![vec![Some(KeyValue::Bytes(SecretText(Secret::new(vec![0, 255])))), None]],
        secrets: [("token".to_owned(), SecretText(secret("t")))].into(),
    };
    let text = serde_json::to_string(&keys).unwrap();
    assert_eq!(text, r#"{"schemes":[[{"bytes":"AP8="},null]],"secrets":{"token":"dA=="}}"#);
    let read: Keys = serde_json::from_str(&text).unwrap();
    let Some(KeyValue::Bytes(value)) = &read.schemes[0][0] else { panic!("a value") };
    assert_eq!(value.0.expose(), [0, 255]);
}

#[test]
fn a_secret_that_is_not_base64_is_refused_without_a_word_of_it() {
    let error = serde_json::from_str::<SecretText>(r#""not base64!""#).unwrap_err().to_string();
    assert!(error.starts_with("a secret that is not base64"), "{error}");
    assert!(!error.contains("not base64!"), "{error}");
}
