//! Values in URLs.

use serde_json::json;

use super::{failure, lists, render, step};
use crate::plan::HttpStep;
use crate::reason::{StepFailure, StepReason};

fn url(template: &str, vars: serde_json::Value) -> String {
    render(&step(template), vars).unwrap().url.to_string()
}

#[test]
fn a_value_in_the_path_is_one_segment() {
    let cases = [
        ("42", "/users/42/posts"),
        ("a/b", "/users/a%2Fb/posts"),
        ("../admin", "/users/..%2Fadmin/posts"),
        ("a?b=c", "/users/a%3Fb%3Dc/posts"),
        ("a#b", "/users/a%23b/posts"),
        ("a%2Fb", "/users/a%252Fb/posts"),
        ("a\\b", "/users/a%5Cb/posts"),
        ("a;b", "/users/a%3Bb/posts"),
        ("a b\r\nX: y", "/users/a%20b%0D%0AX%3A%20y/posts"),
        ("ü", "/users/%C3%BC/posts"),
        ("{{ $secrets.token }}", "/users/%7B%7B%20%24secrets.token%20%7D%7D/posts"),
        ("...", "/users/.../posts"),
    ];
    for (value, path) in cases {
        let url = url("https://a.test/users/{{ $vars.id }}/posts", json!({"id": value}));
        assert_eq!(url, format!("https://a.test{path}"));
    }
    assert_eq!(
        url("https://a.test/v{{$vars.v}}-{{$vars.w}}", json!({"v": 2, "w": {"a": 1}})),
        "https://a.test/v2-%7B%22a%22%3A1%7D"
    );
}

#[test]
fn a_segment_that_would_vanish_or_lead_upwards_is_refused() {
    for value in [".", ".."] {
        let (reason, message) = failure(&step("https://a.test/users/{{ $vars.id }}/posts"), json!({"id": value}));
        assert_eq!((reason, &*message), (StepReason::InvalidRequest, "url: a path segment must not be . or .."));
    }
    assert_eq!(failure(&step("https://a.test/.{{ $vars.id }}"), json!({"id": "."})).0, StepReason::InvalidRequest);
    for value in [json!(""), json!(null)] {
        let (reason, message) = failure(&step("https://a.test/users/{{ $vars.id }}"), json!({"id": value}));
        assert_eq!(
            (reason, &*message),
            (StepReason::InvalidRequest, "url: a path segment that is a template must not be empty")
        );
    }
    assert_eq!(url("https://a.test/a{{ $vars.id }}", json!({"id": ""})), "https://a.test/a");
}

#[test]
fn a_value_in_the_query_is_one_value() {
    let url = url("https://a.test/?q={{ $vars.q }}&fixed=1&r=x{{ $vars.q }}", json!({"q": "a&b=c#d+e%41"}));
    assert_eq!(url, "https://a.test/?q=a%26b%3Dc%23d%2Be%2541&fixed=1&r=xa%26b%3Dc%23d%2Be%2541");
}

#[test]
fn query_adds_parameters_with_one_value_or_several() {
    let step = HttpStep {
        query: lists([
            ("a&b", &["{{ $vars.v }}"]),
            ("tag", &["one", "{{ $vars.v }}"]),
            ("none", &[]),
            ("null", &["{{ $vars.n }}"]),
        ]),
        ..step("https://a.test/x?first=0")
    };
    let url = render(&step, json!({"v": "=&", "n": null})).unwrap().url.to_string();
    assert_eq!(url, "https://a.test/x?first=0&a%26b=%3D%26&null=&tag=one&tag=%3D%26");
}

/// The URL that `url` with this value makes, where two hosts are listed.
fn made(url: &str, value: &str) -> Result<String, StepFailure> {
    let listed = HttpStep { hosts: vec!["hooks.slack.com".to_owned(), "*.example.com".to_owned()], ..step(url) };
    render(&listed, json!({"u": value, "p": "a/b"})).map(|call| call.url.to_string())
}

#[test]
fn a_template_may_be_the_whole_url_or_its_beginning() {
    assert_eq!(
        made("{{ $vars.u }}", "https://hooks.slack.com/services/T/B?x=1").unwrap(),
        "https://hooks.slack.com/services/T/B?x=1"
    );
    assert_eq!(
        made("{{ $vars.u }}/items/{{ $vars.p }}", "https://api.example.com/v1/").unwrap(),
        "https://api.example.com/v1/items/a%2Fb"
    );
    assert_eq!(
        made("{{ $vars.u }}?q={{ $vars.p }}", "https://api.example.com/v1").unwrap(),
        "https://api.example.com/v1?q=a%2Fb"
    );
}

