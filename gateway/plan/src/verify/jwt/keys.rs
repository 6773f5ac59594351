//! The keys of tokens, each with the one algorithm that it verifies: of shared secrets, of public keys, or of a JWK Set.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::plan::{HashAlgorithm, JwtAlgorithm, JwtRules};
use crate::verify::jws::Jws;
use crate::verify::keys::KeyFault;
use crate::verify::mac::{MacKey, Tag, tag_length};
use crate::verify::public_key::{PublicAlgorithm, PublicKey, RsaAlgorithm};

/// Keys of a set: an issuer has a few, two of them while it rotates.
const MOST: usize = 64;

/// Bytes of an RSA modulus that verifies: 2,048 to 8,192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// What one entry of the workflow's list verifies with.
#[derive(Clone, Debug)]
pub(super) struct JwtKeys {
    /// Whether tokens name one of them.
    named: bool,
    keys: Vec<JwtKey>,
}

/// A key and its algorithm.
#[derive(Clone, Debug)]
struct JwtKey {
    id: Option<String>,
    algorithm: JwtAlgorithm,
    key: Proof,
}

#[derive(Clone, Debug)]
enum Proof {
    Mac(Box<MacKey>, HashAlgorithm),
    Public(PublicKey),
}

/// A JWK Set (RFC 7517, 5). Entries that cannot be read are passed over, as it says.
#[derive(Deserialize)]
struct Set<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// A JWK (RFC 7517, 4), of any kind.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    use_: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    k: Option<Wiped>,
}

/// A secret's text.
struct Wiped(Zeroizing<String>);

impl<'de> Deserialize<'de> for Wiped {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Zeroizing::new(text)))
    }
}

impl JwtKeys {
    /// The key of its text, for each of the owner's algorithms that it can be for.
    pub(super) fn one(rules: &JwtRules, text: &[u8]) -> Result<Self, KeyFault> {
        let shared = rules.algorithms.iter().any(|algorithm| algorithm.is_shared());
        if shared && is_public(text) {
            return Err(KeyFault::NoSecret);
        }
        let keys = rules.algorithms.iter().filter_map(|algorithm| {
            let key = match kind(*algorithm) {
                Kind::Mac(hash) => mac(hash, text)?,
                Kind::Public(public) => Proof::Public(PublicKey::read(public, text)?),
            };
            Some(JwtKey { id: None, algorithm: *algorithm, key })
        });
        let keys: Vec<_> = keys.collect();
        let fault = if shared { KeyFault::TooShort } else { KeyFault::NotAPublicKey };
        if keys.is_empty() { Err(fault) } else { Ok(Self { named: false, keys }) }
    }

    /// The keys of a JWK Set, for each of the owner's algorithms that they can be for; others are passed over.
    pub(super) fn set(rules: &JwtRules, text: &[u8]) -> Result<Self, KeyFault> {
        let set: Set<'_> = serde_json::from_slice(text).map_err(|_| KeyFault::NotAKeySet)?;
        if set.keys.len() > MOST {
            return Err(KeyFault::TooManyKeys(MOST));
        }
        let read: Vec<Jwk> = set.keys.iter().filter_map(|jwk| serde_json::from_str(jwk.get()).ok()).collect();
        let keys = read.iter().flat_map(|jwk| rules.algorithms.iter().filter_map(|algorithm| jwk.key(*algorithm)));
        let keys: Vec<_> = keys.collect();
        if keys.is_empty() { Err(KeyFault::NotAKeySet) } else { Ok(Self { named: true, keys }) }
    }

    /// Whether one of the keys that the token may be signed with has signed it. The token's `alg` and `kid` choose among
    /// these keys and do no more; without a `kid`, a set must leave no choice.
    pub(super) fn verify(&self, token: &Jws<'_>) -> bool {
        let of_algorithm = self.keys.iter().filter(|key| key.algorithm.name() == token.header.alg);
        let mut candidates = of_algorithm.filter(|key| match &token.header.kid {
            Some(id) if self.named => key.id.as_ref() == Some(id),
            Some(_) | None => true,
        });
        if self.named && token.header.kid.is_none() && candidates.clone().nth(1).is_some() {
            return false;
        }
        candidates.any(|key| key.key.verifies(token.signed, &token.signature))
    }
}

impl Proof {
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Mac(key, hash) => {
                let presented = Tag::presented(Some(signature), tag_length(*hash));
                key.tag([message].into_iter()).equals(&presented).into()
            }
            Self::Public(key) => key.verifies(message, signature),
        }
    }
}

