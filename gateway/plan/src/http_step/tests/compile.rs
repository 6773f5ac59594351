//! The rules that a workflow must keep.

use super::{HttpProgram, program, refusals, step, texts};
use crate::plan::{Delimiters, HttpAuth, HttpBody, HttpStep};

#[test]
fn secrets_need_a_constant_host_or_a_list_of_hosts() {
    let open = [
        "{{ $vars.url }}",
        "https://{{ $vars.host }}/a",
        "https://{{ $vars.sub }}.example.com",
        "https://a.test:{{ $vars.port }}/",
    ];
    let needs = "hosts: must list the hosts that the URL may have, as the step uses";
    for url in open {
        let with_auth = HttpStep { auth: Some(HttpAuth::Bearer("constant".to_owned())), ..step(url) };
        assert_eq!(refusals(&with_auth), [format!("{needs} auth and the host is a template")], "{url}");
        let with_sign = HttpStep { sign_standard_webhooks: Some("whsec_MTIz".to_owned()), ..step(url) };
        assert_eq!(refusals(&with_sign), [format!("{needs} sign and the host is a template")], "{url}");
        let with_secret = HttpStep { headers: texts([("X-Key", "{{ $secrets.key }}")]), ..step(url) };
        assert_eq!(refusals(&with_secret), [format!("{needs} $secrets and the host is a template")], "{url}");
        for bound in [with_auth, with_sign, with_secret] {
            assert_eq!(refusals(&HttpStep { hosts: vec!["*.example.com".to_owned()], ..bound }), [""; 0], "{url}");
        }
        assert_eq!(refusals(&step(url)), [""; 0], "{url}");
    }
    assert_eq!(refusals(&step("{{ $secrets.url }}")), [format!("{needs} $secrets and the host is a template")]);
}

#[test]
fn a_constant_host_needs_no_list_and_must_be_in_one() {
    let auth = Some(HttpAuth::Bearer("{{ $secrets.token }}".to_owned()));
    assert_eq!(refusals(&HttpStep { auth: auth.clone(), ..step("https://api.example.com/{{ $vars.a }}") }), [""; 0]);
    let listed = HttpStep { hosts: vec!["api.example.com".to_owned()], auth, ..step("https://api.example.com:8443/") };
    assert_eq!(refusals(&listed), [""; 0]);
    let named = HttpStep { hosts: vec!["xn--bcher-kva.example".to_owned()], ..step("https://BÜCHER.example/") };
    assert_eq!(refusals(&named), [""; 0]);
    let other = HttpStep { hosts: vec!["other.example.com".to_owned()], ..listed };
    assert_eq!(refusals(&other), ["hosts: must list the URL's own host"]);
}

