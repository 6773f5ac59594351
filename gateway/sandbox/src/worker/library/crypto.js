// The part of node:crypto that verifies and signs: https://nodejs.org/api/crypto.html
(function (host, load) {
  'use strict';
  const { Buffer } = load('buffer');
  const { binary, bounded } = load('bytes');
  // What is hashed: a text and how it stands for bytes. Most of what is hashed is text, and stays that.
  const part = (value, encoding) => {
    if (typeof value === 'string') return [bounded(value).toWellFormed(), encoding ?? 'utf8'];
    if (value instanceof ArrayBuffer) return [binary(new Uint8Array(value)), 'latin1'];
    if (ArrayBuffer.isView(value)) return [binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), 'latin1'];
    throw new TypeError('a hash takes strings and bytes: JSON.stringify(value) makes a string of a value');
  };

  class Digest {
    #hash;
    constructor(hash) { this.#hash = hash; }
    update(data, encoding) {
      if (!this.#hash) throw new Error('digest has been called already');
      this.#hash.update(...part(data, encoding));
      return this;
    }
    digest(encoding) {
      if (!this.#hash) throw new Error('digest has been called already');
      const hash = this.#hash;
      this.#hash = undefined;
      if (encoding === undefined || encoding === 'buffer') return Buffer.from(hash.finish('latin1'), 'latin1');
      return hash.finish(encoding);
    }
  }

  const known = (algorithm) => {
    const name = String(algorithm).toLowerCase().replace('-', '');
    if (!host.hashes(name)) throw new Error(`unknown hash ${algorithm}: there are sha1, sha256, sha384 and sha512`);
    return name;
  };
  const createHash = (algorithm) => {
    const name = known(algorithm);
    return new Digest(host.hash(name));
  };
  const createHmac = (algorithm, key) => {
    return new Digest(host.hmac(known(algorithm), ...part(key)));
  };
  const timingSafeEqual = (a, b) => {
    if (typeof a === 'string' || typeof b === 'string') {
      throw new TypeError('timingSafeEqual takes bytes: Buffer.from(text) makes bytes of a text');
    }
    if (a.byteLength !== b.byteLength) throw new RangeError('Input buffers must have the same byte length');
    return host.same(part(a)[0], part(b)[0]);
  };
  return {
    createHash,
    createHmac,
    timingSafeEqual,
    randomUUID: () => host.uuid(),
    randomBytes: (size) => Buffer.from(host.random(size)),
    getHashes: () => ['sha1', 'sha256', 'sha384', 'sha512'],
  };
})
