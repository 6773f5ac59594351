use super::*;

#[test]
fn a_value_is_written_as_it_was_read() {
    let text = r#"{"a":[1,1.5,null,true],"b":"x\"y"}"#;
    assert_eq!(read(text.as_bytes(), &Projection::all()).unwrap().to_string(), text);
}
