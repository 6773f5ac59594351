//! Which servers are believed to be who they say: the system's certificate authorities.

use rustls::{ClientConfig, RootCertStore};

/// The system's roots, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`. Without any, every TLS handshake fails, and plain
/// HTTP goes on.
pub fn system_trust() -> ClientConfig {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken == 0 {
        tracing::warn!("no certificate authority was found: install ca-certificates or set SSL_CERT_FILE");
    }
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}
