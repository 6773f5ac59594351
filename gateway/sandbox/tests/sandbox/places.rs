//! Whether a script compiles, and where it does not.

use boathook_sandbox::FaultKind;

use crate::sandbox;

#[tokio::test]
async fn a_script_that_compiles_is_not_run() {
    let sandbox = sandbox().await;
    for code in [
        "return 1",
        "while (true) {}",
        "throw new Error('no')",
        "// a comment",
        "const crypto = require('crypto');\nreturn 1 // so",
    ] {
        assert_eq!(sandbox.check("shop", code).await, Ok(None), "{code}");
    }
}

#[tokio::test]
async fn a_script_that_does_not_compile_says_where() {
    let sandbox = sandbox().await;
    for (code, line) in [
        ("return {", 1),
        ("const a = 1;\nconst a = 2;", 2),
        ("return 1;\nif (a {\n}", 2),
        ("a b", 1),
        ("return `unclosed", 1),
        ("import fs from 'fs'", 1),
    ] {
        let fault = sandbox.check("shop", code).await.unwrap().unwrap_or_else(|| panic!("{code} compiles"));
        assert_eq!((fault.kind, fault.line), (FaultKind::Syntax, Some(line)), "{code}: {fault}");
        assert!(fault.message.starts_with("SyntaxError: "), "{code}: {fault}");
    }
    let fault = sandbox.check("shop", "return /(/").await.unwrap().unwrap();
    assert_eq!(fault.to_string(), "SyntaxError: expecting ')'");
    let fault = sandbox.check("shop", "return '\0'").await.unwrap().unwrap();
    assert_eq!(fault.message, "SyntaxError: the script holds a NUL character");
}

#[tokio::test]
async fn a_script_cannot_close_the_function_that_it_is_the_body_of() {
    let sandbox = sandbox().await;
    for code in [
        "}); while (true) {} (async function () {",
        "}\nwhile (true) {}\nasync function other() {",
        "} (1) + async function () {",
        "}, async () => {",
        "}\nasync function other() {",
        "} }); ({ a() {",
        "}",
    ] {
        let fault = sandbox.check("shop", code).await.unwrap();
        assert!(fault.is_some_and(|fault| fault.kind == FaultKind::Syntax), "{code}");
    }
}
