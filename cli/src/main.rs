//! The `boathook` command: hands the process's arguments, streams and exit code to the library, and nothing else.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use anyhow::Context as _;
use boathook_cli::Console;

fn main() -> anyhow::Result<ExitCode> {
    // A worker is nothing else: whatever comes next is not of its life.
    if let Some(exit) = boathook_sandbox::worker::entered(std::env::args_os()) {
        return Ok(exit);
    }
    // Of all commands this one alone lives long, and takes what strangers send.
    if std::env::args_os().any(|argument| argument == "run") {
        boathook_gateway::start_frugally(std::env::args_os());
    }
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        anyhow::bail!("install the TLS provider: another one is installed");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the runtime")?;
    let exit = runtime.block_on(boathook_cli::main(std::env::args_os(), &mut Console::process()));
    // A reader of standard input or a name lookup may still block a thread: nothing waits for it.
    runtime.shutdown_background();
    Ok(exit.into())
}
