//! The part of an execution that never changes.

use boathook_plan::pinned::SeedOf;
use boathook_plan::plan::{BodyKept, Mode};
use rusqlite::Row as Columns;
use uuid::Uuid;

use crate::store::new::{Hash, Parent};
use crate::store::sqlite::check::Check;
use crate::store::sqlite::convert::{Code, hash, id, int, small};

/// What an execution came from.
#[derive(Clone, Debug)]
pub(in crate::store::sqlite) struct Origin {
    pub(in crate::store::sqlite) id: Uuid,
    pub(in crate::store::sqlite) workflow: i64,
    pub(in crate::store::sqlite) plan: i64,
    pub(in crate::store::sqlite) mode: Mode,
    pub(in crate::store::sqlite) accepted_at: i64,
    pub(in crate::store::sqlite) parent: Option<Parent>,
    pub(in crate::store::sqlite) retry_of: Option<Uuid>,
    pub(in crate::store::sqlite) replay_of: Option<Uuid>,
    pub(in crate::store::sqlite) replays: u32,
    pub(in crate::store::sqlite) seed: SeedOf,
    pub(in crate::store::sqlite) key: Option<Hash>,
    pub(in crate::store::sqlite) body: BodyKept,
    pub(in crate::store::sqlite) keep: i64,
    pub(in crate::store::sqlite) keep_failed: i64,
}

impl Origin {
    pub(super) fn read(columns: &Columns<'_>) -> rusqlite::Result<Option<Self>> {
        let (Some(mode), Some(body)) = (Mode::of(columns.get(6)?), BodyKept::of(columns.get(16)?)) else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: Uuid::from_bytes(columns.get(3)?),
            workflow: columns.get(4)?,
            plan: columns.get(5)?,
            mode,
            accepted_at: columns.get(7)?,
            parent: parent(columns)?,
            retry_of: id(columns.get(12)?),
            replay_of: id(columns.get(13)?),
            replays: small(columns.get(38)?),
            seed: seed(Uuid::from_bytes(columns.get(14)?), columns.get(39)?),
            key: hash(columns.get(15)?),
            body,
            keep: columns.get(17)?,
            keep_failed: columns.get(18)?,
        }))
    }

    pub(super) fn check(&self, check: Check) -> Check {
        let (place, depth, awaited) =
            self.parent.as_ref().map_or((None, 0, false), |parent| (Some(&parent.place), parent.depth, parent.awaited));
        let (seed, reseeded) = self.seed();
        check
            .bytes(self.id.as_bytes())
            .int(self.workflow)
            .int(self.plan)
            .int(self.mode.code())
            .int(self.accepted_at)
            .maybe_id(self.parent.as_ref().map(|parent| parent.id))
            .maybe_text(place)
            .int(int(depth))
            .int(int(awaited))
            .maybe_id(self.retry_of)
            .maybe_id(self.replay_of)
            .int(int(self.replays))
            .bytes(seed.as_bytes())
            .int(int(reseeded))
            .maybe_hash(self.key)
            .int(self.body.code())
            .int(self.keep)
            .int(self.keep_failed)
    }

    /// The id that is the seed, and whether it is that of a replay.
    pub(super) fn seed(&self) -> (Uuid, bool) {
        match self.seed {
            SeedOf::Delivery(id) => (id, false),
            SeedOf::Replay(id) => (id, true),
        }
    }
}

fn seed(id: Uuid, reseeded: bool) -> SeedOf {
    if reseeded { SeedOf::Replay(id) } else { SeedOf::Delivery(id) }
}

fn parent(columns: &Columns<'_>) -> rusqlite::Result<Option<Parent>> {
    let (parent, place): (_, Option<String>) = (id(columns.get(8)?), columns.get(9)?);
    let (depth, awaited) = (small(columns.get(10)?), columns.get(11)?);
    Ok(parent.map(|id| Parent { id, place: place.unwrap_or_default(), depth, awaited }))
}
