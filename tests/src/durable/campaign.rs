//! How much of a campaign is run, and from which seed: a sample in `./test`, all of it by `./test campaign`.

use std::io::Write as _;
use std::time::SystemTime;

/// One campaign's scale and randomness.
#[derive(Debug)]
pub struct Campaign {
    name: &'static str,
    seed: u64,
    whole: bool,
    /// What is random in it.
    pub chance: fastrand::Rng,
}

impl Campaign {
    /// Reads `BOATHOOK_SEED` (else the time is the seed) and `BOATHOOK_CAMPAIGN=whole`, and prints how to repeat it.
    ///
    /// # Panics
    ///
    /// When the seed is no number.
    pub fn begin(name: &'static str) -> Self {
        let seed =
            std::env::var("BOATHOOK_SEED").map_or_else(|_| now(), |text| text.parse().expect("a seed is a number"));
        let whole = std::env::var("BOATHOOK_CAMPAIGN").is_ok_and(|scale| scale == "whole");
        say(&format!("{name}: seed {seed}; `./test campaign {name} --seed {seed}` repeats it"));
        Self { name, seed, whole, chance: fastrand::Rng::with_seed(seed) }
    }

    /// The sample's number, or the whole campaign's.
    pub fn scale(&self, sample: usize, whole: usize) -> usize {
        if self.whole { whole } else { sample }
    }

    /// Says what was done.
    pub fn done(&self, what: &str) {
        say(&format!("{}: {what} (seed {})", self.name, self.seed));
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Not by `println!`, whose output cargo shows of failed tests alone.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
