//! A full disk, a second process, a store of a newer version.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use boathook_tests::boathook::free_address;
use boathook_tests::durable::disk::Disk;
use boathook_tests::durable::lab::Lab;
use boathook_tests::durable::sender::body;
use boathook_tests::durable::server::Server;

use crate::load;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_heals_by_itself() {
    let ground = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(ground.path(), 48);
    let lab = Lab::new(Some(&disk.path().join("data"))).await;
    let mut chance = fastrand::Rng::with_seed(1);
    let mut server = Server::start(&lab.place);
    load::some(&lab.sender, "before", 10, &mut chance).await;
    let filler = disk.path().join("filler");
    fill(&filler);
    let mut refused = None;
    for number in 0..1_000 {
        let id = format!("full-{number}");
        let answer =
            lab.sender.deliver(&id, &body(&id, &mut chance)).await.expect("a full disk is no reason to hang up");
        if answer.status != 202 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a full disk takes no thousand deliveries");
    assert_eq!((refused.status, refused.reason().as_str()), (503, "StoreUnavailable"));
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "{refused:?}");

    fs::remove_file(&filler).expect("the filler is removed");
    lab.sender.insist().await;
    let records = lab.drained(&server).await;
    lab.sender.ledger().hold(&records, &lab.sink.seen());
    assert!(server.ended().is_none(), "{}", server.messages());
}

/// Writes until the disk has no room.
fn fill(path: &Path) {
    let mut file = File::create(path).expect("a filler");
    let block = vec![0_u8; 64 << 10];
    while file.write_all(&block).is_ok() {}
    // The last kilobytes, too.
    while file.write_all(&[0; 512]).is_ok() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_one_store_ends_with_a_message() {
    let lab = Lab::new(None).await;
    let mut first = Server::start(&lab.place);
    let mut other = lab.place.clone();
    (other.listen, other.admin) = (free_address(), free_address());
    other.folder = lab.folder.path().join("second");
    fs::create_dir(&other.folder).expect("a folder");
    fs::copy(lab.place.folder.join("orders.yaml"), other.folder.join("orders.yaml")).expect("a copy");
    let mut second = Server::spawn(&other, None);
    assert_eq!(second.end().code(), Some(3), "{}", second.messages());
    let message = format!("the store {} is in use by process", lab.place.data.display());
    assert!(second.messages().contains(&message), "{}", second.messages());

    first.kill();
    let _third = Server::start(&other);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_a_newer_version_is_refused_and_not_touched() {
    let lab = Lab::new(None).await;
    let mut chance = fastrand::Rng::with_seed(1);
    let mut server = Server::start(&lab.place);
    load::some(&lab.sender, "old", 3, &mut chance).await;
    lab.drained(&server).await;
    assert_eq!(server.stop().code(), Some(0), "{}", server.messages());
    // `user_version` in the header: https://www.sqlite.org/fileformat.html#the_database_header
    let database = OpenOptions::new().write(true).open(lab.place.data.join("store.db")).expect("the database");
    database.write_all_at(&999_u32.to_be_bytes(), 60).expect("a version");
    drop(database);
    let before = contents(&lab.place.data);

    let mut server = Server::spawn(&lab.place, None);
    assert_eq!(server.end().code(), Some(3), "{}", server.messages());
    assert!(server.messages().contains("has version 999"), "{}", server.messages());
    assert_eq!(contents(&lab.place.data), before);
}

/// The files of a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let read = |path: &Path| fs::read(path).expect("a file can be read");
    files.map(|path| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), read(&path))).collect()
}
