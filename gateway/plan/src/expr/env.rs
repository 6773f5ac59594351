//! The functions and macros that expressions may use, as the `cel` crate wants them.

use std::sync::{Arc, LazyLock};

use cel::common::value::CowVal;
use cel::{DeclarationError, Env, extensions};

use super::{builtin, macros};

static ENV: LazyLock<Result<Arc<Env>, DeclarationError>> = LazyLock::new(|| build().map(Arc::new));

/// The one environment of all expressions.
pub(super) fn shared() -> Result<Arc<Env>, DeclarationError> {
    ENV.clone()
}

/// Calls a global function of one argument; `None` when it does not take it.
pub(super) fn call<'b, 'v>(name: &str, argument: CowVal<'b, 'v>) -> Option<CowVal<'b, 'v>> {
    let arguments = vec![argument];
    let function = ENV.as_ref().ok()?.find_overload(name, &arguments)?;
    function(arguments).ok()
}

fn build() -> Result<Env, DeclarationError> {
    let mut env = Env::stdlib();
    env.add_extension(extensions::strings)?;
    env.add_extension(extensions::lists)?;
    env.add_extension(extensions::math)?;
    env.add_extension(extensions::encoders)?;
    env.add_extension(macros::extension)?;
    env.add_extension(builtin::extension)?;
    Ok(env)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_is_declared_twice() {
        assert_eq!(shared().err(), None);
    }
}
