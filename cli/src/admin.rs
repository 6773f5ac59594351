//! Asks the admin port of a running gateway, and says in one way why it does not answer.

use boathook_gateway::admin::Problem;
use boathook_plan::problem::MEDIA_TYPE;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header};
use serde::de::DeserializeOwned;

use crate::clean;
use crate::client;
use crate::failure::Failure;

/// Bytes of one line of an answer: above every record.
const LINE: usize = 64 << 20;

/// Which admin port.
#[derive(clap::Args, Clone, Debug)]
pub struct Port {
    /// The admin port of a running `boathook run`
    #[arg(long, value_name = "URL", env = "BOATHOOK_ADMIN", default_value = "http://127.0.0.1:8081")]
    admin: Url,
}

/// A question and its parameters.
pub type Query<'a> = &'a [(&'a str, String)];

impl Port {
    /// The answer to a GET, as JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: Query<'_>) -> Result<T, Failure> {
        let url = self.url(path, query)?;
        let answer = self.sent(&url, client::to(&url)?.get(url.clone())).await?;
        self.read(&url, answer).await
    }

    /// The answer to a POST, as JSON.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl serde::Serialize) -> Result<T, Failure> {
        let url = self.url(path, &[])?;
        let body = serde_json::to_vec(body).map_err(|error| Failure::stuck(format!("write JSON: {error}")))?;
        let request = client::to(&url)?.request(Method::POST, url.clone());
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        let answer = self.sent(&url, request).await?;
        self.read(&url, answer).await
    }

    /// The answer to a GET, line by line as they come.
    pub async fn lines(&self, path: &str, query: Query<'_>) -> Result<Lines, Failure> {
        let url = self.url(path, query)?;
        let answer = self.sent(&url, client::endless(&url)?.get(url.clone())).await?;
        Ok(Lines { url, answer, held: Vec::new(), taken: 0 })
    }

    fn url(&self, path: &str, query: Query<'_>) -> Result<Url, Failure> {
        let admin = &self.admin;
        let mut url = admin.join(path).map_err(|error| Failure::usage(format!("read --admin {admin}: {error}")))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn sent(&self, url: &Url, request: RequestBuilder) -> Result<Response, Failure> {
        let answer = request.send().await.map_err(|error| unreachable(url, &error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(refused(url, answer).await)
    }

    async fn read<T: DeserializeOwned>(&self, url: &Url, answer: Response) -> Result<T, Failure> {
        let text = answer.text().await.map_err(|error| unreachable(url, &error))?;
        serde_json::from_str(&text).map_err(|_| foreign(url, "its answer is not one of Boathook's"))
    }
}

/// Lines of an answer.
pub struct Lines {
    url: Url,
    answer: Response,
    held: Vec<u8>,
    /// Bytes of what is held that were handed out.
    taken: usize,
}

impl Lines {
    /// The next line without its end; `None` when the answer is over. One that breaks off is a failure. Nothing is lost
    /// where this is dropped while it waits.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            if let Some(line) = self.whole() {
                return Ok(Some(line));
            }
            if self.held.len() - self.taken > LINE {
                return Err(foreign(&self.url, "a line of its answer has no end"));
            }
            match self.answer.chunk().await {
                Ok(Some(chunk)) => {
                    self.held.drain(..self.taken);
                    self.taken = 0;
                    self.held.extend_from_slice(&chunk);
                }
                Ok(None) if self.held.len() == self.taken => return Ok(None),
                Ok(None) => return Err(self.broken("it ends in the middle of a line")),
                Err(error) => return Err(self.broken(&client::reason(&error))),
            }
        }
    }

    fn whole(&mut self) -> Option<String> {
        let rest = self.held.get(self.taken..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = String::from_utf8_lossy(rest.get(..end)?).into_owned();
        self.taken += end + 1;
        Some(line)
    }

    fn broken(&self, why: &str) -> Failure {
        Failure::stuck(format!("read the answer of {}: {why}", self.url))
    }
}

/// Nobody answers.
fn unreachable(url: &Url, error: &reqwest::Error) -> Failure {
    Failure::stuck(format!("ask {url}: {}", client::reason(error)))
        .next("is `boathook run` running? Start it, or name its admin port: --admin URL")
}

/// Somebody answers who is not Boathook, or another one.
fn foreign(url: &Url, what: &str) -> Failure {
    Failure::stuck(format!("ask {url}: {what}")).next("--admin URL, the one that `boathook run` names when it starts")
}

async fn refused(url: &Url, answer: Response) -> Failure {
    let status = answer.status();
    let media = answer.headers().get(header::CONTENT_TYPE).map(|media| media.as_bytes().to_owned());
    let is_problem = media.is_some_and(|media| media.starts_with(MEDIA_TYPE.as_bytes()));
    let text = answer.text().await.unwrap_or_default();
    let problem = serde_json::from_str::<Problem>(&text).ok().filter(|_| is_problem);
    let Some(problem) = problem else { return foreign(url, &format!("it answers {status}")) };
    let said = clean::line(&problem.detail);
    match status {
        StatusCode::BAD_REQUEST => Failure::usage(said),
        StatusCode::NOT_FOUND | StatusCode::CONFLICT => Failure::no(said),
        _ => Failure::stuck(format!("ask {url}: {said}")),
    }
}
