// TextEncoder and TextDecoder, of UTF-8: https://encoding.spec.whatwg.org/#api
(function (host, load) {
  'use strict';
  const { binary } = load('bytes');
  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return host.encode(String(text).toWellFormed(), 'utf8'); }
  }
  class TextDecoder {
    constructor(label = 'utf-8') {
      if (!/^utf-?8$/i.test(label)) throw new RangeError(`TextDecoder knows utf-8, and not ${label}`);
    }
    get encoding() { return 'utf-8'; }
    decode(bytes = new Uint8Array()) {
      return host.decode(binary(new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength)), 'utf8').replace(/^\uFEFF/, '');
    }
  }
  return { TextEncoder, TextDecoder };
})
