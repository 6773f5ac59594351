//! XML.

use super::*;

const XML: &str = "application/xml";

#[test]
fn a_document_is_an_object_without_its_root() {
    for (body, expected) in [
        ("<a>x</a>", r#""x""#),
        ("<a/>", r#""""#),
        ("<a> x </a>", r#"" x ""#),
        ("<a><b>1</b><c>2</c><b>3</b></a>", r#"{"b":["1","3"],"c":"2"}"#),
        ("<a>\n  <b>1</b>\n</a>\n", r#"{"b":"1"}"#),
        ("<a id='7'/>", r#"{"@id":"7"}"#),
        ("<a id='7'>x</a>", r##"{"@id":"7","#text":"x"}"##),
        ("<a>x<b/>y</a>", r##"{"b":"","#text":"xy"}"##),
        ("<s:a xmlns:s='u'><s:b/></s:a>", r#"{"@xmlns:s":"u","s:b":""}"#),
        ("<xml><ToUserName><![CDATA[a<b]]></ToUserName></xml>", r#"{"ToUserName":"a<b"}"#),
        (
            "<?xml version = \"1.1\"  encoding='UTF-8' standalone='no' ?><a b='\"1' c=\"'2\"\n/>",
            r#"{"@b":"\"1","@c":"'2"}"#,
        ),
        ("<?xml version='1.0'?><!-- c --><?p i?><a>1<!-- c -->2<?p?>3</a><!-- c -->", r#""123""#),
        ("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>", r#""<&>\"'A😀""#),
        ("<a b='&lt;\n&#10;'/>", "{\"@b\":\"< \\n\"}"),
        ("<a>x\r\ny\rz</a>", r#""x\ny\nz""#),
        ("<é ü='1'/>", r#"{"@ü":"1"}"#),
    ] {
        assert_eq!(text(XML, body), expected, "{body}");
    }
}

#[test]
fn a_document_type_is_refused_and_no_entity_is_expanded() {
    let bomb = concat!(
        "<!DOCTYPE a [<!ENTITY b \"0123456789\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>",
        "<a>&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;</a>"
    );
    let external = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    for body in [bomb, external, "<!DOCTYPE a SYSTEM \"http://127.0.0.1/\"><a/>", "<a><!DOCTYPE a></a>"] {
        let message = "the body is not XML: it must have no document type declaration".to_owned();
        assert_eq!(refused(XML, body), ("MalformedBody", message), "{body}");
    }
    assert_eq!(refused(XML, "<a>&x;</a>").1, "the body is not XML: it must use no entity of its own");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for body in [
        "x",
        "<a>",
        "</a>",
        "<a></b>",
        "<a><b></a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a/>&amp;",
        "<a/><![CDATA[x]]>",
        "<a b/>",
        "<a b=c/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b='&x;'/>",
        "<1a/>",
        "<a 1b='x'/>",
        "<a>&</a>",
        "<a>&#0;</a>",
        "<a>&#1;</a>",
        "<a>&#xD800;</a>",
        "<a b='&#1;'/>",
        "<a>\u{1}</a>",
        "<a>\u{ffff}</a>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<a/><?xml version='1.0'?>",
        "<a b='1'c='2'/>",
        "<a><?XML?></a>",
        " <?xml version='1.0'?><a/>",
        "<a><![CDATA[x</a>",
        "{\"a\":1}",
    ] {
        assert_eq!(refused(XML, body).0, "MalformedBody", "{body:?}");
    }
}

#[test]
fn a_document_is_bounded_in_depth_and_values() {
    let nested = |depth: usize| format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(all(XML, nested(64)).is_ok());
    assert_eq!(refused(XML, nested(65)).1, "reading the body: nested deeper than 64");
    let wide = |count: usize| format!("<r>{}</r>", "<a/>".repeat(count));
    assert!(all(XML, wide(99_999)).is_ok());
    assert_eq!(refused(XML, wide(100_000)).1, "reading the body: more than 100000 values");
    let attributes = (0..100_000).map(|number| format!(" a{number}=''")).collect::<Vec<_>>().concat();
    assert_eq!(refused(XML, format!("<a{attributes}/>")).1, "reading the body: more than 100000 values");
}

#[test]
fn only_what_is_wanted_is_built_and_all_is_checked() {
    let body = "<a id='1'><b><c>1</c><d>2</d></b><e>3</e>x</a>";
    for (path, expected) in [
        (&["b", "c"][..], r#"{"b":{"c":"1"}}"#),
        (&["@id"], r#"{"@id":"1"}"#),
        (&["#text"], r##"{"#text":"x"}"##),
        (&["e", "x"], r#"{"e":"3"}"#),
        (&["z"], "{}"),
    ] {
        assert_eq!(part_of(XML, body, &only(path)).unwrap().to_string(), expected, "{path:?}");
    }
    assert!(part_of(XML, "<a><b>1</b><c>&x;</c></a>", &only(&["b"])).is_err());
}

#[test]
fn a_declaration_that_is_none_is_refused() {
    for body in [
        "<?xml version='9'?><a/>",
        "<?xml version='1.'?><a/>",
        "<?xml?><a/>",
        "<?xml encoding='utf-8'?><a/>",
        "<?xml version='1.0'encoding='utf-8'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='utf-8'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' more='x'?><a/>",
        "<?XmL version='1.0'?><a/>",
    ] {
        let message = "the body is not XML: it is not well-formed".to_owned();
        assert_eq!(refused(XML, body), ("MalformedBody", message), "{body}");
    }
}
