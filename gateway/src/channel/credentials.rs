//! The channel's certificates: files of a mounted Secret, read again when somebody connects and they may have changed. Files
//! that cannot be used change nothing: what was in force stays so, and without any nobody is let in, which stops no webhook.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use boathook_plan::certificate::{self, CHAIN_SIZE, CertificateFault};
use boathook_plan::secret::Secret;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::{NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::{RootCertStore, ServerConfig};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

/// How long the files are taken to be as they were.
const FRESH: Duration = Duration::from_secs(1);

/// What is spoken.
const PROTOCOL: &[u8] = b"h2";

/// The certificates of a directory.
#[derive(Debug)]
pub(super) struct Credentials {
    directory: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    looked: Option<Instant>,
    files: Option<Files>,
    config: Option<Arc<ServerConfig>>,
}

/// What the files hold.
struct Files {
    chain: Vec<u8>,
    key: Secret,
    authority: Vec<u8>,
}

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
enum CredentialsError {
    #[error("reading {path}")]
    Read { path: PathBuf, source: io::Error },
    #[error("tls.crt and tls.key")]
    Pair(#[from] CertificateFault),
    #[error("ca.crt holds no certificate")]
    NoAuthority,
    #[error("ca.crt")]
    Authority(#[from] VerifierBuilderError),
    #[error("setting up TLS")]
    Tls(#[from] rustls::Error),
}

impl Credentials {
    pub(super) fn in_directory(directory: PathBuf) -> Self {
        Self { directory, state: Mutex::default() }
    }

    /// What connections begin with now.
    pub(super) async fn current(&self) -> Option<Arc<ServerConfig>> {
        let mut state = self.state.lock().await;
        if state.looked.is_none_or(|looked| looked.elapsed() >= FRESH) {
            state.looked = Some(Instant::now());
            let directory = self.directory.clone();
            let read = spawn_blocking(move || Files::read(&directory)).await;
            match read.map_err(io::Error::other) {
                Ok(Ok(files)) => state.renew(files),
                Ok(Err(error)) => unusable(&error),
                Err(source) => unusable(&CredentialsError::Read { path: self.directory.clone(), source }),
            }
        }
        state.config.clone()
    }
}

impl State {
    fn renew(&mut self, files: Files) {
        if self.files.as_ref().is_some_and(|known| known.are(&files)) {
            return;
        }
        match files.config() {
            Ok(config) => {
                tracing::info!("the channel's certificates are in force");
                self.config = Some(config);
            }
            Err(error) => unusable(&error),
        }
        self.files = Some(files);
    }
}

fn unusable(error: &CredentialsError) {
    tracing::error!(error = error as &dyn std::error::Error, "the channel's certificates cannot be used");
}

impl Files {
    fn read(directory: &Path) -> Result<Self, CredentialsError> {
        let read = |name| {
            let path = directory.join(name);
            bounded(&path).map_err(|source| CredentialsError::Read { path, source })
        };
        Ok(Self { chain: read("tls.crt")?, key: Secret::new(read("tls.key")?), authority: read("ca.crt")? })
    }

    fn are(&self, other: &Self) -> bool {
        self.chain == other.chain && self.authority == other.authority && self.key.matches(other.key.expose())
    }

    /// TLS 1.3 alone, since both ends are ours. Nothing is resumed: a certificate that is not trusted any more must not go on
    /// by what it was once.
    fn config(&self) -> Result<Arc<ServerConfig>, CredentialsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let pair = certificate::read(&self.chain, &self.key, None)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&self.authority).filter_map(Result::ok));
        if roots.is_empty() {
            return Err(CredentialsError::NoAuthority);
        }
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_protocol_versions(&[&rustls::version::TLS13])?.with_client_cert_verifier(clients);
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Files(…)")
    }
}

fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(CHAIN_SIZE).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > CHAIN_SIZE { Err(io::Error::other("larger than certificates are")) } else { Ok(bytes) }
}
