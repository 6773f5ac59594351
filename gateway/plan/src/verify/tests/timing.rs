//! Time tells nothing: Welch's t-test of the verifier as production calls it, and proof by types that what is secret can be
//! compared in no other way.
//!
//! A class is a signature whose first byte is wrong, or whose last byte is. Both are of the same bytes but for one digit, come
//! in random order, and are written into a request that is made anew each time, so that neither has a place in memory, or a
//! place in the order, of its own. What takes longer than nine in ten is interrupts and the like, and is left out; the tenth
//! was chosen before anything was measured.
//!
//! A leak is there in every round. A neighbour on the same core, or a clock that changes its pace, is not: so a round is
//! repeated twice, and only three that all exceed the bound fail. The comparison that is made to leak exceeds it in all three.
#![allow(clippy::disallowed_methods, reason = "here the time is what is measured, and sources are what is read")]

use std::borrow::Borrow;
use std::hint::black_box;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::*;
use crate::verify::decode::hex_digits;
use crate::verify::mac::{MacKey, Tag};

/// Verifications of a round.
const ROUND: usize = 1_000_000;

/// What |t| stays below where the means are the same; the usual bound of such tests (Goodwill and others, 2011).
const BOUND: f64 = 4.5;

const BODY: &[u8] = b"Hello, World!";
const KEY: &str = "It's a Secret to Everybody";

/// The right one is GitHub's published `757107ea…3e17`: here the first digit is wrong, and there the last.
const WRONG: [&str; 2] = [
    "sha256=657107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e16",
];

/// Nanoseconds of each verification, by class.
fn measure(verify: &dyn Fn(RawRequest) -> bool) -> [Vec<f64>; 2] {
    let mut times = [Vec::with_capacity(ROUND), Vec::with_capacity(ROUND)];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..ROUND {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let class = usize::from(random >> 63 == 1);
        let request = request(&[("x-hub-signature-256", WRONG[class])], BODY);
        let start = Instant::now();
        let holds = verify(black_box(request));
        times[class].push(start.elapsed().as_secs_f64() * 1e9);
        assert!(!black_box(holds), "both are wrong");
    }
    times
}

/// Welch's t of both classes, without the slowest tenth of all.
fn welch(times: &[Vec<f64>; 2]) -> f64 {
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let slowest = all[all.len() / 10 * 9];
    let [first, last] = [0, 1].map(|class| {
        let kept: Vec<f64> = times[class].iter().copied().filter(|time| *time <= slowest).collect();
        let count = f64::from(u32::try_from(kept.len()).unwrap());
        let mean = kept.iter().sum::<f64>() / count;
        let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (first.0 - last.0) / (first.1 + last.1).sqrt()
}

/// The t of up to three rounds, until one is within the bound.
fn rounds(verify: &dyn Fn(RawRequest) -> bool) -> Vec<f64> {
    let mut all = Vec::new();
    while all.len() < 3 && all.last().is_none_or(|t: &f64| t.abs() >= BOUND) {
        all.push(welch(&measure(verify)));
    }
    println!("t = {all:.2?}, of {ROUND} verifications each");
    all
}

#[test]
fn a_wrong_first_byte_takes_as_long_as_a_wrong_last_byte() {
    let verifier = Verifier::new(&either(vec![preset("GitHub")]), &[vec![Some(key(KEY))]]).unwrap();
    let ts = rounds(&|request| verifier.verify(request, now()).is_ok());
    assert!(ts.iter().any(|t| t.abs() < BOUND), "{ts:?}");
}

#[test]
fn a_comparison_that_stops_at_the_first_wrong_byte_is_seen() {
    let schedule = MacKey::new(HashAlgorithm::SHA256, KEY.as_bytes()).unwrap();
    let ts = rounds(&|request| {
        let presented = hex_digits(&request.headers["x-hub-signature-256"].as_bytes()[7..]).unwrap();
        let own = schedule.tag([&*request.body].into_iter());
        own.bytes(HashAlgorithm::SHA256).iter().zip(&presented).all(|(own, theirs)| black_box(own) == black_box(theirs))
    });
    assert!(ts.len() == 3 && ts.iter().all(|t| t.abs() >= BOUND), "{ts:?}");
}

/// Implemented once for every type, and once more for those that have a trait: naming it for such a type is ambiguous, and
/// does not compile.
macro_rules! lacks {
    ($type:ty: $($lacked:path),+) => {$({
        trait Lacks<A> {
            fn holds() {}
        }
        struct Has;
        impl<T: ?Sized> Lacks<()> for T {}
        impl<T: ?Sized + $lacked> Lacks<Has> for T {}
        <$type as Lacks<_>>::holds();
    })+};
}

#[test]
fn tags_and_secrets_have_no_comparison_but_their_own() {
    lacks!(Tag: PartialEq, PartialEq<[u8]>, Deref, AsRef<[u8]>, Borrow<[u8]>, std::hash::Hash, PartialOrd);
    lacks!(Secret: PartialEq, PartialEq<[u8]>, Deref, AsRef<[u8]>, Borrow<[u8]>, std::hash::Hash, PartialOrd);
}

/// Files of production that compare in constant time: each is one place to look at.
const COMPARING: [&str; 4] = ["secret.rs", "verify/htpasswd.rs", "verify/mac.rs", "verify/own/twilio.rs"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_tests = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_tests {
            sources(&path, found);
        } else if path.is_file() && !is_tests {
            found.push(path);
        }
    }
}

#[test]
fn bytes_of_secrets_and_tags_are_compared_in_four_files_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut comparing) = (Vec::new(), Vec::new());
    sources(&root, &mut files);
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        if text.contains(".ct_eq(") {
            comparing.push(name.to_owned());
        }
        let is_secret = |line: &&str| line.contains(".expose()") || line.contains("tag.bytes(");
        for line in text.lines().filter(is_secret) {
            assert!(!line.contains(" == ") && !line.contains(" != ") && !line.contains(".eq("), "{name}: {line}");
        }
    }
    comparing.sort();
    assert_eq!(comparing, COMPARING);
}
