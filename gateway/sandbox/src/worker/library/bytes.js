// Bytes for the host, which takes no arrays: text of one character a byte.
(function () {
  'use strict';
  const from = String.fromCharCode;
  return {
    binary(bytes) {
      let text = '';
      for (let at = 0; at < bytes.length; at += 4096) text += from.apply(null, bytes.subarray(at, at + 4096));
      return text;
    },
  };
})
