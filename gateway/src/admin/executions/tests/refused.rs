//! Web pages and the admin port.

use axum::body::Body;
use axum::http::Request;
use tempfile::tempdir;

use super::{ask, open, queued, request, seen};
use crate::store::Phase;
use crate::testing::{App, route};

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_here() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), [route(queued("hello"))]).await;
    let id = app.post("/hello", "{}").await.execution();
    for path in [format!("/v1/executions/{id}/cancel"), "/v1/executions/cancel".to_owned()] {
        for field in [("origin", "http://shop.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            let mut request = request("POST", &path, "");
            request.headers_mut().insert(field.0, field.1.parse().unwrap());
            let seen = seen(open(&app, request).await).await;
            assert_eq!((seen.status.as_u16(), seen.reason().as_str()), (403, "Forbidden"), "{path} {field:?}");
        }
    }
    app.phase(id, Phase::Queued).await;
    assert_eq!(ask(&app, "POST", &format!("/v1/executions/{id}/cancel"), "").await.status, 200);
}

#[tokio::test]
async fn a_name_that_a_page_made_lead_here_reads_nothing() {
    let directory = tempdir().unwrap();
    let app = App::over(directory.path(), []).await;
    let named = |path: &str| Request::builder().uri(path).header("host", "a.example:8081").body(Body::empty()).unwrap();
    for path in ["/v1/executions", "/v1/executions/export", "/v1/executions/events", "/v1/routes", "/v1/instance"] {
        assert_eq!(open(&app, named(path)).await.status(), 403, "{path}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(open(&app, named(path)).await.status(), 200, "{path}");
    }
}
