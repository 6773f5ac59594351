//! The API server over HTTP, as raw as a test needs it: a path and a body in, a status and JSON out.

use reqwest::{Client, Method};
use serde_json::Value;

use super::ControlPlaneError;
use super::certificates::Identity;

/// A client of one API server with one identity.
pub struct Api {
    client: Client,
    url: String,
}

/// What the API server said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body; null when it is not JSON.
    pub json: Value,
}

impl Answer {
    /// The message of a refusal: the `Status` object's.
    pub fn message(&self) -> &str {
        self.json.get("message").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Api {
    /// Trusts `authority` alone.
    pub fn new(url: &str, authority: &str, identity: &Identity) -> Result<Self, ControlPlaneError> {
        let pem = format!("{}{}", identity.certificate, identity.key);
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([reqwest::Certificate::from_pem(authority.as_bytes())?])
            .identity(reqwest::Identity::from_pem(pem.as_bytes())?)
            .build()?;
        Ok(Self { client, url: url.to_owned() })
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Answer, ControlPlaneError> {
        self.send(Method::GET, path, String::new()).await
    }

    /// Creates an object from YAML, which the API server itself reads.
    pub async fn create(&self, path: &str, yaml: String) -> Result<Answer, ControlPlaneError> {
        self.send(Method::POST, path, yaml).await
    }

    /// Replaces an object by YAML.
    pub async fn replace(&self, path: &str, yaml: String) -> Result<Answer, ControlPlaneError> {
        self.send(Method::PUT, path, yaml).await
    }

    async fn send(&self, method: Method, path: &str, yaml: String) -> Result<Answer, ControlPlaneError> {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let answer = request.header("content-type", "application/yaml").body(yaml).send().await?;
        let status = answer.status().as_u16();
        let json = serde_json::from_slice(&answer.bytes().await?).unwrap_or_default();
        Ok(Answer { status, json })
    }
}
