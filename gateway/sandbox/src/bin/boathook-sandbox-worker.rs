//! A worker and nothing else: what the tests of this crate start. The product starts itself.
//!
//! With `attempt WHAT` it confines itself like a worker, then tries what a script that had taken it over would try.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode};
use std::thread;

type Attempt = fn() -> bool;

/// What is tried, by its name. All of it may be done by a process that is not confined.
const ATTEMPTS: [(&str, Attempt); 11] = [
    ("nothing", || true),
    ("open", || File::open("/proc/self/status").is_ok()),
    ("create", || File::create("/tmp/boathook-sandbox-attempt").is_ok()),
    ("list", || std::fs::read_dir("/").is_ok()),
    ("connect", || TcpStream::connect("127.0.0.1:9").is_err()),
    ("listen", || TcpListener::bind("127.0.0.1:0").is_ok()),
    ("send", || UdpSocket::bind("127.0.0.1:0").is_ok()),
    ("local", || UnixStream::pair().is_ok()),
    ("start", || Command::new("/bin/true").spawn().is_ok()),
    ("thread", || thread::Builder::new().spawn(|| ()).is_ok()),
    ("inherited", || std::io::stderr().write(b"x").is_ok()),
];

fn main() -> ExitCode {
    if let Some(code) = boathook_sandbox::worker::entered(std::env::args_os()) {
        return code;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [word, name] = words.as_slice() else { return ExitCode::from(2) };
    let attempt = ATTEMPTS.iter().find(|(known, _)| known == name);
    match (word.as_str(), attempt) {
        ("attempt", Some((_, attempt))) => done(boathook_sandbox::worker::confine(16 << 20).is_ok() && attempt()),
        // The same without the confinement, to see that it would have worked.
        ("free", Some((_, attempt))) => done(attempt()),
        (_, _) => ExitCode::from(2),
    }
}

/// A byte of input is waited for first, so that both pipes are seen to work.
fn done(is_done: bool) -> ExitCode {
    let heard = std::io::stdin().read(&mut [0]).is_ok();
    let said = std::io::stdout().write_all(if is_done { b"done" } else { b"not done" }).is_ok();
    if heard && said { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
