// Before each script: takes away what scripts must not have, and says where the rest is found when it is named.
// Everything that is used after a script has run is taken aside first: a script may change what it finds.
(function (host, source, compile) {
  'use strict';
  const { parse, stringify } = JSON;
  const { defineProperty, keys } = Object;
  const text = String;
  const Failure = Error;
  const global = globalThis;

  const loaded = { __proto__: null };
  const load = (name) => (loaded[name] ??= compile(source(name))(host, load));

  const set = (name, value) =>
    defineProperty(global, name, { value, writable: true, configurable: true, enumerable: true });
  const later = (object, name, get) =>
    defineProperty(object, name, {
      configurable: true,
      get() { const value = get(); defineProperty(object, name, { value, writable: true, configurable: true }); return value; },
      set(value) { defineProperty(object, name, { value, writable: true, configurable: true }); },
    });

  // No code is made from text: what was checked is what runs.
  const refused = function Function() { throw new TypeError('code cannot be made from text here'); };
  for (const kind of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    defineProperty(Object.getPrototypeOf(kind), 'constructor', { value: refused });
  }
  refused.prototype = Object.getPrototypeOf(function () {});
  set('Function', refused);
  for (const name of ['eval', 'Atomics', 'SharedArrayBuffer']) delete global[name];

  // Without Intl these would ignore what they are asked for, and write amounts and times that look right.
  for (const [type, methods] of [
    [Number, ['toLocaleString']],
    [BigInt, ['toLocaleString']],
    [Array, ['toLocaleString']],
    [Date, ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']],
  ]) {
    for (const name of methods) {
      const plain = type.prototype[name];
      const value = function (...asked) {
        if (asked.length > 0) throw new TypeError(`${name} takes no locale and no options here: there is no Intl`);
        return plain.call(this);
      };
      defineProperty(type.prototype, name, { value, writable: true, configurable: true });
    }
  }

  const modules = {
    __proto__: null,
    crypto: () => load('crypto'),
    buffer: () => load('buffer'),
    url: () => load('url'),
  };
  const require = (name) => {
    const module = modules[text(name).replace(/^node:/, '')];
    if (module) return module();
    throw new Failure(`Cannot find module '${name}': a script has crypto, buffer and url; other systems are reached by http steps`);
  };
  defineProperty(global, 'require', { value: require, writable: true, configurable: true });
  for (const [name, module] of [
    ['Buffer', 'buffer'], ['atob', 'buffer'], ['btoa', 'buffer'], ['TextEncoder', 'text'], ['TextDecoder', 'text'],
    ['URL', 'url'], ['URLSearchParams', 'url'],
  ]) later(global, name, () => load(module)[name]);
  later(global, 'console', () => load('console'));
  later(global, 'structuredClone', () => load('clone'));
  later(global, 'crypto', () => load('crypto'));
  for (const name of ['secrets', '$secrets']) {
    defineProperty(global, name, {
      configurable: true,
      get() { throw new Failure('a script is given no secrets: they stand in {{ }} of http steps'); },
      set(value) { set(name, value); },
    });
  }

  const names = ['context', 'steps', 'vars', 'execution', 'item', 'index', 'batch'];

  return {
    // The variables of a run.
    begin(input) {
      for (const name of names) { set(name, undefined); set('$' + name, undefined); }
      const roots = parse(input);
      for (const name of keys(roots)) {
        // An item may have any name, also one that cannot be given away.
        try { set(name, roots[name]); } catch {}
        set('$' + name, roots[name]);
      }
      const { context } = roots;
      // Nobody else has these bytes: they need no copy.
      const raw = (bytes) => new (load('buffer').Buffer)(bytes.buffer, bytes.byteOffset, bytes.length);
      if (context) later(context, 'raw', () => raw(host.raw()));
    },
    // The result as JSON.
    finish(value) {
      const kind = typeof value;
      if (kind === 'function' || kind === 'symbol') throw new TypeError(`the result is a ${kind}, which JSON cannot hold`);
      const json = stringify(value);
      if (json === undefined) return 'null';
      if (json.length > host.most) host.refuse();
      return json;
    },
    // An error's message and stack.
    explain(error) {
      if (typeof error === 'string') return [error.slice(0, 4096).toWellFormed(), ''];
      if (error instanceof Failure) {
        const name = text(error.name ?? 'Error'), message = text(error.message ?? '');
        return [(message ? `${name}: ${message}` : name).slice(0, 4096).toWellFormed(), text(error.stack ?? '').toWellFormed()];
      }
      return [text(stringify(error) ?? text(error)).slice(0, 4096).toWellFormed(), ''];
    },
  };
})
