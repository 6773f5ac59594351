// structuredClone, of values: https://html.spec.whatwg.org/multipage/structured-data.html#structured-cloning
(function () {
  'use strict';
  const copy = (value, seen) => {
    if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`a ${typeof value} cannot be cloned`);
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (made) => { seen.set(value, made); return made; };
    if (value instanceof Date) return keep(new Date(value));
    if (value instanceof RegExp) return keep(new RegExp(value));
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) {
      if (value instanceof DataView) throw new TypeError('a DataView cannot be cloned');
      return keep(Uint8Array.prototype.slice.call(value));
    }
    if (value instanceof Map) {
      const made = keep(new Map());
      for (const [name, item] of value) made.set(copy(name, seen), copy(item, seen));
      return made;
    }
    if (value instanceof Set) {
      const made = keep(new Set());
      for (const item of value) made.add(copy(item, seen));
      return made;
    }
    const made = keep(Array.isArray(value) ? new Array(value.length) : {});
    if (value instanceof Error) return keep(Object.assign(new Error(value.message), { name: value.name, stack: value.stack }));
    for (const name of Object.keys(value)) {
      Object.defineProperty(made, name, { value: copy(value[name], seen), writable: true, enumerable: true, configurable: true });
    }
    return made;
  };
  return (value) => copy(value, new Map());
})
