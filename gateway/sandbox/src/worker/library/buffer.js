// Buffer, atob and btoa, as far as scripts over requests need them: https://nodejs.org/api/buffer.html
(function (host, load) {
  'use strict';
  const { binary } = load('bytes');
  const { bounded } = load('bytes');
  const encode = (text, encoding) => host.encode(bounded(String(text)).toWellFormed(), encoding ?? 'utf8');

  class Buffer extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === 'string') return view(encode(value, encoding));
      if (value instanceof ArrayBuffer) return view(new Uint8Array(value, encoding, length));
      if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return copy(value);
      if (value && value.type === 'Buffer' && Array.isArray(value.data)) return view(Uint8Array.from(value.data));
      if (value == null || typeof value === 'number') {
        throw new TypeError('Buffer.from takes a string, bytes or a list of numbers');
      }
      return view(Uint8Array.from(value));
    }
    static alloc(size, fill, encoding) {
      const made = view(new Uint8Array(size));
      return fill === undefined ? made : made.fill(fill, 0, size, encoding);
    }
    static concat(list, size = list.reduce((size, bytes) => size + bytes.length, 0)) {
      const made = view(new Uint8Array(size));
      let at = 0;
      for (const bytes of list) {
        if (at >= size) break;
        made.set(bytes.subarray(0, size - at), at);
        at += bytes.length;
      }
      return made;
    }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(name) { return host.encodes(String(name)); }
    static byteLength(value, encoding) { return typeof value === 'string' ? encode(value, encoding).length : value.byteLength; }
    static compare(a, b) {
      for (let at = 0; at < a.length && at < b.length; at += 1) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    toString(encoding, start = 0, end = this.length) {
      return host.decode(binary(super.subarray(start, end)), encoding ?? 'utf8');
    }
    indexOf(value, from, encoding) { return find(this, value, from, encoding, false); }
    lastIndexOf(value, from, encoding) { return find(this, value, from, encoding, true); }
    includes(value, from, encoding) { return find(this, value, from, encoding, false) >= 0; }
    fill(value, start = 0, end = this.length, encoding = undefined) {
      if (typeof start === 'string') return this.fill(value, 0, this.length, start);
      if (typeof value !== 'string' && !ArrayBuffer.isView(value)) return super.fill(value, start, end);
      const bytes = typeof value === 'string' ? encode(value, encoding) : value;
      if (bytes.length === 0) return super.fill(0, start, end);
      for (let at = start; at < Math.min(end, this.length); at += 1) this[at] = bytes[(at - start) % bytes.length];
      return this;
    }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    slice(start, end) { return this.subarray(start, end); }
  }
  const view = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.length);
  const copy = (bytes) => { const made = new Buffer(bytes.length); made.set(bytes); return made; };
  const find = (bytes, value, from, encoding, isLast) => {
    if (typeof from === 'string') [from, encoding] = [undefined, from];
    const what = typeof value === 'number' ? [value & 255] : typeof value === 'string' ? encode(value, encoding) : value;
    const start = from === undefined ? (isLast ? bytes.length : 0) : from < 0 ? bytes.length + from : from;
    if (isLast && start < 0) return -1;
    const text = binary(bytes), sought = binary(Uint8Array.from(what));
    return isLast ? text.lastIndexOf(sought, start) : text.indexOf(sought, start);
  };

  const btoa = (text) => {
    const characters = String(text);
    for (const character of characters) {
      if (character.codePointAt(0) > 255) throw new RangeError('btoa takes characters up to U+00FF: Buffer.from(text).toString("base64") takes all');
    }
    return host.decode(characters, 'base64');
  };
  const atob = (text) => binary(host.encode(String(text).toWellFormed(), 'base64-strict'));
  return { Buffer, atob, btoa };
})
