//! Flipped bits and cut files: what is damaged is refused, set aside or said; what is read is what was written, and all of
//! it is there.
//!
//! A sample in each run; with `BOATHOOK_CORRUPTION=all` every bit of the last 4 KiB of the log, every length of a short
//! log and those around every frame of a long one, and 20,000 bits of the database. `BOATHOOK_SEED` chooses other samples,
//! `BOATHOOK_BIT` tries one bit of the database alone.

use std::collections::BTreeMap;
use std::path::Path;

use boathook_plan::plan::{Batch, Mode, Overflow};
use uuid::Uuid;

use super::settings;
use crate::store::command::{Finish, Park};
use crate::store::ending::{Answer, Duplicate, Phase};
use crate::store::new::{Hash, JournalEntry, NewExecution, Queueing};
use crate::store::query::{ExecutionRow, KeptPayload};
use crate::store::sqlite::open_checked;
use crate::store::testing::{answered, append, claim, delivery, ending, entry, keyed, noon};
use crate::store::{Filter, Store, StoreError};

/// A directory's files.
type Image = BTreeMap<String, Vec<u8>>;

/// Bytes of the log whose every bit counts.
const TAIL: usize = 4_096;

/// Bytes before the log's first frame.
const LOG_HEAD: usize = 32;

/// Bytes of a frame before its page.
const FRAME_HEAD: usize = 24;

/// Bytes of a page.
const PAGE: usize = 4_096;

/// Bytes of a frame.
const FRAME: usize = FRAME_HEAD + PAGE;

/// What a cell begins with: a page, its size, its number, the size and the first types of its record.
const CELL_HEAD: usize = 8;

fn image(directory: &Path) -> Image {
    let files = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    files
        .map(|file| (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap()))
        .filter(|(name, _)| !name.ends_with("-shm"))
        .collect()
}

fn restore(image: &Image, directory: &Path) {
    for file in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        std::fs::remove_file(file.path()).unwrap();
    }
    for (name, content) in image {
        std::fs::write(directory.join(name), content).unwrap();
    }
}

/// Executions of every phase, a batch, keys, answers, sealed entries.
async fn fill(store: &Store) {
    let queueing = Queueing { max: 100, key: Some(Hash([1; 32])), queue: 100, overflow: Overflow::Queue };
    for number in 1..=24 {
        let mut new = keyed(number, &format!("key {number}"));
        new.mode = if number % 2 == 0 { Mode::Sync } else { Mode::Async };
        new.payload.body = vec![u8::try_from(number).unwrap(); usize::try_from(number * number * 20).unwrap()].into();
        if number > 20 {
            new = NewExecution { queueing, ..new };
        }
        store.accept(new).await.unwrap();
    }
    let running = store.claim(claim(100, noon())).await.unwrap().claimed;
    for (claimed, number) in running.iter().zip(1_usize..) {
        let secret = JournalEntry { text: vec![b's'; 40].into(), sensitive: true };
        let entries = vec![entry("one"), secret, entry(&"long".repeat(number * 30))];
        store.append(append(claimed.fence, entries)).await.unwrap();
        let (fence, entries) = (claimed.fence, vec![entry("last")]);
        match number % 4 {
            0 => drop(store.finish(finish(fence, answered(Phase::Succeeded, 200, b"answer"))).await.unwrap()),
            1 => drop(store.finish(finish(fence, ending(Phase::Failed))).await.unwrap()),
            2 => drop(
                store.park(Park { fence, entries, answer: None, until: None, children: Vec::new() }).await.unwrap(),
            ),
            _ => {}
        }
    }
    for number in 30..=32 {
        let batch = Some(Batch { max: 9, for_ms: 1_000 });
        store.accept(NewExecution { batch, ..delivery(number) }).await.unwrap();
    }
}

fn finish(fence: crate::store::Fence, ending: crate::store::Ending) -> Finish {
    Finish { fence, entries: vec![entry("end")], ending }
}

