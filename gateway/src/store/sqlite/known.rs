//! Workflows and plans by their numbers, remembered between commits. Forgotten after a transaction that was rolled back.

use std::collections::HashMap;
use std::sync::Arc;

use boathook_plan::plan::WorkflowRef;
use rusqlite::{OptionalExtension, params};

use super::check::Check;
use super::namespaces;
use super::work::Work;
use crate::store::error::StoreError;
use crate::store::new::{Hash, PlanText};

/// How many of a kind are remembered.
const REMEMBERED: usize = 10_000;

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Known {
    workflows: HashMap<String, i64>,
    refs: HashMap<i64, Arc<WorkflowRef>>,
    plans: HashMap<Hash, i64>,
    hashes: HashMap<i64, Hash>,
}

impl Known {
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn make_room(&mut self) {
        if self.workflows.len() >= REMEMBERED || self.plans.len() >= REMEMBERED {
            self.forget();
        }
    }
}

/// The checksum of a workflow's row.
pub(super) fn workflow_crc(id: i64, workflow: &WorkflowRef) -> i64 {
    let check = Check::default().int(id).bytes(workflow.uid.as_bytes());
    check.bytes(workflow.namespace.as_bytes()).bytes(workflow.name.as_bytes()).sum()
}

impl Work<'_> {
    /// The number of a workflow; a new one gets one.
    pub(super) fn workflow(&mut self, workflow: &Arc<WorkflowRef>) -> Result<i64, StoreError> {
        if let Some(id) = self.workflow_of(&workflow.uid)? {
            return Ok(id);
        }
        let id = self.db.query_row("SELECT coalesce(max(id), 0) + 1 FROM workflows", [], |row| row.get(0))?;
        let mut statement = self
            .db
            .prepare_cached("INSERT INTO workflows (id, uid, namespace, name, crc) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let crc = workflow_crc(id, workflow);
        statement.execute(params![id, workflow.uid, workflow.namespace, workflow.name, crc])?;
        namespaces::know(self.db, &workflow.namespace)?;
        self.known.workflows.insert(workflow.uid.clone(), id);
        self.known.refs.insert(id, Arc::clone(workflow));
        Ok(id)
    }

    /// The number of a workflow, by its UID.
    pub(super) fn workflow_of(&mut self, uid: &str) -> Result<Option<i64>, StoreError> {
        if let Some(id) = self.known.workflows.get(uid) {
            return Ok(Some(*id));
        }
        let mut statement = self.db.prepare_cached("SELECT id FROM workflows WHERE uid = ?1")?;
        let found: Option<i64> = statement.query_row([uid], |row| row.get(0)).optional()?;
        drop(statement);
        if let Some(id) = found {
            self.known.make_room();
            // Found by an index, which may be what is damaged.
            if self.workflow_ref(id)?.uid != uid {
                return Err(StoreError::Corrupt(format!("the index of workflow {id}")));
            }
            self.known.workflows.insert(uid.to_owned(), id);
        }
        Ok(found)
    }

    /// The workflow of a number.
    pub(super) fn workflow_ref(&mut self, id: i64) -> Result<Arc<WorkflowRef>, StoreError> {
        if let Some(workflow) = self.known.refs.get(&id) {
            return Ok(Arc::clone(workflow));
        }
        let workflow = Arc::new(super::reader::workflow(self.db, id)?);
        self.known.refs.insert(id, Arc::clone(&workflow));
        Ok(workflow)
    }

    /// The number of a plan, used once more; a new one gets one.
    pub(super) fn plan(&mut self, plan: &PlanText) -> Result<i64, StoreError> {
        let id = match self.plan_of(plan.hash)? {
            Some(id) => id,
            None => self.new_plan(plan)?,
        };
        self.use_plan(id, 1)?;
        Ok(id)
    }

    /// Counts uses of a plan.
    pub(super) fn use_plan(&self, id: i64, by: i64) -> Result<(), StoreError> {
        self.db.prepare_cached("UPDATE plans SET uses = uses + ?2 WHERE id = ?1")?.execute([id, by])?;
        Ok(())
    }

    /// The hash of a plan.
    pub(super) fn plan_hash(&mut self, id: i64) -> Result<Hash, StoreError> {
        if let Some(hash) = self.known.hashes.get(&id) {
            return Ok(*hash);
        }
        let mut statement = self.db.prepare_cached("SELECT hash FROM plans WHERE id = ?1")?;
        let hash = Hash(statement.query_row([id], |row| row.get(0))?);
        self.known.hashes.insert(id, hash);
        Ok(hash)
    }

    fn plan_of(&mut self, hash: Hash) -> Result<Option<i64>, StoreError> {
        if let Some(id) = self.known.plans.get(&hash) {
            return Ok(Some(*id));
        }
        let mut statement = self.db.prepare_cached("SELECT id FROM plans WHERE hash = ?1")?;
        let found: Option<i64> = statement.query_row([hash.0], |row| row.get(0)).optional()?;
        drop(statement);
        if let Some(id) = found {
            self.known.make_room();
            if self.plan_hash(id)? != hash {
                return Err(StoreError::Corrupt(format!("the index of plan {hash}")));
            }
            self.known.plans.insert(hash, id);
        }
        Ok(found)
    }

    fn new_plan(&mut self, plan: &PlanText) -> Result<i64, StoreError> {
        let id = self.db.query_row("SELECT coalesce(max(id), 0) + 1 FROM plans", [], |row| row.get(0))?;
        self.db.execute("INSERT INTO plans (id, hash, uses) VALUES (?1, ?2, 0)", params![id, plan.hash.0])?;
        let text: &[u8] = &plan.json;
        self.db.execute("INSERT INTO plan_texts (plan, text) VALUES (?1, ?2)", params![id, text])?;
        self.known.plans.insert(plan.hash, id);
        Ok(id)
    }
}
