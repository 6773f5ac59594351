//! What scripts find besides the language: Buffer, crypto, URL, and what they do not find.

use serde_json::json;

use crate::{fault, sandbox, value};

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