/// What is read of an execution; an error is damage that was said.
type Read<T> = Result<T, StoreError>;

/// All that can be read.
#[derive(Debug)]
struct Contents {
    rows: Read<Vec<ExecutionRow>>,
    one_by_one: BTreeMap<Uuid, Whole>,
    keys: Vec<Read<Option<Duplicate>>>,
}

#[derive(Debug)]
struct Whole {
    payloads: Read<Vec<KeptPayload>>,
    journal: Read<Vec<JournalEntry>>,
    answer: Read<Option<Answer>>,
    plan: Read<Option<bytes::Bytes>>,
}

async fn contents(store: &Store) -> Contents {
    let page = store.executions(Filter::default()).await;
    let rows = page.map(|page| page.rows);
    let mut one_by_one = BTreeMap::new();
    for row in rows.iter().flatten() {
        let whole = Whole {
            payloads: store.payloads(row.id).await,
            journal: store.journal(row.id, 0).await,
            answer: store.answer(row.id).await,
            plan: store.plan(row.plan).await,
        };
        one_by_one.insert(row.id, whole);
    }
    let mut keys = Vec::new();
    for number in 1..=24 {
        keys.push(store.delivery("uid-orders", Hash::of(format!("key {number}").as_bytes()), noon()).await);
    }
    Contents { rows, one_by_one, keys }
}

/// What is wrong with what was read, of what was not said to be damaged.
fn silent(found: &Contents, whole: &Contents, lost_keys: u64) -> Option<String> {
    let rows = match &found.rows {
        Ok(rows) => rows,
        Err(StoreError::Corrupt(_)) => return None,
        Err(error) => return Some(format!("the list fails and does not say that it is damaged: {error}")),
    };
    let expected = whole.rows.as_ref().unwrap();
    if rows.len() != expected.len() {
        return Some(format!("{} rows, not {}", rows.len(), expected.len()));
    }
    for (row, expected) in rows.iter().zip(expected).filter(|(row, _)| !row.damaged) {
        let released = ExecutionRow { blocked: row.blocked, ..expected.clone() };
        if *row != released {
            return Some(format!("{row:?} is not {expected:?}"));
        }
        let (read, written) = (&found.one_by_one[&row.id], &whole.one_by_one[&row.id]);
        if read.payloads.is_ok() && read.payloads != written.payloads
            || read.journal.is_ok() && read.journal != written.journal
            || read.answer.is_ok() && read.answer != written.answer
            || read.plan.is_ok() && read.plan != written.plan
        {
            return Some(format!("{read:?} is not {written:?}"));
        }
    }
    let damaged = rows.iter().any(|row| row.damaged) || lost_keys > 0;
    (!damaged).then(|| keys(found, whole)).flatten()
}

fn keys(found: &Contents, whole: &Contents) -> Option<String> {
    let unequal = found.keys.iter().zip(&whole.keys).find(|(read, written)| {
        let Ok(read) = read else { return false };
        let written = written.as_ref().unwrap();
        // Of an answer that is said to be damaged, the status alone is told.
        let said = |read: &Duplicate| found.one_by_one.get(&read.id).is_some_and(|whole| whole.answer.is_err());
        let without = written.clone().filter(said).map(|mut written| {
            written.answer = written.answer.map(|answer| Answer { kept: None, ..answer });
            written
        });
        read != written && (without.is_none() || *read != without)
    });
    unequal.map(|(read, written)| format!("the key of {written:?} says {read:?}"))
}

/// What is wrong with what is claimed.
async fn claimed(store: &Store, whole: &Contents) -> Option<String> {
    let claims = match store.claim(claim(100, noon())).await {
        Ok(claims) => claims,
        Err(StoreError::Corrupt(_)) => return None,
        Err(error) => return Some(format!("a claim fails and does not say that the store is damaged: {error}")),
    };
    for claimed in claims.claimed {
        let written = &whole.one_by_one[&claimed.fence.id];
        let bodies: Vec<_> = claimed.payloads.iter().map(|payload| (&payload.head, Some(&payload.body))).collect();
        let kept = written.payloads.as_ref().unwrap();
        let wanted: Vec<_> = kept.iter().map(|kept| (&kept.head, kept.body.as_ref())).collect();
        if bodies != wanted || Ok(&claimed.entries) != written.journal.as_ref() {
            return Some(format!("{claimed:?} is claimed instead of {written:?}"));
        }
    }
    None
}

