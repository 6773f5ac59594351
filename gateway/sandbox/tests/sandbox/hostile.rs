//! Scripts that are written to harm: each ends in its time, and nobody else is any slower for it.

use std::time::{Duration, Instant};

use boathook_sandbox::{Ended, FaultKind, Sandbox, SandboxError};

use crate::{alone, within};

/// How long each of them may run.
const TIME: Duration = Duration::from_millis(300);

/// How much later it must have ended.
const LATE: Duration = Duration::from_millis(100);

/// What a hostile script comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It runs until its time is up.
    Timeout,
    /// It runs into a bound, of whatever kind, in its time: an error that says so.
    Fault,
    /// It does no harm.
    Value,
    /// One of them: how fast the machine is decides.
    Any,
    /// The same, and the engine may break down over it: it looks for memory in the midst of a table, and goes on without.
    Crash,
}
use End::{Any, Crash, Fault, Timeout, Value};

/// Name, what it comes to, and the script.
const HOSTILE: [(&str, End, &str); 46] = [
    ("a loop", Timeout, "while (true) {}"),
    ("a loop that catches", Timeout, "while (true) { try { while (true) {} } catch {} finally { continue; } }"),
    ("a regular expression that backtracks", Timeout, "return /^(a+)+$/.test('a'.repeat(40) + 'b')"),
    ("another one, over alternatives", Timeout, "return /^(a|a|aa)*$/.test('a'.repeat(60) + '!')"),
    ("a back reference that backtracks", Timeout, "return /(.*)(.*)(.*)(.*)\\1\\2\\3\\4x$/.test('ab'.repeat(4000))"),
    ("a search that is quadratic", Any, "const s = 'a'.repeat(1 << 22); return s.indexOf('a'.repeat(1 << 21) + 'b')"),
    (
        "such searches in a loop",
        Timeout,
        "const s = 'a'.repeat(1 << 20), t = 'a'.repeat(1 << 19) + 'b'; while (true) s.indexOf(t)",
    ),
    ("a join of nothing", Any, "return new Array(1 << 26).join('').length"),
    ("joins in a loop", Timeout, "while (true) new Array(1 << 24).join('')"),
    ("a fill", Any, "return new Array(1 << 24).fill('x').join('').length"),
    ("a split", Any, "return 'a'.repeat(1 << 22).split('').length"),
    ("a replacement that grows", Any, "let s = 'aa'; for (;;) s = s.replaceAll('a', s)"),
    ("a string that doubles", Fault, "let s = 'x'; while (true) s += s"),
    ("a list that grows", Fault, "const a = []; while (true) a.push([a.length])"),
    ("an object that grows", Crash, "const o = {}; for (let i = 0; ; i++) o['key' + i] = i"),
    ("a map that grows", Any, "const m = new Map(); for (let i = 0; ; i++) m.set(i, {i})"),
    ("a huge typed array", Fault, "return new Float64Array(1 << 27).length"),
    ("typed arrays", Fault, "const a = []; while (true) a.push(new Uint8Array(1 << 20))"),
    ("a huge repetition", Fault, "return 'x'.repeat(2 ** 29).length"),
    ("a huge padding", Fault, "return 'x'.padEnd(2 ** 28).length"),
    ("a recursion", Fault, "const f = () => f() + 1; return f()"),
    ("a recursion that catches", Any, "const f = () => { try { f() } catch { f() } }; f()"),
    ("a recursion through toString", Fault, "const o = {toString() { return '' + o }}; return '' + o"),
    ("a recursion through a getter", Fault, "const o = {get a() { return this.a }}; return o.a"),
    ("a recursion through JSON", Fault, "const o = {toJSON() { return JSON.stringify(o) }}; return o"),
    ("a list that nests", Any, "let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return a"),
    ("JSON that nests", Fault, "return JSON.parse('['.repeat(1e6) + ']'.repeat(1e6))"),
    ("JSON that is long", Any, "return JSON.parse('[' + '1,'.repeat(3e6) + '1]').length"),
    ("an integer that grows", Any, "let n = 2n; while (true) n = n * n"),
    ("an integer as text", Any, "return (2n ** 400000n).toString().length"),
    ("an integer of text", Any, "return BigInt('9'.repeat(400000)).toString(16).length"),
    ("a comparison that loops", Timeout, "[3, 2, 1].sort(() => { while (true) {} })"),
    (
        "a comparison that lies",
        Any,
        "return new Array(200000).fill(0).map((_, i) => i).sort(() => Math.random() - 0.5).length",
    ),
    (
        "a comparison that grows its list",
        Any,
        "const a = [2, 1, 3]; a.sort(() => { a.push(1); return 0 }); return a.length",
    ),
    ("promises that follow each other", Any, "const f = () => Promise.resolve().then(f); await f()"),
    (
        "promises that grow",
        Any,
        "const f = () => { Promise.resolve().then(f); Promise.resolve().then(f) }; f(); await new Promise(() => {})",
    ),
    (
        "an iteration without an end",
        Timeout,
        "for (const x of {[Symbol.iterator]: () => ({next: () => ({done: false})})}) ;",
    ),
    ("a generator without an end", Fault, "const g = function* () { while (true) yield 1 }; return [...g()].length"),
    ("a result that loops", Timeout, "return {toJSON() { while (true) {} }}"),
    ("a result that is awaited for ever", Timeout, "return {then() { while (true) {} }}"),
    ("an error that loops", Timeout, "throw {toJSON() { while (true) {} }}"),
    (
        "an error whose text loops",
        Timeout,
        "const e = new Error(); Object.defineProperty(e, 'message', {get() { while (true) {} }}); throw e",
    ),
    ("a console that is flooded", Timeout, "while (true) console.log('x'.repeat(10000))"),
    (
        "a prototype that is changed",
        Value,
        "Object.prototype.then = undefined; Array.prototype[Symbol.iterator] = null; Object.prototype.toJSON = () => 7; return {}",
    ),
    (
        "a prototype in the input",
        Value,
        "Object.assign(context.data, JSON.parse('{\"__proto__\": {\"admin\": true}}')); return ({}).admin ?? 'no'",
    ),
    (
        "a global that is taken away",
        Value,
        "delete globalThis.JSON; delete globalThis.Object; globalThis.Promise = null; return [1]",
    ),
];

