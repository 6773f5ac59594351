//! Stage 5, and who is taken for the client.

use std::net::IpAddr;

use boathook_plan::plan::{Plan, StepKind};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::testing::{App, answer, json, plan, request, route, step};

fn policed(access: Option<&[&str]>, proxies: &[&str]) -> Plan {
    let networks = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
    let mut plan = plan("hello", "/hello");
    let policy = &mut plan.webhook.as_mut().unwrap().policy;
    policy.access = access.map(networks);
    policy.trusted_proxies = networks(proxies);
    plan
}

fn from(peer: &str) -> IpAddr {
    peer.parse().unwrap()
}

fn forwarded(fields: &[&str]) -> Request<Full<Bytes>> {
    let mut request = request("POST", "/hello", "{}");
    for field in fields {
        request.headers_mut().append("x-forwarded-for", field.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn an_address_outside_of_the_list_is_403_before_the_body_is_read() {
    let app = App::new([route(policed(Some(&["10.0.0.0/8", "2001:db8::/32"]), &[]))]);
    for peer in ["11.0.0.1", "::1", "2001:db9::1", "::ffff:11.0.0.1"] {
        let seen = app.send_from(from(peer), request("POST", "/hello", &"x".repeat(2000))).await;
        assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (403, "AddressNotAllowed"), "{peer}");
    }
    for peer in ["10.255.255.255", "2001:db8::1", "::ffff:10.0.0.1"] {
        assert_eq!(app.send_from(from(peer), request("POST", "/hello", "{}")).await.status, 200, "{peer}");
    }
    assert_eq!((app.requests("AddressNotAllowed"), app.requests("Accepted")), (4, 3));
}

#[tokio::test]
async fn an_empty_list_admits_nobody() {
    let app = App::new([route(policed(Some(&[]), &[]))]);
    for peer in ["127.0.0.1", "10.0.0.1", "::1"] {
        assert_eq!(app.send_from(from(peer), request("POST", "/hello", "{}")).await.status, 403, "{peer}");
    }
}

#[tokio::test]
async fn a_stranger_talks_himself_into_no_list() {
    let app = App::new([route(policed(Some(&["10.0.0.0/8"]), &["192.168.0.0/16"]))]);
    for fields in [&["10.0.0.1"][..], &["10.0.0.1, 192.168.0.1"], &["10.0.0.1", "192.168.0.1"], &["::ffff:10.0.0.1"]] {
        let seen = app.send_from(from("203.0.113.9"), forwarded(fields)).await;
        assert_eq!(seen.status, 403, "{fields:?}");
    }
    // Behind a proxy, which appends the stranger's address to what he sent.
    for fields in [&["10.0.0.1, 203.0.113.9"][..], &["10.0.0.1", "203.0.113.9, 192.168.0.7"]] {
        assert_eq!(app.send_from(from("192.168.0.1"), forwarded(fields)).await.status, 403, "{fields:?}");
    }
    assert_eq!(app.send_from(from("192.168.0.1"), forwarded(&["203.0.113.9, 10.0.0.1"])).await.status, 200);
}

#[tokio::test]
async fn a_workflow_and_its_record_see_the_client_behind_the_proxy() {
    let directory = tempfile::tempdir().unwrap();
    let mut plan = policed(Some(&["198.51.100.0/24"]), &["10.0.0.0/8"]);
    plan.program.steps = vec![step("see", StepKind::Set(json(r#"{"ip":"{{ $context.clientIP }}"}"#)))];
    plan.response.answer = answer(r#"{"ip":"{{ $steps.see.ip }}"}"#);
    let app = App::over(directory.path(), [route(plan)]).await;
    let seen = app.send_from(from("::ffff:10.0.0.1"), forwarded(&["1.1.1.1, 198.51.100.7"])).await;
    assert_eq!(seen.body, r#"{"ip":"198.51.100.7"}"#);
    assert_eq!(app.send_from(from("10.0.0.1"), forwarded(&["198.51.100.7, 203.0.113.9"])).await.status, 403);
    let [row] = app.refused(1).await.try_into().unwrap();
    let head: serde_json::Value = serde_json::from_slice(&row.head).unwrap();
    assert_eq!(
        (row.reason.as_str(), &head["source"]["request"]["client"]),
        ("AddressNotAllowed", &"203.0.113.9".into())
    );
}
