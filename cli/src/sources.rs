//! Finds and reads the files that a command line names. IO only: what is in them is [`crate::load`]'s.
//!
//! A folder is read with what is below it: `*.yaml`, `*.yml`, `*.json`, but nothing whose name starts with a dot
//! (editors' swap files, `.git`, the `..data` of a mounted ConfigMap, whose files are links beside it).

use std::collections::{BTreeMap, HashSet};
use std::fs::Metadata;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::load::{SourceFile, limits};

/// What a command line names, as it was at the start.
#[derive(Clone, Debug)]
pub struct Sources {
    named: Vec<(PathBuf, bool)>,
}

/// The state of every file: two that are equal were taken while nothing changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<PathBuf, Stamp>,
    faults: BTreeMap<PathBuf, String>,
}

/// What tells one state of a file from another. The identity changes when an editor renames a new file over the old
/// one; the change time even where a tool sets the modification time back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    identity: (u64, u64),
    size: u64,
    changed: (i64, i64),
}

impl Sources {
    /// These files and folders; each must be there now.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let named = paths.iter().map(|path| match std::fs::metadata(path) {
            Ok(found) => Ok((path.clone(), found.is_dir())),
            Err(error) => Err(Failure::usage(format!("read {}: {error}", path.display()))
                .next("name a file or a folder that holds WebhookWorkflows, such as examples/quickstart")),
        });
        Ok(Self { named: named.collect::<Result<_, _>>()? })
    }

    /// What the command line named.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.named.iter().map(|(path, _)| path.as_path())
    }

    /// Looks at every file without reading any.
    pub fn look(&self) -> Snapshot {
        let mut walk = Walk::default();
        for (path, is_folder) in &self.named {
            match std::fs::metadata(path) {
                Ok(found) => walk.take(path.clone(), &found, 0),
                // A file that is removed takes its routes with it; a folder is more likely about to be mounted again.
                Err(error) if error.kind() == ErrorKind::NotFound && !is_folder => {}
                Err(error) => walk.fault(path.clone(), &error),
            }
        }
        walk.snapshot
    }
}

impl Snapshot {
    /// Reads the files. What cannot be read stands there with the reason.
    pub fn read(&self) -> Vec<SourceFile> {
        let read = self.files.iter().map(|(path, stamp)| (path, text(path, *stamp)));
        let faults = self.faults.iter().map(|(path, fault)| (path, Err(fault.clone())));
        let files = read.chain(faults).map(|(path, text)| SourceFile { name: path.display().to_string(), text });
        files.collect()
    }
}

fn text(path: &Path, stamp: Stamp) -> Result<String, String> {
    if stamp.size > limits::FILE_SIZE {
        return Err(format!("larger than {} bytes", limits::FILE_SIZE));
    }
    let mut bytes = Vec::new();
    // Bounded whatever its size was a moment ago, and what it is: a device has none.
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(limits::FILE_SIZE).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

#[derive(Default)]
struct Walk {
    snapshot: Snapshot,
    /// Files and folders that were seen, under whatever name: a link to a folder above ends, and a file that is named
    /// twice is read once.
    seen: HashSet<(u64, u64)>,
}

impl Walk {
    fn take(&mut self, path: PathBuf, found: &Metadata, depth: usize) {
        if depth > limits::FOLDER_DEPTH || !self.seen.insert((found.dev(), found.ino())) {
            return;
        }
        if found.is_dir() {
            self.folder(&path, depth);
        } else if self.snapshot.files.len() >= limits::FILES {
            self.snapshot.faults.insert(path, format!("more than {} files are named", limits::FILES));
        } else {
            self.snapshot.files.insert(path, Stamp::of(found));
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.fault(path.to_owned(), &error),
        };
        let mut entries: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| !is_hidden(path)).collect();
        // The system's order is none: the same names must be taken at each look.
        entries.sort();
        for entry in entries {
            // Follows links. One that leads nowhere, or a file that was removed since, is as good as not there.
            let Ok(found) = std::fs::metadata(&entry) else { continue };
            if found.is_dir() || (found.is_file() && is_manifest(&entry)) {
                self.take(entry, &found, depth + 1);
            }
        }
    }

    fn fault(&mut self, path: PathBuf, error: &std::io::Error) {
        self.snapshot.faults.insert(path, error.to_string());
    }
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        Self { identity: (found.dev(), found.ino()), size: found.len(), changed: (found.ctime(), found.ctime_nsec()) }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
}

#[cfg(test)]
mod tests;
