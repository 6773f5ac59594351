//! What scripts find besides the language: Buffer, crypto, URL, and what they do not find.

use boathook_sandbox::{FaultKind, Job};
use serde_json::json;

use crate::{ended, fault, job, sandbox, value};

#[tokio::test]
async fn the_hashes_are_those_of_node() {
    let sandbox = sandbox().await;
    for (code, result) in [
        (
            "return require('crypto').createHash('sha256').update('a').update('b').digest('hex')",
            json!("fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"),
        ),
        (
            "return require('node:crypto').createHash('sha1').update('abc').digest('base64')",
            json!("qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ),
        (
            "return crypto.createHmac('sha512', Buffer.from('6b6579', 'hex')).update(Buffer.from('x')).digest().length",
            json!(64),
        ),
        (
            "return crypto.createHmac('SHA-256', 'key').update('The quick brown fox jumps over the lazy dog').digest('hex')",
            json!("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"),
        ),
        (
            "return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())",
            json!(true),
        ),
        (
            "const a = crypto.randomBytes(20), b = crypto.randomBytes(20); return [a.length, a.equals(b)]",
            json!([20, false]),
        ),
    ] {
        assert_eq!(value(&sandbox, code).await, result, "{code}");
    }
}

#[tokio::test]
async fn a_buffer_is_that_of_node() {
    let sandbox = sandbox().await;
    for (code, result) in [
        ("return Buffer.from('héllo').toString('base64')", json!("aMOpbGxv")),
        ("return Buffer.from('aMOpbGxv', 'base64').toString()", json!("héllo")),
        ("return Buffer.concat([Buffer.from('a'), Buffer.from([98, 99])]).toString('latin1')", json!("abc")),
        (
            "return [Buffer.byteLength('é'), Buffer.isBuffer(Buffer.alloc(2)), Buffer.isBuffer(new Uint8Array(2))]",
            json!([2, true, false]),
        ),
        ("return Buffer.from([1, 2])", json!({"type": "Buffer", "data": [1, 2]})),
        ("return Buffer.from('abc').slice(1).toString()", json!("bc")),
        ("return context.raw.toString() + JSON.stringify(context).includes('raw')", json!("{\"a\":1}false")),
    ] {
        assert_eq!(value(&sandbox, code).await, result, "{code}");
    }
}

#[tokio::test]
async fn addresses_and_text_are_those_of_the_web() {
    let sandbox = sandbox().await;
    for (code, result) in [
        ("return [btoa('hi'), atob('aGk='), atob(btoa('\\xff'))]", json!(["aGk=", "hi", "\u{ff}"])),
        ("return new TextDecoder().decode(new TextEncoder().encode('é'))", json!("é")),
        (
            "const u = new URL('../b?x=1&y=2#z', 'https://user:pw@example.com:8443/a/c'); u.searchParams.append('q', 'a b'); u.hash = ''; return [u.href, u.host, u.searchParams.get('y'), String(u.searchParams)]",
            json!(["https://user:pw@example.com:8443/b?x=1&y=2&q=a+b", "example.com:8443", "2", "x=1&y=2&q=a+b"]),
        ),
        (
            "return [new URLSearchParams({a: '1', b: 'é&'}).toString(), [...new URLSearchParams('?a=1&a=2')], URL.canParse('nope')]",
            json!(["a=1&b=%C3%A9%26", [["a", "1"], ["a", "2"]], false]),
        ),
        (
            "const {URL} = require('url'); const u = new URL('http://a/'); u.protocol = 'https'; u.pathname = '/ü'; return u.toString()",
            json!("https://a/%C3%BC"),
        ),
    ] {
        assert_eq!(value(&sandbox, code).await, result, "{code}");
    }
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let sandbox = sandbox().await;
    for (code, message) in [
        (
            "return require('fs')",
            "Error: Cannot find module 'fs': a script has crypto, buffer and url; other systems are reached by http steps",
        ),
        ("return crypto.createHash('md5')", "Error: unknown hash md5: there are sha1, sha256, sha384 and sha512"),
        (
            "return crypto.createHmac('sha256', 'k').update(context.data)",
            "TypeError: a hash takes strings and bytes: JSON.stringify(value) makes a string of a value",
        ),
        (
            "return crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab'))",
            "RangeError: Input buffers must have the same byte length",
        ),
        ("return $secrets.token", "Error: a script is given no secrets: they stand in {{ }} of http steps"),
        ("return eval('1')", "ReferenceError: eval is not defined"),
        ("return Function('return this')()", "TypeError: code cannot be made from text here"),
        ("return (async () => {}).constructor('return 1')", "TypeError: code cannot be made from text here"),
        ("return new (function* () {}.constructor)('yield 1')", "TypeError: code cannot be made from text here"),
        ("return process.env", "ReferenceError: process is not defined"),
        ("setTimeout(() => {}, 1)", "ReferenceError: setTimeout is not defined"),
        ("return new Proxy({}, {})", "ReferenceError: Proxy is not defined"),
        ("return new WeakRef({})", "ReferenceError: WeakRef is not defined"),
        ("return new SharedArrayBuffer(1)", "ReferenceError: SharedArrayBuffer is not defined"),
        ("return new URL('nope')", "TypeError: Invalid URL: nope"),
        ("return Buffer.from('a', 'utf16le')", "TypeError: Unknown encoding: utf16le"),
        ("return await import('fs')", "ReferenceError: could not load module 'fs'"),
    ] {
        assert_eq!(fault(&sandbox, code).await.message, message, "{code}");
    }
}

#[tokio::test]
async fn a_body_of_the_largest_usual_size_is_hashed_in_the_usual_memory() {
    let sandbox = sandbox().await;
    let raw = vec![b'x'; 1 << 20];
    let code = "const copy = Buffer.from(context.raw); copy[0] = 7;
        return [context.raw.length, crypto.createHash('sha256').update(context.raw).digest('hex'), context.raw[0], copy[0]]";
    let ended = sandbox.run("shop/raw", Job { raw: &raw, ..job(code, r#"{"context":{}}"#) }).await.expect("it runs");
    let expected = r#"[1048576,"8f990ba0b577b51cf009ea049368c16bbda1b21e1b93be07a824758bb253c39b",120,7]"#;
    assert_eq!(ended.outcome.as_deref(), Ok(expected));
}

#[tokio::test]
async fn half_a_character_is_replaced() {
    let sandbox = sandbox().await;
    for (code, result) in [
        ("return '123456789👍'.slice(0, 10)", json!("123456789\u{fffd}")),
        ("return {['\\udc4d']: ['\\ud83d', '\\\\ud83d', '👍']}", json!({"\u{fffd}": ["\u{fffd}", "\\ud83d", "👍"]})),
        ("String.prototype.includes = RegExp.prototype.exec = null; return '\\ud800'", json!("\u{fffd}")),
    ] {
        assert_eq!(value(&sandbox, code).await, result, "{code}");
    }
    assert_eq!(fault(&sandbox, "throw '👍'.slice(0, 1)").await.message, "\u{fffd}");
}

#[tokio::test]
async fn what_is_hashed_bit_by_bit_is_not_kept() {
    let sandbox = sandbox().await;
    let code = "const s = 'a'.repeat(1 << 20), h = crypto.createHash('sha256'), m = crypto.createHmac('sha1', 'k');
        for (let i = 0; i < 100; i++) { h.update(s); m.update(s); }
        return [h.digest('hex').length, m.digest('hex').length]";
    assert_eq!(value(&sandbox, code).await, json!([64, 40]));
    let twice = fault(&sandbox, "const h = crypto.createHash('sha1'); h.digest(); h.update('x')").await;
    assert_eq!(twice.message, "Error: digest has been called already");
}

#[tokio::test]
async fn what_the_library_makes_is_within_the_scripts_memory() {
    let sandbox = sandbox().await;
    for code in [
        "const s = 'a'.repeat(1 << 20); return new URLSearchParams(Array(60).fill(['k', s])).toString().length",
        "const s = 'a'.repeat(1 << 20), kept = []; for (;;) kept.push(Buffer.from(s))",
        "const kept = []; for (;;) kept.push(crypto.randomBytes(65536))",
    ] {
        assert_eq!(fault(&sandbox, code).await.kind, FaultKind::Memory, "{code}");
    }
}

#[tokio::test]
async fn a_method_takes_what_it_takes_elsewhere() {
    let sandbox = sandbox().await;
    for (code, result) in [
        ("return Buffer.from(Uint8Array.from([1, 2, 3, 4]).buffer, 1, 2)", json!({"type": "Buffer", "data": [2, 3]})),
        (
            "const b = Buffer.from('hello hello'); return [b.indexOf('ll'), b.indexOf('ll', 3), b.indexOf('ll', -3), b.indexOf(Buffer.from('x')), b.indexOf(111), b.lastIndexOf('ll'), b.includes('ell'), b.includes('6c6c', 'hex')]",
            json!([2, 8, 8, -1, 4, 8, true, true]),
        ),
        (
            "return [Buffer.alloc(5, 'ab').toString(), Buffer.alloc(2, 7)[1], Buffer.alloc(4).fill('6162', 'hex').toString()]",
            json!(["ababa", 7, "abab"]),
        ),
        (
            "return [Buffer.concat([Buffer.from('abc'), Buffer.from('def')], 4).toString(), Buffer.concat([Buffer.from('a')], 3).length]",
            json!(["abcd", 3]),
        ),
        (
            "const p = new URLSearchParams('a=1&a=2'); const has = [p.has('a', '2'), p.has('a', '3')]; p.delete('a', '1'); return [has, String(p)]",
            json!([[true, false], "a=2"]),
        ),
        (
            "const u = new URL('http://a/?x=1'), p = u.searchParams; u.search = '?y=2'; p.append('z', '3'); return [u.href, p === u.searchParams]",
            json!(["http://a/?y=2&z=3", true]),
        ),
        (
            "const d = new TextDecoder('utf-8', {fatal: true}); try { d.decode(Uint8Array.from([255])) } catch (e) { return [e.name, d.decode(new TextEncoder().encode('\\ufffd'))] }",
            json!(["TypeError", "\u{fffd}"]),
        ),
        (
            "const a = {d: new Date(0), m: new Map([['x', [1]]]), u: undefined}; a.self = a; const b = structuredClone(a); b.m.get('x')[0] = 2; return [b.d.getTime(), a.m.get('x')[0], b.self === b, b !== a, 'u' in b]",
            json!([0, 1, true, true, true]),
        ),
        (
            "console.table([{a: 1}]); console.dir(1); console.assert(true); console.group('g'); console.groupEnd(); return 1",
            json!(1),
        ),
    ] {
        assert_eq!(value(&sandbox, code).await, result, "{code}");
    }
    let console = ended(&sandbox, "console.assert(false, 'no'); console.table([{a: 1}])").await.console;
    assert_eq!(console, ["Assertion failed: no", r#"[{"a":1}]"#]);
}

#[tokio::test]
async fn amounts_and_times_are_not_written_in_a_language_that_is_not_there() {
    let sandbox = sandbox().await;
    assert_eq!(
        value(&sandbox, "return [(1234.5).toLocaleString(), typeof Intl]").await,
        json!(["1234.5", "undefined"])
    );
    for code in [
        "return (1234.5).toLocaleString('en-US', {style: 'currency', currency: 'USD'})",
        "return new Date(0).toLocaleString('en-US', {timeZone: 'Asia/Shanghai'})",
    ] {
        let message = "TypeError: toLocaleString takes no locale and no options here: there is no Intl";
        assert_eq!(fault(&sandbox, code).await.message, message);
    }
}

#[tokio::test]
async fn what_is_put_off_and_throws_is_the_scripts_error() {
    let sandbox = sandbox().await;
    let thrown = fault(&sandbox, "queueMicrotask(() => { throw new Error('x') }); await new Promise(() => {})").await;
    assert_eq!((thrown.kind, thrown.message.as_str()), (FaultKind::Thrown, "Error: x"));
}
