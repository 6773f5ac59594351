//! Scripts as people write them today.

use boathook_sandbox::FaultKind;
use serde_json::json;

use crate::{ended, fault, sandbox, value};

#[tokio::test]
async fn scripts_as_people_write_them_today_run() {
    let sandbox = sandbox().await;
    for (code, result) in [
        ("return context.data.ref.replace('refs/heads/', '')", json!("main")),
        (
            "const formData = context.data; if (formData.email) { return {email: formData.email}; } return null;",
            json!({"email": "ada@example.com"}),
        ),
        ("return JSON.stringify(context.data.commits)", json!(r#"[{"id":"a1"},{"id":"b2"}]"#)),
        ("return steps.fetch.status === 200 && vars.secret.length", json!(6)),
        ("return $context.data.commits.map(({id}) => id).join()", json!("a1,b2")),
        (
            "return [typeof item, typeof index, typeof batch, typeof $item]",
            json!(["undefined", "undefined", "undefined", "undefined"]),
        ),
        ("const index = 1; let steps = 2; var item = 3; return index + steps + item", json!(6)),
        ("total = 0; for (const commit of context.data.commits) total += 1; return total", json!(2)),
        ("// only a comment", json!(null)),
        ("return", json!(null)),
        ("return await Promise.all([1, Promise.resolve(2)])", json!([1, 2])),
        ("return Promise.resolve(1).then((one) => { return {one}; })", json!({"one": 1})),
        ("return new Date('2026-11-24T12:00:00Z').getHours()", json!(12)),
        ("return `${execution.attempt}-${$execution.id}`.length", json!(38)),
        ("return 'é日'.length + /^\\p{L}+$/u.test('é日')", json!(3)),
        (
            "return {big: 2**53, not: NaN, gone: undefined, list: [undefined]}",
            json!({"big": 9_007_199_254_740_992_i64, "not": null, "list": [null]}),
        ),
    ] {
        assert_eq!(value(&sandbox, code).await, result, "{code}");
    }
}

#[tokio::test]
async fn a_signature_is_verified_as_in_node() {
    let code = "
        const crypto = require('crypto');
        const expected = 'sha256=' + crypto.createHmac('sha256', vars.secret)
            .update(context.raw).digest('hex');
        const given = context.headers['x-hub-signature-256'];
        if (given.length !== expected.length) return false;
        return [expected, crypto.timingSafeEqual(Buffer.from(given), Buffer.from(expected))];";
    let expected = "sha256=5910e62016ef5034272c926c27071992a465c2335cecf41851bda071577f4f6d";
    let sandbox = sandbox().await;
    let said = value(&sandbox, code).await;
    assert_eq!(said, json!([expected, true]));
}

#[tokio::test]
async fn an_error_names_its_line() {
    let sandbox = sandbox().await;
    let thrown = fault(&sandbox, "const a = 1;\nif (a) {\n  throw new Error('the order has no id');\n}").await;
    assert_eq!((thrown.kind, thrown.line), (FaultKind::Thrown, Some(3)));
    assert_eq!(thrown.message, "Error: the order has no id");
    let missing = fault(&sandbox, "return context.data.user.name").await;
    assert_eq!((missing.kind, missing.line), (FaultKind::Thrown, Some(1)));
    assert_eq!(missing.message, "TypeError: cannot read property 'name' of undefined");
    let unknown = fault(&sandbox, "\n\nreturn fetch('https://example.com')").await;
    assert_eq!((unknown.message.as_str(), unknown.line), ("ReferenceError: fetch is not defined", Some(3)));
    let rejected = fault(&sandbox, "await null;\nthrow 'just a text'").await;
    assert_eq!((rejected.message.as_str(), rejected.line), ("just a text", None));
    let object = fault(&sandbox, "throw {status: 404}").await;
    assert_eq!(object.message, r#"{"status":404}"#);
    let later = fault(&sandbox, "const f = () => {\n  null.x;\n};\nawait 1;\nf();").await;
    assert_eq!(later.line, Some(2));
}

#[tokio::test]
async fn the_console_is_kept_with_the_run() {
    let sandbox = sandbox().await;
    let code = "console.log('got', 2, context.data.commits[0], null, undefined, true, 3n);
        console.warn(new Error('odd').message); console.error([1, {a: 'b'}]); return 1";
    let run = ended(&sandbox, code).await;
    assert_eq!(run.console, [r#"got 2 {"id":"a1"} null undefined true 3n"#, "odd", r#"[1,{"a":"b"}]"#]);
    let run = ended(&sandbox, "console.log('before'); throw new Error('after')").await;
    assert_eq!((run.console, run.outcome.unwrap_err().message), (vec!["before".to_owned()], "Error: after".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_json_is_an_error() {
    let sandbox = sandbox().await;
    for (code, kind, message) in [
        ("const a = {}; a.a = a; return a", FaultKind::Thrown, "TypeError: circular reference"),
        ("return () => 1", FaultKind::Thrown, "TypeError: the result is a function, which JSON cannot hold"),
        ("return 1n", FaultKind::Thrown, "TypeError: BigInt are forbidden in JSON.stringify"),
        (
            "return new Promise(() => {})",
            FaultKind::Thrown,
            "Error: the script awaits a promise that nothing will settle",
        ),
        (
            "return 'x'.repeat(1100000)",
            FaultKind::ResultTooLarge,
            "the result has more than 1048576 characters as JSON",
        ),
        ("return {toJSON() { throw new Error('mine') }}", FaultKind::Thrown, "Error: mine"),
    ] {
        let fault = fault(&sandbox, code).await;
        assert_eq!((fault.kind, fault.message.as_str()), (kind, message), "{code}");
    }
}
