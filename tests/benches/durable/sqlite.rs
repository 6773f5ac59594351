//! The measure: SQLite's own group commit of rows of the same size, one writer, WAL, `synchronous=FULL`.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use boathook_tests::durable::server::own_cpu;
use rusqlite::Connection;

use super::client::BODY;
use super::numbers::Turn;

/// Rows of one commit at most, as in the store.
const BATCH: usize = 256;

/// Pages of the log that a checkpoint copies, as in the store.
const CHECKPOINT: u32 = 4_000;

/// Producers that wait for their row's commit before the next one.
pub fn load(producers: usize, turn: Duration) -> Turn {
    let folder = tempfile::tempdir().expect("a folder");
    let connection = open(&folder.path().join("rows.db"));
    let (sender, receiver) = sync_channel::<SyncSender<()>>(1_024);
    let writer = std::thread::spawn(move || write(&connection, &receiver));
    let (started, cpu) = (Instant::now(), own_cpu());
    let producers: Vec<_> = (0..producers)
        .map(|_| {
            let sender = sender.clone();
            std::thread::spawn(move || produce(&sender, started + turn))
        })
        .collect();
    drop(sender);
    let latencies = producers.into_iter().flat_map(|producer| producer.join().expect("a producer ends well")).collect();
    let took = started.elapsed();
    writer.join().expect("the writer ends well");
    Turn { latencies, took, cpu: own_cpu().saturating_sub(cpu) }
}

fn open(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).expect("a database");
    connection.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    connection.pragma_update(None, "synchronous", "FULL").expect("FULL");
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT).expect("a checkpoint's size");
    let table = "CREATE TABLE rows (id INTEGER PRIMARY KEY, key BLOB, head TEXT, body BLOB)";
    connection.execute_batch(table).expect("a table");
    connection
}

fn produce(sender: &SyncSender<SyncSender<()>>, end: Instant) -> Vec<Duration> {
    let mut latencies = Vec::new();
    while Instant::now() < end {
        let began = Instant::now();
        let (done, committed) = sync_channel(1);
        sender.send(done).expect("the writer lives");
        committed.recv().expect("the row is committed");
        latencies.push(began.elapsed());
    }
    latencies
}

fn write(connection: &Connection, rows: &Receiver<SyncSender<()>>) {
    let head = "h".repeat(400);
    while let Ok(first) = rows.recv() {
        let batch: Vec<_> = std::iter::once(first).chain(rows.try_iter().take(BATCH - 1)).collect();
        connection.execute_batch("BEGIN IMMEDIATE").expect("begin");
        {
            let sql = "INSERT INTO rows (key, head, body) VALUES (randomblob(16), ?1, ?2)";
            let mut insert = connection.prepare_cached(sql).expect("a statement");
            for _ in &batch {
                insert.execute((&head, BODY.as_bytes())).expect("a row");
            }
        }
        connection.execute_batch("COMMIT").expect("commit");
        for done in batch {
            done.send(()).expect("the producer waits");
        }
    }
}