impl Jwk {
    /// The key, where it is one for this algorithm.
    fn key(&self, algorithm: JwtAlgorithm) -> Option<JwtKey> {
        let says = |said: Option<&String>, wanted: &str| said.is_none_or(|said| said == wanted);
        let verifies = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        if !says(self.use_.as_ref(), "sig")
            || !says(self.alg.as_ref(), algorithm.name())
            || !self.key_ops.as_ref().is_none_or(verifies)
        {
            return None;
        }
        let key = match kind(algorithm) {
            Kind::Mac(hash) => {
                self.of("oct", None).and_then(|()| mac(hash, &bytes(self.k.as_ref().map(|k| &*k.0))?))?
            }
            Kind::Public(PublicAlgorithm::Rsa(rsa)) => {
                self.of("RSA", None)?;
                let n = bytes(self.n.as_ref()).filter(|n| RSA_BYTES.contains(&significant(n)))?;
                Proof::Public(PublicKey::rsa(rsa, &n, &bytes(self.e.as_ref())?)?)
            }
            Kind::Public(public @ PublicAlgorithm::EcdsaP256Fixed) => self.point(public, "P-256", 32)?,
            Kind::Public(public @ PublicAlgorithm::EcdsaP384Fixed) => self.point(public, "P-384", 48)?,
            Kind::Public(public @ PublicAlgorithm::Ed25519) => {
                self.of("OKP", Some("Ed25519"))?;
                let x = bytes(self.x.as_ref()).filter(|x| x.len() == 32)?;
                Proof::Public(PublicKey::new(public, &x)?)
            }
            Kind::Public(PublicAlgorithm::EcdsaP256) => return None,
        };
        Some(JwtKey { id: self.kid.clone(), algorithm, key })
    }

    fn of(&self, kind: &str, curve: Option<&str>) -> Option<()> {
        (self.kty == kind && (curve.is_none() || self.crv.as_deref() == curve)).then_some(())
    }

    /// A point (RFC 7518, 6.2.1), each coordinate in full length.
    fn point(&self, algorithm: PublicAlgorithm, curve: &str, length: usize) -> Option<Proof> {
        self.of("EC", Some(curve))?;
        let coordinate = |text: Option<&String>| bytes(text).filter(|bytes| bytes.len() == length);
        let point = [vec![4], coordinate(self.x.as_ref())?.to_vec(), coordinate(self.y.as_ref())?.to_vec()].concat();
        PublicKey::new(algorithm, &point).map(Proof::Public)
    }
}

fn bytes(text: Option<&String>) -> Option<Zeroizing<Vec<u8>>> {
    URL_SAFE_NO_PAD.decode(text?).ok().map(Zeroizing::new)
}

/// Bytes of a number without those before it that are zero.
fn significant(number: &[u8]) -> usize {
    number.len() - number.iter().take_while(|byte| **byte == 0).count()
}

/// Whether a text is what issuers publish: in PEM form, or a JWK or a set of them. Whoever reads it would sign with it.
fn is_public(text: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Published {
        keys: Option<serde::de::IgnoredAny>,
        kty: Option<serde::de::IgnoredAny>,
    }
    let text = text.trim_ascii();
    let published = serde_json::from_slice::<Published>(text).ok();
    text.starts_with(b"-----BEGIN ") || published.is_some_and(|found| found.keys.is_some() || found.kty.is_some())
}

/// A secret that is no shorter than its hash (RFC 7518, 3.2).
fn mac(hash: HashAlgorithm, secret: &[u8]) -> Option<Proof> {
    let long_enough = secret.len() >= tag_length(hash);
    long_enough.then(|| MacKey::new(hash, secret).map(|key| Proof::Mac(Box::new(key), hash)))?
}

/// What an algorithm is made of.
enum Kind {
    Mac(HashAlgorithm),
    Public(PublicAlgorithm),
}

const fn kind(algorithm: JwtAlgorithm) -> Kind {
    match algorithm {
        JwtAlgorithm::HS256 => Kind::Mac(HashAlgorithm::SHA256),
        JwtAlgorithm::HS384 => Kind::Mac(HashAlgorithm::SHA384),
        JwtAlgorithm::HS512 => Kind::Mac(HashAlgorithm::SHA512),
        JwtAlgorithm::RS256 => Kind::Public(PublicAlgorithm::Rsa(RsaAlgorithm::Pkcs1Sha256)),
        JwtAlgorithm::RS384 => Kind::Public(PublicAlgorithm::Rsa(RsaAlgorithm::Pkcs1Sha384)),
        JwtAlgorithm::RS512 => Kind::Public(PublicAlgorithm::Rsa(RsaAlgorithm::Pkcs1Sha512)),
        JwtAlgorithm::PS256 => Kind::Public(PublicAlgorithm::Rsa(RsaAlgorithm::PssSha256)),
        JwtAlgorithm::PS384 => Kind::Public(PublicAlgorithm::Rsa(RsaAlgorithm::PssSha384)),
        JwtAlgorithm::PS512 => Kind::Public(PublicAlgorithm::Rsa(RsaAlgorithm::PssSha512)),
        JwtAlgorithm::ES256 => Kind::Public(PublicAlgorithm::EcdsaP256Fixed),
        JwtAlgorithm::ES384 => Kind::Public(PublicAlgorithm::EcdsaP384Fixed),
        JwtAlgorithm::EdDSA => Kind::Public(PublicAlgorithm::Ed25519),
    }
}
