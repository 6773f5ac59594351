// Buffer, atob and btoa, as far as scripts over requests need them: https://nodejs.org/api/buffer.html
(function (host, load) {
  'use strict';
  const { binary } = load('bytes');
  const encode = (text, encoding) => host.encode(String(text).toWellFormed(), encoding ?? 'utf8');

  class Buffer extends Uint8Array {
    static from(value, encoding) {
      if (typeof value === 'string') return view(encode(value, encoding));
      if (value instanceof ArrayBuffer) return view(new Uint8Array(value));
      if (value && value.type === 'Buffer' && Array.isArray(value.data)) return view(Uint8Array.from(value.data));
      if (value == null || typeof value === 'number') {
        throw new TypeError('Buffer.from takes a string, bytes or a list of numbers');
      }
      return view(Uint8Array.from(value));
    }
    static alloc(size, fill, encoding) {
      const made = view(new Uint8Array(size));
      return fill === undefined ? made : made.fill(typeof fill === 'string' ? encode(fill, encoding)[0] : fill);
    }
    static concat(list) {
      const made = view(new Uint8Array(list.reduce((size, bytes) => size + bytes.length, 0)));
      let at = 0;
      for (const bytes of list) { made.set(bytes, at); at += bytes.length; }
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
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    slice(start, end) { return this.subarray(start, end); }
  }
  const view = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.length);

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
