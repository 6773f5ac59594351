// TextEncoder and TextDecoder, of UTF-8: https://encoding.spec.whatwg.org/#api
(function (host, load) {
  'use strict';
  const { binary, bounded } = load('bytes');
  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return host.encode(bounded(String(text)).toWellFormed(), 'utf8'); }
  }
  class TextDecoder {
    #fatal;
    #ignoreBOM;
    constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
      if (!/^utf-?8$/i.test(label)) throw new RangeError(`TextDecoder knows utf-8, and not ${label}`);
      this.#fatal = Boolean(fatal);
      this.#ignoreBOM = Boolean(ignoreBOM);
    }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    get encoding() { return 'utf-8'; }
    decode(bytes = new Uint8Array(), { stream = false } = {}) {
      if (stream) throw new TypeError('TextDecoder decodes no streams here');
      const data = binary(new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength));
      const text = host.decode(data, 'utf8');
      // Where a character was put for bytes that are none, the text is not that of these bytes.
      if (this.#fatal && text.includes('\uFFFD') && binary(host.encode(text, 'utf8')) !== data) {
        throw new TypeError('The encoded data was not valid for encoding utf-8');
      }
      return this.#ignoreBOM ? text : text.replace(/^\uFEFF/, '');
    }
  }
  return { TextEncoder, TextDecoder };
})
