//! What a signed token must say, as plain data.

use serde::{Deserialize, Serialize};

/// What a token must say, and how it may be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JwtRules {
    /// Whom it must name as its issuer.
    pub issuer: String,
    /// Of these it must name one.
    pub audiences: Vec<String>,
    /// At least one; all with shared secrets, or all with public keys.
    pub algorithms: Vec<JwtAlgorithm>,
    /// Whether the scheme's one key is a JWK Set (RFC 7517), and not a key.
    pub key_set: bool,
}

/// How a token is signed (RFC 7518, 3; RFC 8037, 3.1).
#[expect(missing_docs, reason = "these are the names that the RFCs give")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

impl JwtRules {
    /// Whether the keys are all of one family. A public key that also could be a secret would be one that everybody has.
    pub fn is_of_one_family(&self) -> bool {
        let shared = self.algorithms.iter().filter(|algorithm| algorithm.is_shared()).count();
        !self.algorithms.is_empty() && (shared == 0 || shared == self.algorithms.len())
    }
}

impl JwtAlgorithm {
    /// The name that a token has for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Whether whoever verifies could also sign.
    pub const fn is_shared(self) -> bool {
        match self {
            Self::HS256 | Self::HS384 | Self::HS512 => true,
            Self::RS256
            | Self::RS384
            | Self::RS512
            | Self::PS256
            | Self::PS384
            | Self::PS512
            | Self::ES256
            | Self::ES384
            | Self::EdDSA => false,
        }
    }
}