/// How a damaged store was taken.
#[derive(Debug, Default)]
struct Verdicts {
    refused: u32,
    opened: u32,
}

/// A store and what it holds, to be damaged in many ways.
struct Patient {
    image: Image,
    whole: Contents,
    directory: tempfile::TempDir,
    /// Pages up to which each is checked at the start.
    checked: i64,
    verdicts: Verdicts,
}

impl Patient {
    async fn new(image: Image, checked: i64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        restore(&image, directory.path());
        let opened = open_checked(settings(directory.path()), checked).unwrap();
        let whole = contents(&opened.store).await;
        opened.store.close().await;
        assert_eq!(whole.rows.as_ref().unwrap().len(), 25);
        Self { image, whole, directory, checked, verdicts: Verdicts::default() }
    }

    /// Opens the store with one file changed, and finds nothing wrong.
    async fn try_with(&mut self, file: &str, change: impl FnOnce(&mut Vec<u8>), what: &str) {
        let wrong = self.wrong_with(file, change).await;
        assert_eq!(wrong, None, "{what} of {file} went unseen");
    }

    /// What is wrong with what is read of the store with one file changed.
    async fn wrong_with(&mut self, file: &str, change: impl FnOnce(&mut Vec<u8>)) -> Option<String> {
        let mut image = self.image.clone();
        change(image.get_mut(file).unwrap());
        restore(&image, self.directory.path());
        let Ok(opened) = open_checked(settings(self.directory.path()), self.checked) else {
            self.verdicts.refused += 1;
            let left = self::image(self.directory.path());
            let changed: Vec<_> = image.iter().filter(|(name, content)| left.get(*name) != Some(*content)).collect();
            // Who held the lock last is written into it; an empty log holds nothing.
            let holds = |(name, content): &&(&String, &Vec<u8>)| *name != "store.lock" && !content.is_empty();
            let changed: Vec<_> = changed.iter().filter(holds).map(|(name, _)| *name).collect();
            return (!changed.is_empty()).then(|| format!("it was refused, and {changed:?} were changed"));
        };
        self.verdicts.opened += 1;
        let found = contents(&opened.store).await;
        let wrong = claimed(&opened.store, &self.whole).await;
        opened.store.close().await;
        wrong.or_else(|| silent(&found, &self.whole, opened.lost_keys))
    }

    async fn flip(&mut self, file: &str, bit: usize) {
        self.try_with(file, |content| content[bit / 8] ^= 1 << (bit % 8), &format!("flipped bit {bit}")).await;
    }
}

/// As a crash leaves it: all in the log.
async fn crashed() -> Image {
    let directory = tempfile::tempdir().unwrap();
    let store = super::open(directory.path()).unwrap().store;
    fill(&store).await;
    image(directory.path())
}

/// As a clean end leaves it: all in the database.
async fn closed() -> Image {
    let directory = tempfile::tempdir().unwrap();
    let store = super::open(directory.path()).unwrap().store;
    fill(&store).await;
    store.close().await;
    image(directory.path())
}

fn all() -> bool {
    std::env::var("BOATHOOK_CORRUPTION").is_ok_and(|text| text == "all")
}

