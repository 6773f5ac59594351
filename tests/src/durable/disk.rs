//! A disk of one file whose power can be cut: ext4 on a loop device, shut down without flushing its log, so that what
//! was not synced is gone. Needs root.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::server::LOOK;

/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: what is not on the disk stays off it. Perl is part of every
/// Debian, and has the system call that safe Rust has not.
const CUT: &str = r#"open(my $f, "<", $ARGV[0]) or die $!; my $v = pack("L", 2); ioctl($f, 0x8004587D, $v) or die $!"#;

/// How long a disk may stay in use once it is unmounted.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mounted disk; unmounted and removed when dropped.
#[derive(Debug)]
pub struct Disk {
    image: PathBuf,
    mount: PathBuf,
}

impl Disk {
    /// A new, empty disk below `folder`.
    ///
    /// # Panics
    ///
    /// Where this user may not mount one, or the programs for it are missing.
    pub fn new(folder: &Path, mebibytes: u64) -> Self {
        assert!(is_root(), "a disk whose power can be cut must be mounted: run this test as root");
        let disk = Self { image: folder.join("disk.img"), mount: folder.join("disk") };
        std::fs::create_dir_all(&disk.mount).expect("a mount point");
        let image = std::fs::File::create(&disk.image).expect("an image");
        image.set_len(mebibytes << 20).expect("a sparse file");
        run(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&disk.image));
        disk.mount();
        disk
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.mount
    }

    /// Cuts the power. Whoever has a file open gets errors from now on.
    pub fn cut(&self) {
        run(Command::new("perl").args(["-e", CUT]).arg(&self.mount));
    }

    /// Power comes back. No process may have a file of it open.
    ///
    /// # Panics
    ///
    /// When the disk is still in use after a minute.
    pub fn restore(&self) {
        run(Command::new("umount").arg(&self.mount));
        let end = Instant::now() + PATIENCE;
        while self.is_attached() {
            assert!(Instant::now() < end, "{} is in use after {PATIENCE:?}", self.image.display());
            std::thread::sleep(LOOK);
        }
        self.mount();
    }

    /// A container that begins meanwhile copies every mount, and holds the disk, without power as it is, until it has let go
    /// of them: whoever mounts it before gets that one again.
    fn is_attached(&self) -> bool {
        let output = run(Command::new("losetup").arg("--associated").arg(&self.image));
        !output.trim_ascii().is_empty()
    }

    fn mount(&self) {
        run(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.mount));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A test that failed may have left files open: the lazy form never fails for that.
        let _ = Command::new("umount").arg("-l").arg(&self.mount).status();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// What it has written to stdout.
fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
