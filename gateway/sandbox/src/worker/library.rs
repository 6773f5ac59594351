//! What scripts find besides the language: a few modules, written in it, over the functions of [`super::host`].
//!
//! `start` runs before each script; the others when a script first names them.

use rquickjs::{Ctx, FromJs, Function, Object, Result};

/// Every module: its name, and a function of the host and of the function that loads other modules.
const MODULES: [(&str, &str); 7] = [
    ("buffer", include_str!("library/buffer.js")),
    ("bytes", include_str!("library/bytes.js")),
    ("clone", include_str!("library/clone.js")),
    ("console", include_str!("library/console.js")),
    ("crypto", include_str!("library/crypto.js")),
    ("text", include_str!("library/text.js")),
    ("url", include_str!("library/url.js")),
];

const START: &str = include_str!("library/start.js");

/// Evaluates a text that stands in `file`, in the language as people write it: not strict unless it says so.
pub(super) fn evaluate<'js, V: FromJs<'js>>(ctx: &Ctx<'js>, text: &str, file: &str) -> Result<V> {
    let mut options = rquickjs::context::EvalOptions::default();
    options.strict = false;
    options.filename = Some(file.to_owned());
    ctx.eval_with_options(text, options)
}

/// Sets the variables that scripts find, and yields what begins and ends a run.
pub(super) fn start<'js>(ctx: &Ctx<'js>, host: Object<'js>) -> Result<Object<'js>> {
    let source = Function::new(ctx.clone(), |name: String| {
        MODULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    })?;
    let compile =
        Function::new(ctx.clone(), |ctx: Ctx<'js>, text: String| evaluate::<Function<'js>>(&ctx, &text, "library"))?;
    let start: Function<'_> = evaluate(ctx, START, "library")?;
    start.call((host, source, compile))
}
