//! The files of a store: who may read them, and the lock that keeps a second process out.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use zeroize::Zeroizing;

use crate::store::error::OpenError;
use crate::store::seal::KEY_SIZE;

/// Where the files of a store are.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    pub(super) directory: PathBuf,
    pub(super) database: PathBuf,
    pub(super) witness: PathBuf,
    lock: PathBuf,
    key: PathBuf,
}

impl Paths {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            database: directory.join("store.db"),
            witness: directory.join("store.witness"),
            lock: directory.join("store.lock"),
            key: directory.join("store.key"),
        }
    }

    /// Makes the directory, readable by its owner alone.
    pub(super) fn make_directory(&self) -> Result<(), OpenError> {
        if self.directory.is_dir() {
            return Ok(());
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.directory);
        made.map_err(io("make the directory", &self.directory))?;
        self.directory.parent().map_or(Ok(()), sync_directory)
    }

    /// Makes a file that is there after a power cut, or opens the one that is there. Readable by its owner alone: the files
    /// that SQLite puts beside a database get the database's mode.
    pub(super) fn make(&self, path: &Path) -> Result<File, OpenError> {
        let new = !path.exists();
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = file.map_err(io("open", path))?;
        if new {
            file.sync_all().map_err(io("sync", path))?;
            sync_directory(&self.directory)?;
        }
        Ok(file)
    }

    /// Makes what was made or renamed in the directory outlive a power cut.
    pub(super) fn sync(&self) -> Result<(), OpenError> {
        sync_directory(&self.directory)
    }

    /// Locks the store, and changes no file of it.
    pub(super) fn lock(&self) -> Result<Lock, OpenError> {
        let mut file = self.make(&self.lock)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked { path: self.directory.clone(), pid: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(io("lock", &self.lock)(error)),
        }
        Ok(Lock { file, path: self.lock.clone() })
    }

    /// The key that seals sensitive entries, made where nothing was sealed yet.
    pub(super) fn key(&self, written: bool) -> Result<Zeroizing<[u8; KEY_SIZE]>, OpenError> {
        match self.kept_key()? {
            Some(key) => return Ok(key),
            None if written => return Err(OpenError::KeyGone(self.key.clone())),
            None => {}
        }
        let mut key = Zeroizing::new([0; KEY_SIZE]);
        rand::fill(key.as_mut_slice()).map_err(|_| OpenError::Key(self.key.clone()))?;
        self.place_key(&key)?;
        Ok(key)
    }

    /// The key that is there.
    pub(super) fn kept_key(&self) -> Result<Option<Zeroizing<[u8; KEY_SIZE]>>, OpenError> {
        if !self.key.exists() {
            return Ok(None);
        }
        let mut key = Zeroizing::new([0; KEY_SIZE]);
        let mut file = File::open(&self.key).map_err(io("open", &self.key))?;
        let whole = file.read_exact(key.as_mut_slice()).is_ok() && file.read(&mut [0]).is_ok_and(|more| more == 0);
        if whole { Ok(Some(key)) } else { Err(OpenError::Key(self.key.clone())) }
    }

    /// Whole or not at all: a power cut leaves no half key behind.
    pub(super) fn place_key(&self, key: &[u8; KEY_SIZE]) -> Result<(), OpenError> {
        let temporary = self.key.with_extension("key.new");
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary);
        let mut file = file.map_err(io("open", &temporary))?;
        file.write_all(key).and_then(|()| file.sync_all()).map_err(io("write", &temporary))?;
        std::fs::rename(&temporary, &self.key).map_err(io("rename", &temporary))?;
        sync_directory(&self.directory)
    }
}

/// Held as long as it lives.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Says who holds it, for people: the lock is the file's, whatever it says.
    pub(super) fn sign(&mut self) -> Result<(), OpenError> {
        let written = self.file.set_len(0).and_then(|()| write!(self.file, "{}", std::process::id()));
        written.map_err(io("write", &self.path))
    }
}

fn holder(file: &mut File) -> String {
    let mut pid = String::new();
    let read = file.rewind().and_then(|()| file.take(20).read_to_string(&mut pid));
    if read.is_ok() && !pid.is_empty() { pid } else { "?".into() }
}

/// Makes what was made or renamed in a directory outlive a power cut.
pub(super) fn sync_directory(path: &Path) -> Result<(), OpenError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path).and_then(|directory| directory.sync_all()).map_err(io("sync", path))
}

/// An error of the operating system.
pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> OpenError {
    move |source| OpenError::Io { what, path: path.to_owned(), source }
}