/// The bits by which SQLite finds its way: the heads of pages, where their cells are, and what each cell begins with
/// (sqlite.org/fileformat2.html, 1.6).
fn leading(database: &[u8]) -> Vec<usize> {
    let mut bytes = Vec::new();
    for (page, start) in database.chunks(PAGE).zip((0..).step_by(PAGE)) {
        let head = if start == 0 { 100 } else { 0 };
        let size = match page[head] {
            2 | 5 => 12,
            10 | 13 => 8,
            // Goes on with another page, or is free.
            _ => 4,
        };
        let cells = if size == 4 { 0 } else { usize::from(u16::from_be_bytes([page[head + 3], page[head + 4]])) };
        let places = head..head + size + 2 * cells;
        let cells = page[head + size..places.end].chunks(2).map(|at| usize::from(u16::from_be_bytes([at[0], at[1]])));
        bytes.extend(cells.flat_map(|cell| cell..(cell + CELL_HEAD).min(PAGE)).chain(places).map(|byte| start + byte));
    }
    bytes.iter().flat_map(|byte| byte * 8..byte * 8 + 8).collect()
}

/// The one bit that is asked for.
fn one() -> Option<Vec<usize>> {
    std::env::var("BOATHOOK_BIT").ok().map(|text| vec![text.parse().unwrap()])
}

/// Some numbers below a bound, or all of them.
fn some(bound: usize, sample: usize) -> Vec<usize> {
    if all() {
        return (0..bound).collect();
    }
    random(bound, sample)
}

fn random(bound: usize, sample: usize) -> Vec<usize> {
    let seed: u64 = std::env::var("BOATHOOK_SEED").map_or(1, |text| text.parse().unwrap());
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(bound).unwrap()).unwrap()
    };
    (0..sample).map(|_| next()).collect()
}

#[tokio::test]
async fn a_flipped_bit_at_the_end_of_the_log_is_refused() {
    let image = crashed().await;
    let length = image["store.db-wal"].len();
    let mut patient = Patient::new(image, 0).await;
    for bit in some(TAIL * 8, 60) {
        patient.flip("store.db-wal", (length - TAIL) * 8 + bit).await;
    }
    for bit in random(length * 8, if all() { 4_000 } else { 40 }) {
        patient.flip("store.db-wal", bit).await;
    }
    println!("bits of the log: {:?}", patient.verdicts);
    assert_eq!(patient.verdicts.opened, 0);
}

/// As a crash leaves a store that had been closed before: a little of everything in the log, and in the database only what
/// every store has.
async fn crashed_early() -> Image {
    let directory = tempfile::tempdir().unwrap();
    super::open(directory.path()).unwrap().store.close().await;
    let store = super::open(directory.path()).unwrap().store;
    for number in 1..=3 {
        store.accept(keyed(number, &format!("key {number}"))).await.unwrap();
    }
    let running = store.claim(claim(2, noon())).await.unwrap().claimed;
    store.append(append(running[0].fence, vec![entry("one")])).await.unwrap();
    store.finish(finish(running[0].fence, answered(Phase::Succeeded, 200, b"answer"))).await.unwrap();
    image(directory.path())
}

#[tokio::test]
async fn a_cut_log_is_refused() {
    let image = crashed().await;
    let length = image["store.db-wal"].len();
    let mut patient = Patient::new(image, 0).await;
    let mut lengths = random(length, if all() { 4_000 } else { 30 });
    lengths.extend([0, 31, LOG_HEAD, length - FRAME, length - 1]);
    if all() {
        let frames = (LOG_HEAD..length).step_by(FRAME);
        lengths.extend(frames.flat_map(|start| [start - 1, start, start + 1, start + FRAME_HEAD]));
    }
    for length in &lengths {
        patient.try_with("store.db-wal", |content| content.truncate(*length), &format!("a cut at {length}")).await;
    }
    println!("lengths of the log: {:?}", patient.verdicts);
    assert_eq!(patient.verdicts.opened, 0);
    assert_eq!(usize::try_from(patient.verdicts.refused), Ok(lengths.len()));
}

