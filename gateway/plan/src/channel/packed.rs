//! A route on its way: JSON of `{plan, keys}` in a zstd frame, as base64. Whoever packs knows both; whoever passes it on,
//! or keeps it, does not look inside.

use std::fmt;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;
use zstd::stream::read::Decoder;

use super::ROUTE_SIZE;
use super::fault::PackedFault;
use crate::limits::ZSTD_WINDOW_LOG;
use crate::plan::{Plan, WorkflowRef};
use crate::secret::Keys;

/// zstd's own default: three times smaller than the JSON, in less time than it takes to write that.
const LEVEL: i32 = 3;

/// A packed route. It holds keys: it cannot be printed, and is wiped when it is dropped.
#[derive(Clone)]
pub struct Packed(Zeroizing<String>);

/// What is inside.
#[derive(Debug)]
pub struct Unpacked {
    /// The plan.
    pub plan: Plan,
    /// The values of its keys and secrets.
    pub keys: Keys,
}

#[derive(Serialize)]
struct Whole<'a> {
    plan: &'a Plan,
    keys: &'a Keys,
}

#[derive(Deserialize)]
struct Halves<'a> {
    #[serde(borrow)]
    plan: &'a RawValue,
    #[serde(borrow)]
    keys: &'a RawValue,
}

impl Packed {
    /// Packs a route; `None` where it is larger than may be sent.
    pub fn pack(plan: &Plan, keys: &Keys) -> Option<Self> {
        let json = Zeroizing::new(serde_json::to_vec(&Whole { plan, keys }).ok()?);
        if json.len() > ROUTE_SIZE {
            return None;
        }
        let frame = Zeroizing::new(zstd::bulk::compress(&json, LEVEL).ok()?);
        Some(Self(Zeroizing::new(STANDARD.encode(frame.as_slice()))))
    }

    /// Unpacks a route, which must be this workflow's.
    pub fn unpack(&self, workflow: &WorkflowRef) -> Result<Unpacked, PackedFault> {
        let json = self.json()?;
        let halves: Halves = serde_json::from_slice(&json).map_err(|_| PackedFault::Shape)?;
        let plan: Plan =
            serde_json::from_str(halves.plan.get()).map_err(|error| PackedFault::Plan(error.to_string()))?;
        if plan.workflow != *workflow {
            return Err(PackedFault::Workflow);
        }
        // An error of serde's may quote what it met, which here is a secret.
        let keys: Keys = serde_json::from_str(halves.keys.get()).map_err(|_| PackedFault::Keys)?;
        Ok(Unpacked { plan, keys })
    }

    /// Which route it is, to whoever holds both: the same text is the same route. Never told to anybody, since it is made
    /// of keys too.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    fn json(&self) -> Result<Zeroizing<Vec<u8>>, PackedFault> {
        let frame = Zeroizing::new(STANDARD.decode(self.0.as_bytes()).map_err(|_| PackedFault::Frame)?);
        let mut decoder = Decoder::with_buffer(frame.as_slice()).map_err(|_| PackedFault::Frame)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(|_| PackedFault::Frame)?;
        let most = u64::try_from(ROUTE_SIZE).unwrap_or(u64::MAX);
        let mut json = Zeroizing::new(Vec::new());
        decoder.take(most.saturating_add(1)).read_to_end(&mut json).map_err(|_| PackedFault::Frame)?;
        if json.len() > ROUTE_SIZE { Err(PackedFault::Frame) } else { Ok(json) }
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Packed(…)")
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Zeroizing::new(text)))
    }
}
