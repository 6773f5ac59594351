//! Random schedules of the reconcile core against a model of an API server: answers are lost with and without effect, the
//! operator dies between two calls, what it sees is old, others edit, delete and take names. When that has ended, the
//! cluster is as wanted, and no object was made or deleted that should not have been.
//!
//! A schedule is a function of its seed: `BOATHOOK_SEED=N` runs that one alone.

mod server;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Answer, Call, Deed, Id, Reconciler};
use crate::desired::{Kind, Owner, Wanted};
use crate::object::ObjectKey;
use server::Server;

/// Steps of trouble in each schedule.
const STEPS: u64 = 30;

/// Schedules of one test: what a minute has to do at least, in a fraction of it.
const SCHEDULES: u64 = 20_000;

/// Calls by which everything must have come to rest.
const REST: usize = 200;

/// A stream of numbers from a seed (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

struct Schedule {
    chance: Chance,
    server: Server,
    core: Reconciler,
    wanted: BTreeMap<Id, Wanted>,
    now: Timestamp,
    log: Vec<String>,
}

fn id(kind: Kind, name: &str) -> Id {
    (kind, ObjectKey::new("shop", name))
}

/// Three objects of one gateway, in one of two forms.
fn wanted(form: u64) -> BTreeMap<Id, Wanted> {
    let mut ids = vec![id(Kind::ServiceAccount, "a"), id(Kind::Deployment, "a")];
    // In one form there is an object less: it is deleted.
    if form == 0 {
        ids.push(id(Kind::Service, "b"));
    }
    let object = |id: Id| {
        let body = json!({
            "metadata": {"name": id.1.name, "ownerReferences": [{"kind": "WebhookGateway", "uid": "g", "controller": true}]},
            "spec": {"form": form},
        });
        let wanted = Wanted { kind: id.0, key: id.1.clone(), owner: Owner::Gateway("g".to_owned()), body };
        (id, wanted)
    };
    ids.into_iter().map(object).collect()
}

impl Schedule {
    fn new(seed: u64) -> Self {
        Self {
            chance: Chance(seed),
            server: Server::default(),
            core: Reconciler::default(),
            wanted: wanted(0),
            now: Timestamp::UNIX_EPOCH,
            log: Vec::new(),
        }
    }

    fn run(&mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        let mut foreign = 0;
        for _ in 0..REST {
            self.now += SignedDuration::from_secs(100);
            self.server.see_all();
            let call = self.core.next(&self.wanted, self.server.seen(), self.now);
            // A name that somebody else has is looked at again and again.
            if foreign == 20 || (call.is_none() && self.core.wakes(self.now).is_none()) {
                assert!(self.server.is_as(&self.wanted), "at rest, and not as wanted");
                return;
            }
            let Some(call) = call else { continue };
            let answer = self.server.perform(&call);
            let is_foreign = matches!(&answer, Answer::Object(object) if object.owner == Owner::Other);
            foreign = if is_foreign { foreign + 1 } else { 0 };
            self.log.push(format!("{call}"));
            self.core.answer(&call, answer, self.now);
        }
        panic!("no rest after {REST} calls");
    }

    /// One thing that happens.
    fn step(&mut self) {
        self.now += SignedDuration::from_millis(700);
        let what = self.chance.below(16);
        self.log.push(format!("{what}"));
        match what {
            0 => self.core = Reconciler::default(),
            1 => self.wanted = wanted(self.chance.below(2)),
            2 => self.server.edit(self.chance.below(3)),
            3 => self.server.remove(self.chance.below(3)),
            4 => self.server.take_name(id(Kind::Service, "b")),
            5..=8 => self.server.see_one(self.chance.below(4)),
            _ => self.call(),
        }
    }

    fn call(&mut self) {
        let Some(call) = self.core.next(&self.wanted, self.server.seen(), self.now) else { return };
        self.log.push(format!("{call}"));
        self.judge(&call);
        let answer = match self.chance.below(8) {
            0 => Answer::Failed,
            1 => {
                self.server.perform(&call);
                Answer::Failed
            }
            2 => {
                // It dies before it hears.
                self.server.perform(&call);
                self.core = Reconciler::default();
                return;
            }
            3 => Answer::TooMany { until: self.now + SignedDuration::from_secs(7) },
            _ => self.server.perform(&call),
        };
        self.core.answer(&call, answer, self.now);
    }

    /// No call is made that must not be.
    fn judge(&self, call: &Call) {
        match &call.deed {
            Deed::Read(_) => {}
            Deed::Create(_) | Deed::Apply { .. } => assert!(self.wanted.contains_key(&call.id), "{call} is not wanted"),
            Deed::Delete { .. } => assert!(!self.wanted.contains_key(&call.id), "{call} is wanted"),
        }
    }
}

fn run(seed: u64) {
    let mut schedule = Schedule::new(seed);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| schedule.run()));
    assert!(ended.is_ok(), "BOATHOOK_SEED={seed} fails after: {}", schedule.log.join(", "));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a seed is given from outside")]
fn every_schedule_of_trouble_ends_in_what_is_wanted() {
    if let Some(seed) = std::env::var("BOATHOOK_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return run(seed);
    }
    (0..SCHEDULES).for_each(run);
}