#[tokio::test]
async fn every_length_of_a_log_is_refused() {
    let image = crashed_early().await;
    let length = image["store.db-wal"].len();
    let step = if all() { 1 } else { length / 200 };
    // A start that refuses changes nothing, so that one log is cut shorter and shorter.
    let cut = |lengths: &mut dyn Iterator<Item = usize>| {
        let directory = tempfile::tempdir().unwrap();
        restore(&image, directory.path());
        let log = directory.path().join("store.db-wal");
        let refused = lengths.inspect(|length| refused_at(*length, &log, directory.path())).count();
        let left = self::image(directory.path());
        let changed =
            left.iter().filter(|(name, content)| !name.starts_with("store.db-wal") && image[*name] != **content);
        // Who held the lock last is written into it.
        let changed: Vec<_> = changed.map(|(name, _)| name).filter(|name| *name != "store.lock").collect();
        assert!(changed.is_empty(), "refusals changed {changed:?}");
        refused
    };
    // Two stores, for the even and the odd lengths: there are hundreds of thousands.
    let refused = std::thread::scope(|scope| {
        let odd = scope.spawn(|| cut(&mut (0..length).rev().step_by(step).skip(1).step_by(2)));
        cut(&mut (0..length).rev().step_by(step).step_by(2)) + odd.join().unwrap()
    });
    println!("lengths of a short log: {refused} of {length} tried, all refused");
    assert_eq!(refused, length.div_ceil(step));
}

fn refused_at(length: usize, log: &Path, directory: &Path) {
    let bytes = u64::try_from(length).unwrap();
    std::fs::OpenOptions::new().write(true).open(log).unwrap().set_len(bytes).unwrap();
    assert!(open_checked(settings(directory), 0).is_err(), "a cut at {length} went unseen");
    let left = std::fs::metadata(log).map(|file| file.len()).ok();
    assert_eq!(left, Some(bytes), "a refusal changed the log");
}

#[tokio::test]
async fn a_cut_database_is_refused() {
    let image = closed().await;
    let length = image["store.db"].len();
    let mut patient = Patient::new(image, 0).await;
    for length in random(length, if all() { 2_000 } else { 30 }) {
        patient.try_with("store.db", |content| content.truncate(length), &format!("a cut at {length}")).await;
    }
    println!("lengths of the database: {:?}", patient.verdicts);
    assert!(patient.verdicts.refused > 0);
}

#[tokio::test]
async fn a_flipped_bit_of_the_database_is_never_read_as_something_else() {
    let image = closed().await;
    let length = image["store.db"].len();
    // As a small store, whose pages are checked, and as a large one, whose pages are not.
    for checked in [i64::MAX, 0] {
        let mut patient = Patient::new(image.clone(), checked).await;
        for bit in one().unwrap_or_else(|| random(length * 8, if all() { 20_000 } else { 100 })) {
            patient.flip("store.db", bit).await;
        }
        println!("bits of the database, {checked} pages checked: {:?}", patient.verdicts);
        assert!(patient.verdicts.opened > 0 || one().is_some());
    }
}

#[tokio::test]
async fn a_flipped_bit_that_leads_sqlite_astray_is_never_read_as_something_else() {
    let image = closed().await;
    let bits = leading(&image["store.db"]);
    assert!(bits.len() > 10_000, "{}", bits.len());
    let mut patient = Patient::new(image, 0).await;
    let mut wrong = Vec::new();
    for number in some(bits.len(), 100) {
        let bit = bits[number];
        let found = patient.wrong_with("store.db", |content| content[bit / 8] ^= 1 << (bit % 8)).await;
        wrong.extend(found.map(|found| format!("{bit}: {found}")));
    }
    println!("bits that lead, of {}: {:?}", bits.len(), patient.verdicts);
    assert!(patient.verdicts.opened > 0);
    assert!(wrong.is_empty(), "{} bits went unseen:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn a_damaged_witness_alone_costs_nothing() {
    let mut patient = Patient::new(closed().await, 0).await;
    for bit in 0..20 * 8 {
        patient.flip("store.witness", bit).await;
    }
    assert_eq!(patient.verdicts.refused, 0);
}