#[test]
fn a_template_of_a_whole_url_leads_to_no_other_host() {
    let refused = [
        "https://hooks.slack.com.evil.test/",
        "https://evil.test/hooks.slack.com",
        "https://hooks.slack.com@evil.test/",
        "https://evil.test#@hooks.slack.com/",
        "https://evil.test\\@hooks.slack.com/",
        "//hooks.slack.com/",
        "hooks.slack.com",
        "file:///etc/passwd",
        "https://hooks.slack.com:0/",
        "https://hooks.slack.com/\n",
        "http://127.0.0.1/",
        "https://example.com/",
        "https://evil.test?.example.com",
        "https://evil.test%2f.example.com/",
        "https://evil.test%00.example.com/",
        "https://hooks.slack.com。evil.test/",
        // The а is Cyrillic.
        "https://hooks.slаck.com/",
        "",
    ];
    for value in refused {
        assert!(made("{{ $vars.u }}", value).is_err(), "{value}");
        assert!(made("{{ $vars.u }}/x", value).is_err(), "{value}");
    }
    for value in ["https://api.example.com/?a=b", "https://api.example.com/#a", "https://evil.test/?x=.example.com"] {
        assert!(made("{{ $vars.u }}/x", value).is_err(), "{value}");
    }
}

#[test]
fn a_template_in_the_host_yields_a_part_of_a_name() {
    let listed = HttpStep {
        hosts: vec!["*.example.com".to_owned()],
        ..step("https://{{ $vars.h }}.example.com:{{ $vars.p }}/")
    };
    let made = |host: &str, port: &str| render(&listed, json!({"h": host, "p": port})).map(|call| call.url.to_string());
    assert_eq!(made("shop-1.eu", "8443").unwrap(), "https://shop-1.eu.example.com:8443/");
    for host in ["", "evil.test/", "evil.test#", "evil.test?", "a@b", "a:b", "a\\b", "a%2eb", "ü", "a b", "[::1]", "."]
    {
        assert!(made(host, "443").is_err(), "{host}");
    }
    for port in ["", "0", "443/", "99999", "a"] {
        assert!(made("shop", port).is_err(), "{port}");
    }
    let open = step("https://{{ $vars.h }}/x");
    assert_eq!(render(&open, json!({"h": "EVIL.test."})).unwrap().url.as_str(), "https://evil.test/x");
    let (reason, message) =
        failure(&HttpStep { hosts: vec!["good.test".to_owned()], ..open }, json!({"h": "evil.test"}));
    assert_eq!((reason, &*message), (StepReason::EgressDenied, "url: the host is not one of the step's hosts"));
}

#[test]
fn a_url_that_grows_too_long_is_given_up_at_once() {
    let long = json!({"v": "a".repeat(9000), "w": "a".repeat(3000)});
    let query = HttpStep {
        query: lists([("q", &["{{ $vars.w }}", "{{ $vars.w }}", "{{ $vars.w }}", "{{ $vars.missing }}"])]),
        ..step("https://a.test/")
    };
    let steps = [
        step("https://a.test/{{ $vars.v }}/{{ $vars.missing }}"),
        step("https://a.test/{{ $vars.w }}/{{ $vars.w }}/{{ $vars.w }}/{{ $vars.missing }}"),
        step("https://a.test/?a={{ $vars.w }}&b={{ $vars.w }}&c={{ $vars.w }}&d={{ $vars.missing }}"),
        query,
    ];
    for step in steps {
        let (reason, message) = failure(&step, long.clone());
        assert_eq!(
            (reason, &*message),
            (StepReason::InvalidRequest, "url: the URL must not be longer than 8192 bytes"),
            "{}",
            step.url
        );
    }
}

#[test]
fn a_missing_path_is_named_with_its_field() {
    let (reason, message) = failure(&step("https://a.test/{{ $vars.id }}"), json!({}));
    assert_eq!(reason, StepReason::PathMissing);
    assert!(message.starts_with("url: ") && message.contains("$vars.id"), "{message}");
}
