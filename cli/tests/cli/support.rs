//! Runs the command in process and keeps what it wrote.

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use boathook_cli::{Console, Exit};

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub exit: Exit,
    pub out: String,
    pub err: String,
}

/// Runs `boathook` with these words.
pub async fn boathook(words: &[&str]) -> Ran {
    let (out, err) = (Kept::default(), Kept::default());
    let mut console = Console::new(out.clone(), err.clone());
    let words = ["boathook"].iter().chain(words).map(OsString::from);
    let exit = boathook_cli::main(words, &mut console).await;
    Ran { exit, out: out.text(), err: err.text() }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
