//! Tests of `sources`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &[u8]) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn sources(&self) -> Sources {
        Sources::open(&[self.0.path().to_owned()]).unwrap()
    }

    /// Names below the folder, with their text.
    fn read(&self) -> Vec<(String, Result<String, String>)> {
        let root = format!("{}/", self.0.path().display());
        let files = self.sources().look().read();
        files.into_iter().map(|file| (file.name.replace(&root, ""), file.text)).collect()
    }
}

#[test]
fn a_folder_is_read_with_what_is_below_it_but_hidden_names() {
    let folder = Folder::new();
    for name in ["b.yaml", "a.yml", "c/d.json", "e.txt", ".hidden.yaml", ".git/f.yaml", "..data/g.yaml", "h.yaml~"] {
        folder.write(name, name.as_bytes());
    }
    let names: Vec<_> = folder.read().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a.yml", "b.yaml", "c/d.json"]);
}

#[test]
fn a_link_to_a_folder_above_ends() {
    let folder = Folder::new();
    folder.write("a/b.yaml", b"x");
    symlink(folder.0.path(), folder.path("a/up")).unwrap();
    symlink("nowhere", folder.path("a/broken.yaml")).unwrap();
    assert_eq!(folder.read(), [("a/b.yaml".to_owned(), Ok("x".to_owned()))]);
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = Folder::new();
    folder.write("a.yaml", b"x");
    symlink("a.yaml", folder.path("z.yaml")).unwrap();
    let named = [folder.path("a.yaml"), folder.0.path().to_owned()];
    let files = Sources::open(&named).unwrap().look().read();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].name.ends_with("/a.yaml"), "{files:?}");
}

#[test]
fn what_cannot_be_text_stands_there_with_the_reason() {
    let folder = Folder::new();
    folder.write("binary.yaml", &[0xff, 0xfe, 0x00]);
    let large = fs::File::create(folder.path("large.yaml")).unwrap();
    large.set_len(limits::FILE_SIZE + 1).unwrap();
    let told: Vec<_> = folder.read().into_iter().map(|(_, text)| text.unwrap_err()).collect();
    assert_eq!(told, ["not UTF-8 text", "larger than 16777216 bytes"]);
}

#[test]
fn every_way_to_change_a_file_changes_what_is_seen() {
    let folder = Folder::new();
    folder.write("a.yaml", b"1");
    let sources = folder.sources();
    let before = sources.look();
    assert_eq!(sources.look(), before);
    folder.write("new.tmp", b"2");
    fs::rename(folder.path("new.tmp"), folder.path("a.yaml")).unwrap();
    let renamed = sources.look();
    assert_ne!(renamed, before);
    folder.write("b.yaml", b"1");
    let added = sources.look();
    assert_ne!(added, renamed);
    fs::remove_file(folder.path("b.yaml")).unwrap();
    assert_ne!(sources.look(), added);
}

#[test]
fn a_removed_file_is_gone_and_a_removed_folder_is_a_fault() {
    let folder = Folder::new();
    folder.write("a.yaml", b"1");
    folder.write("sub/b.yaml", b"2");
    let sources = Sources::open(&[folder.path("a.yaml"), folder.path("sub")]).unwrap();
    fs::remove_file(folder.path("a.yaml")).unwrap();
    fs::remove_dir_all(folder.path("sub")).unwrap();
    let files = sources.look().read();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].name.ends_with("sub") && files[0].text.is_err(), "{files:?}");
}

#[test]
fn what_is_not_there_at_the_start_is_refused() {
    let failure = Sources::open(&[PathBuf::from("/there/is/nothing")]).unwrap_err();
    assert_eq!(failure.exit, crate::failure::Exit::Usage);
    assert!(failure.message.starts_with("read /there/is/nothing: "), "{}", failure.message);
}
