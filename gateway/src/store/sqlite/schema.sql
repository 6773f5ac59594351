-- Times are microseconds since 1970 in UTC; ids and hashes are blobs. `crc` is the CRC32C of what a row holds.

CREATE TABLE tally (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  commits INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  payloads_deleted INTEGER NOT NULL,
  executions INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  crc INTEGER NOT NULL
);

-- queued, blocked and active count executions: what has not begun and may, what has not and may not, what has.
CREATE TABLE workflows (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  crc INTEGER NOT NULL,
  queued INTEGER NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0,
  active INTEGER NOT NULL DEFAULT 0
);

-- waiting counts executions that have not begun; stored is the bytes of all executions.
CREATE TABLE namespaces (
  namespace TEXT PRIMARY KEY,
  waiting INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0
);

-- Apart from its text, so that counting its uses does not rewrite it. A plan is checked by its hash.
CREATE TABLE plans (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  uses INTEGER NOT NULL
);

CREATE TABLE plan_texts (
  plan INTEGER PRIMARY KEY,
  text BLOB NOT NULL
);

-- `seq` is the one of its first payload. `seed` is the id of a replay from the start where `reseeded`, else of the first run.
-- `crashes`: how often the process ended while this ran, since it last wrote something. `due_at`: Queued, when it may begin; Waiting, when it goes on; Running, when its
-- lease ends.
CREATE TABLE executions (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  workflow INTEGER NOT NULL,
  plan INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  parent BLOB,
  parent_place TEXT,
  depth INTEGER NOT NULL,
  awaited INTEGER NOT NULL,
  retry_of BLOB,
  replay_of BLOB,
  replays INTEGER NOT NULL,
  seed BLOB NOT NULL,
  reseeded INTEGER NOT NULL,
  concurrency_key BLOB,
  body_kept INTEGER NOT NULL,
  keep INTEGER NOT NULL,
  keep_failed INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  gathering INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  items INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  expires_at INTEGER,
  reason TEXT,
  step TEXT,
  message TEXT,
  status INTEGER,
  answered INTEGER NOT NULL,
  cancelling TEXT,
  owner BLOB,
  crashes INTEGER NOT NULL,
  size INTEGER NOT NULL,
  damaged INTEGER NOT NULL,
  crc INTEGER NOT NULL
);

CREATE INDEX executions_of ON executions (workflow);
CREATE INDEX executions_pending ON executions (workflow, phase, blocked, due_at) WHERE phase < 3;
CREATE INDEX executions_keyed ON executions (workflow, concurrency_key, blocked)
  WHERE phase < 3 AND concurrency_key IS NOT NULL;
CREATE INDEX executions_gathering ON executions (workflow, concurrency_key) WHERE gathering = 1;
CREATE INDEX executions_expiring ON executions (expires_at) WHERE expires_at IS NOT NULL;
-- Those that may have ended the process, while they run: the number is crashes::APART.
CREATE INDEX executions_suspect ON executions (due_at) WHERE phase = 1 AND crashes >= 3;
CREATE INDEX executions_dead ON executions (workflow) WHERE phase = 4;

-- Gapless in `seq`. `execution` is the seq of the execution; small columns stand before the large ones.
CREATE TABLE payloads (
  seq INTEGER PRIMARY KEY,
  execution INTEGER NOT NULL,
  position INTEGER NOT NULL,
  delivery_key BLOB,
  body_sha256 BLOB,
  crc INTEGER NOT NULL,
  head BLOB NOT NULL,
  body BLOB
);

-- The first payload of an execution has its seq.
CREATE UNIQUE INDEX payloads_later ON payloads (execution, position) WHERE position > 0;

CREATE TABLE journal (
  execution INTEGER NOT NULL,
  number INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  entry BLOB NOT NULL,
  PRIMARY KEY (execution, number)
) WITHOUT ROWID;

CREATE TABLE answers (
  execution INTEGER PRIMARY KEY,
  crc INTEGER NOT NULL,
  answer BLOB NOT NULL
);

-- `held_until` is NULL while the execution has not ended. A freed key is kept to tell what a repeat retries.
CREATE TABLE deliveries (
  workflow INTEGER NOT NULL,
  delivery_key BLOB NOT NULL,
  execution BLOB NOT NULL,
  time_window INTEGER NOT NULL,
  held_until INTEGER,
  freed INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  PRIMARY KEY (workflow, delivery_key)
) WITHOUT ROWID;

CREATE INDEX deliveries_expiring ON deliveries (held_until) WHERE held_until IS NOT NULL;

CREATE TABLE requests (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  workflow INTEGER NOT NULL,
  at INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  reason TEXT NOT NULL,
  body_sha256 BLOB,
  execution BLOB,
  crc INTEGER NOT NULL,
  head BLOB NOT NULL
);

CREATE INDEX requests_of ON requests (workflow);

CREATE TABLE counters (
  workflow INTEGER NOT NULL,
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (workflow, name)
) WITHOUT ROWID;

INSERT INTO tally VALUES (1, 0, 0, 0, 0, 0, 0, 0);
