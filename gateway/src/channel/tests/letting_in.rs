//! Who is let in: the operator, and nobody else.

use boathook_plan::channel::{OPERATOR_NAME, gateway_name};
use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};

use super::operator::Identity;
use super::*;

/// Whether somebody gets an answer.
async fn is_let_in(site: &Site, own: Option<&Identity>) -> bool {
    let Ok(mut operator) = Operator::over(site.channel(), &site.authority, own).await else { return false };
    operator.send("PUT", "/v1/routes", Message::full("z").bytes()).await.is_ok()
}

#[tokio::test]
async fn only_the_operators_certificate_of_the_authority_is_let_in() {
    let site = Site::start().await;
    site.operator().await.put(&Message::full("a").put(&hello())).await;
    let own = &site.authority;
    assert!(!is_let_in(&site, None).await, "without a certificate");
    assert!(!is_let_in(&site, Some(&Authority::new().operator())).await, "of another authority");
    assert!(!is_let_in(&site, Some(&own.issue(OPERATOR_NAME, ServerAuth))).await, "a server's");
    for name in [gateway_name("shop", "gateway"), format!("x.{OPERATOR_NAME}"), "operator".to_owned()] {
        assert!(!is_let_in(&site, Some(&own.issue(&name, ClientAuth))).await, "{name}");
    }
    assert_eq!(site.post("/hello").await, 200, "nobody has changed the table");
    assert!(is_let_in(&site, Some(&own.operator())).await);
}

#[tokio::test]
async fn certificates_that_have_changed_are_in_force_without_a_restart() {
    let mut site = Site::start().await;
    site.operator().await.put(&Message::full("a").put(&hello())).await;
    let before = std::mem::replace(&mut site.authority, Authority::new());
    let old = before.operator();
    site.authority.write_gateway(site.folder.path());
    let new = site.authority.operator();
    let accepted = async { while !is_let_in(&site, Some(&new)).await {} };
    timeout(PATIENCE, accepted).await.expect("the new authority's operator is let in");
    assert!(Operator::connect(site.channel(), &before, &old).await.is_err(), "the gateway shows its new certificate");
    assert!(!is_let_in(&site, Some(&old)).await, "the old authority's operator is not");
}

#[tokio::test]
async fn certificates_that_cannot_be_used_change_nothing() {
    let site = Site::start().await;
    site.operator().await.put(&Message::full("a")).await;
    std::fs::write(site.folder.path().join("tls.crt"), "damaged").unwrap();
    let own = site.authority.operator();
    // Long enough for the files to be looked at again.
    let until = tokio::time::Instant::now() + Duration::from_millis(2500);
    while tokio::time::Instant::now() < until {
        assert!(is_let_in(&site, Some(&own)).await);
    }
}