/// How late a thread of this machine is now that wants to sleep for this long: not the script's fault.
fn lateness(time: Duration) -> std::thread::JoinHandle<Duration> {
    std::thread::spawn(move || {
        let began = Instant::now();
        std::thread::sleep(time);
        began.elapsed().saturating_sub(time)
    })
}

/// How long the run of another namespace takes at this moment.
async fn another(sandbox: &Sandbox) -> Duration {
    let ended =
        within(sandbox, "quiet/next", "return context.data.ref", Duration::from_secs(5)).await.expect("it runs");
    assert_eq!(ended.outcome.as_deref(), Ok(r#""refs/heads/main""#));
    ended.took
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_script_ends_in_its_time_and_holds_up_nobody() {
    let sandbox = alone().await;
    another(&sandbox).await;
    let mut others = Vec::new();
    let (mut latest, mut slowest, mut undisturbed) = (Duration::ZERO, Duration::ZERO, Duration::MAX);
    for (name, end, code) in HOSTILE {
        undisturbed = undisturbed.min(another(&sandbox).await);
        let excuse = lateness(TIME);
        let began = Instant::now();
        let ended = within(&sandbox, "loud/hostile", code, TIME).await;
        let took = began.elapsed();
        let excuse = excuse.join().expect("a thread that sleeps");
        let next = another(&sandbox).await;
        println!("{name}: {took:?} {:?}; the next one {next:?}", ended.as_ref().map(|ended| ended.outcome.is_ok()));
        assert!(took <= TIME + LATE + excuse, "{name} took {took:?}, and a thread was {excuse:?} late");
        assert!(next <= LATE + excuse, "{name}: the next one took {next:?}");
        if !is_expected(end, &ended) {
            others.push(format!("{name} ends in {ended:?}"));
        }
        latest = latest.max(took.saturating_sub(TIME));
        slowest = slowest.max(next);
    }
    assert!(others.is_empty(), "{others:#?}");
    println!("latest {latest:?} after its time; the next one {slowest:?} at most, {undisturbed:?} at least");
}

/// Whether a script has come to what it has to. A run that the engine does not survive is nobody's but those that say so.
fn is_expected(end: End, ended: &Result<Ended, SandboxError>) -> bool {
    let fault = ended.as_ref().map(|ended| ended.outcome.as_ref().err().map(|fault| fault.kind));
    match (end, fault) {
        (Timeout, Ok(Some(FaultKind::Timeout)))
        | (Value, Ok(None))
        | (Any | Crash, Ok(_))
        | (Crash, Err(SandboxError::Crashed(_))) => true,
        (Fault, Ok(Some(kind))) => kind != FaultKind::Timeout,
        (Timeout | Fault | Value | Any | Crash, _) => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_scripts_at_once_hold_up_nobody_for_long() {
    let sandbox = alone().await;
    another(&sandbox).await;
    let loud: Vec<_> = HOSTILE.iter().filter(|(_, end, _)| *end == Timeout).map(|(_, _, code)| *code).collect();
    let mut running = Vec::new();
    for code in loud {
        let sandbox = Sandbox::clone(&sandbox);
        running.push(tokio::spawn(async move { within(&sandbox, "loud/hostile", code, TIME).await }));
    }
    let mut took = Vec::new();
    for _ in 0..20 {
        took.push(another(&sandbox).await);
    }
    took.sort_unstable();
    println!("beside {} of them: median {:?}, longest {:?}", running.len(), took[took.len() / 2], took[took.len() - 1]);
    for run in running {
        let ended = run.await.expect("no panic");
        assert!(ended.is_err() || ended.is_ok_and(|ended| ended.outcome.is_err()));
    }
    assert!(took[took.len() / 2] < Duration::from_millis(250), "{took:?}");
}