#[test]
fn secrets_are_named_one_by_one() {
    for expression in ["$secrets", "$secrets[$vars.name]", "toJson($secrets)"] {
        let step =
            HttpStep { headers: texts([("X-Key", &format!("{{{{ {expression} }}}}"))]), ..step("https://a.test/") };
        assert_eq!(refusals(&step), ["headers.X-Key: must name each secret, as in $secrets.token"], "{expression}");
    }
    let step = HttpStep {
        headers: texts([("A", "{{ $secrets.b }}{{ $secrets.a }}"), ("B", "{{ $secrets['b'] }}")]),
        ..step("https://a.test/{{ $vars.x }}")
    };
    assert_eq!(program(&step).secrets().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn references_are_those_of_every_template() {
    let step = HttpStep {
        url: "https://a.test/{{ $context.data.id }}".to_owned(),
        query: super::lists([("q", &["{{ $vars.q }}"])]),
        headers: texts([("A", "{{ $steps.first.data.a }}")]),
        body: Some(HttpBody::Json(serde_json::json!({"deep": ["{{ $context.params.p }}"]}).into())),
        auth: Some(HttpAuth::Bearer("{{ $secrets.token }}".to_owned())),
        ..step("")
    };
    let program = program(&step);
    let references: Vec<_> = program.references().iter().map(ToString::to_string).collect();
    assert_eq!(
        references,
        ["$context.data.id", "$context.params.p", "$secrets.token", "$steps.first.data.a", "$vars.q"]
    );
}

#[test]
fn the_workflows_delimiters_mark_the_templates_of_every_part() {
    let v = "$( $vars.v )";
    let step = HttpStep {
        url: format!("https://a.test/{v}?u={v}&literal={{{{v}}}}"),
        query: super::lists([("q", &[v])]),
        headers: texts([("X-V", v), ("X-Literal", "{{ $vars.v }}")]),
        body: Some(HttpBody::Json(serde_json::json!({"v": v, "literal": "{{ $vars.v }}"}).into())),
        auth: Some(HttpAuth::Bearer(v.to_owned())),
        ..step("")
    };
    let program = HttpProgram::compile(&step, Delimiters::Parentheses).unwrap();
    let call = program.render(&super::scope(serde_json::json!({"v": "x y"})), &super::facts());
    assert_eq!(
        call.unwrap_err().message,
        "auth.bearer: must be visible ASCII without spaces or a line feed, and not empty"
    );
    let call = program.render(&super::scope(serde_json::json!({"v": "x&y"})), &super::facts()).unwrap();
    assert_eq!(call.url.as_str(), "https://a.test/x%26y?u=x%26y&literal={{v}}&q=x%26y");
    let fields = ["x-v", "x-literal", "authorization"].map(|name| super::field(&call, name).unwrap());
    assert_eq!(fields, ["x&y", "{{ $vars.v }}", "Bearer x&y"]);
    assert_eq!(&*call.body, br#"{"v":"x&y","literal":"{{ $vars.v }}"}"#);
    let form = HttpBody::Form(super::lists([("f", &[v])]));
    let program = HttpProgram::compile(&HttpStep { body: Some(form), ..step }, Delimiters::Parentheses).unwrap();
    let call = program.render(&super::scope(serde_json::json!({"v": "x&y"})), &super::facts()).unwrap();
    assert_eq!(&*call.body, b"f=x%26y");
}

#[test]
fn urls_that_a_value_could_lead_astray_are_refused() {
    let cases = [
        ("", "must not be empty"),
        ("ftp://a.test/", "must begin with https:// or http://, or with a template"),
        ("{{ $vars.scheme }}://a.test/", "must go on with / or ? after the template that begins it"),
        ("{{ $vars.base }}{{ $vars.path }}", "must go on with / or ? after the template that begins it"),
        ("https{{ $vars.s }}://a.test/", "must begin with https:// or http://, or with a template"),
        ("/relative", "must begin with https:// or http://, or with a template"),
        ("https:///a", "must have a host"),
        (
            "https://user:{{ $vars.password }}@a.test/",
            "must not contain user information: auth is the place for credentials",
        ),
        ("https://user@a.test/", "must not contain user information: auth is the place for credentials"),
        ("https://a.test/?{{ $vars.name }}=1", "must have constant names of query parameters"),
        ("https://a.test/?{{ $vars.query }}", "must have constant names of query parameters"),
        ("https://a.test/#{{ $vars.part }}", "must not have a fragment: it is never sent"),
        ("https://a.test/a/../{{ $vars.x }}", "must not have the path segments . and .."),
        ("https://a.test/%2E%2e/", "must not have the path segments . and .."),
        ("https://a.test\\b/", "must not contain a backslash, white space or control characters"),
        ("https://a.test/a b", "must not contain a backslash, white space or control characters"),
        ("https://a.test:0/", "the URL must not have port 0"),
        ("https://a b.test/", "must not contain a backslash, white space or control characters"),
    ];
    for (url, message) in cases {
        assert_eq!(refusals(&step(url)), [format!("url: {message}")], "{url}");
    }
}

#[test]
fn fields_of_the_connection_and_of_other_parts_are_refused() {
    let connection = "must not be set: it belongs to the connection";
    let cases = [
        ("Host", connection),
        ("Content-Length", connection),
        ("transfer-encoding", connection),
        ("Connection", connection),
        ("TE", connection),
        ("Upgrade", connection),
        ("Proxy-Authorization", connection),
        ("Expect", connection),
        ("Boathook-Hops", "must not be set: Boathook counts hops in it"),
        ("Bad Name", "must be a header field's name"),
        ("X\r\nY", "must be a header field's name"),
    ];
    for (name, message) in cases {
        let step = HttpStep { headers: texts([(name, "x")]), ..step("https://a.test/") };
        assert_eq!(refusals(&step), [format!("headers.{name}: {message}")]);
    }
}

#[test]
fn a_field_is_set_by_one_part_alone() {
    let auth = HttpStep {
        headers: texts([("Authorization", "x")]),
        auth: Some(HttpAuth::Bearer("t".to_owned())),
        ..step("https://a.test/")
    };
    assert_eq!(refusals(&auth), ["headers.Authorization: must not be set beside auth, which sets it"]);
    let multipart = HttpStep {
        headers: texts([("content-type", "multipart/form-data")]),
        body: Some(HttpBody::Multipart(vec![])),
        ..step("https://a.test/")
    };
    assert_eq!(refusals(&multipart), ["headers.content-type: must not be set beside multipart, which sets it"]);
    let sign = HttpStep {
        headers: texts([("Webhook-Id", "x")]),
        sign_standard_webhooks: Some("whsec_MTIz".to_owned()),
        ..step("https://a.test/")
    };
    assert_eq!(refusals(&sign), ["headers.Webhook-Id: must not be set beside sign, which sets it"]);
    let twice = HttpStep { headers: texts([("X-A", "1"), ("x-a", "2")]), ..step("https://a.test/") };
    assert_eq!(refusals(&twice), ["headers.x-a: must not be set beside the same field in another case, which sets it"]);
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let step = HttpStep {
        method: "CONNECT".to_owned(),
        headers: texts([("A", "{{ $vars. }}"), ("Host", "x")]),
        expect: vec!["2xx".to_owned(), "600".to_owned(), "20".to_owned(), "x00".to_owned()],
        follow_redirects: 6,
        max_response_size: 0,
        ..step("file:///etc/passwd")
    };
    let fields: Vec<_> = refusals(&step).iter().map(|text| text.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(
        fields,
        [
            "method",
            "url",
            "headers.A",
            "headers.Host",
            "followRedirects",
            "maxResponseSize",
            "expect.status",
            "expect.status",
            "expect.status"
        ]
    );
}
