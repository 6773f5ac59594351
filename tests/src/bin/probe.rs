//! A process inside of a cluster's network: sends deliveries to a gateway as GitHub does, or reads a gateway's records.
//!
//! ```text
//! probe send ADDRESS PATH SECRET COUNT    at least COUNT of the bodies in FILE, and on until its standard input is closed
//! probe records ADDRESS SECRET            all records of one pod, with the authority in a Secret's JSON
//! ```
//!
//! What it has seen is on its standard output, a line of JSON each.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this is tests': what does not hold ends the process"
)]

use boathook_tests::cluster::probe::{records, send};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let lines = match arguments[..] {
        ["send", address, path, secret, count] => {
            let address = address.parse().expect("an address");
            send::all(send::Job { address, path, secret, count: count.parse().expect("a number") }).await
        }
        ["records", address, authority] => records::all(address.parse().expect("an address"), authority).await,
        _ => panic!("probe send ADDRESS PATH SECRET COUNT, or probe records ADDRESS SECRET"),
    };
    for line in lines {
        println!("{line}");
    }
}
