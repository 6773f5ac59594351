//! A `boathook run` whose gateway speaks HTTPS, and Secrets that are renewed under it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::files::{answering, rename_over};
use crate::process::{PATIENCE, Run};

const AUTHORITY: &str = include_str!("../../../tests/data/tls/authority.pem");
const SERVER: &str = include_str!("../../../tests/data/tls/server.pem");
const EXPIRED: &str = include_str!("../../../tests/data/tls/expired.pem");
const KEY: &str = include_str!("../../../tests/data/tls/server.key");

const GATEWAY: &str = "\
apiVersion: boathook.dev/v1alpha1
kind: WebhookGateway
metadata: {name: default}
spec: {storage: {embedded: {}}, tls: {secretName: hooks-tls}}
";

fn secret(certificate: &str) -> String {
    let block = |text: &str| text.lines().fold(String::new(), |block, line| block + "    " + line + "\n");
    format!(
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {{name: hooks-tls}}\nstringData:\n  tls.crt: |\n{}  \
         tls.key: |\n{}",
        block(certificate),
        block(KEY)
    )
}

/// A client that believes the authority of these certificates and finds their host here.
fn client(run: &Run) -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(AUTHORITY.as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).pool_max_idle_per_host(0);
    builder.resolve("hooks.test", run.public).build().unwrap()
}

async fn post(run: &Run, client: &reqwest::Client) -> Result<u16, reqwest::Error> {
    let url = format!("https://hooks.test:{}/api/webhooks/default/hello", run.public.port());
    Ok(client.post(url).send().await?.status().as_u16())
}

/// Asks over new connections until it is answered, or until it is not.
async fn until(run: &Run, client: &reqwest::Client, answered: bool) {
    let end = Instant::now() + PATIENCE;
    while post(run, client).await.is_ok() != answered {
        assert!(Instant::now() < end, "it never came to that");
        tokio::task::yield_now().await;
    }
}

fn site(folder: &Path) {
    fs::write(folder.join("gateway.yaml"), GATEWAY).unwrap();
    fs::write(folder.join("hello.yaml"), answering("hello", 1)).unwrap();
    fs::write(folder.join("secret.yaml"), secret(SERVER)).unwrap();
}

#[tokio::test]
async fn a_renewed_secret_is_served_and_a_broken_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    let run = Run::start(folder.path());
    let client = client(&run);
    assert_eq!(post(&run, &client).await.unwrap(), 200);
    let file = folder.path().join("secret.yaml");
    rename_over(&file, &secret(AUTHORITY));
    run.told("tls.key of Secret hooks-tls must be the private key of the certificate");
    run.told("reloaded: 1 route");
    assert_eq!(post(&run, &client).await.unwrap(), 200);
    rename_over(&file, &secret(EXPIRED));
    run.told("reloaded: 1 route");
    until(&run, &client, false).await;
    rename_over(&file, &secret(SERVER));
    until(&run, &client, true).await;
}
