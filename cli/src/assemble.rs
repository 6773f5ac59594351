//! Files' text → a compiled world and everything that is wrong with it. Pure but for what it is
//! told of scripts: `validate`, `run`, `send` and `sign` all judge by this one function.

use boathook_operator_core::compile::{Accepted, Compiled, compile};
use boathook_operator_core::condition::Reason;
use boathook_operator_core::world::Checks;

use crate::load::problem::Problem;
use crate::load::world::{Found, Surroundings, problems, world};
use crate::load::{Loaded, SourceFile, load};

/// A compiled world.
#[derive(Debug)]
pub struct Assembled {
    /// What the files hold.
    pub loaded: Loaded,
    /// What it compiles to.
    pub compiled: Compiled,
    /// Everything that is wrong, in the order of the files.
    pub problems: Vec<Problem>,
    /// Whether every document could be read: if not, objects may be missing from [`Self::compiled`].
    pub is_whole: bool,
}

/// Loads and compiles. `accepted` is what compiled before, which serves on where an edit is refused; `learn` says what is
/// known of the scripts.
pub fn assemble(
    files: Vec<SourceFile>,
    surroundings: &Surroundings,
    accepted: Accepted,
    learn: impl FnOnce(&Loaded) -> Checks,
) -> Assembled {
    let mut loaded = load(files);
    let checks = learn(&loaded);
    let compiled = compile(&world(&loaded, surroundings, accepted, checks));
    let mut found = std::mem::take(&mut loaded.problems);
    let is_whole = found.is_empty();
    let compiling = problems(&loaded, &compiled).into_iter();
    found.extend(compiling.filter(|found| is_whole || !needs_others(found.reason)).map(Found::into_problem));
    found.sort_by_key(|problem| (problem.file, problem.place.as_ref().map(|place| place.bytes.start)));
    Assembled { loaded, compiled, problems: found, is_whole }
}

/// Whether another object may be what is wrong: one that could not be read is not missing.
fn needs_others(reason: Reason) -> bool {
    match reason {
        Reason::InvalidSpec
        | Reason::RouteConflict
        | Reason::CeilingExceeded
        | Reason::QuotaExceeded
        | Reason::SandboxUnsupported
        | Reason::TooLarge => false,
        Reason::GatewayNotFound
        | Reason::NamespaceNotAllowed
        | Reason::SecretNotFound
        | Reason::SecretKeyNotFound
        | Reason::SecretNotAllowed
        | Reason::ConfigMapNotFound
        | Reason::InvalidKey => true,
    }
}
