// Bytes for the host, which takes no arrays: text of one character a byte.
(function (host) {
  'use strict';
  const from = String.fromCharCode;
  return {
    // A text that the host is given: what it makes of it is not within the memory of the script.
    bounded(text) {
      if (text.length > host.longest) throw new RangeError(`a text of more than ${host.longest} characters is too long for this`);
      return text;
    },
    binary(bytes) {
      if (bytes.length > host.longest) throw new RangeError(`more than ${host.longest} bytes are too long for this`);
      let text = '';
      for (let at = 0; at < bytes.length; at += 4096) text += from.apply(null, bytes.subarray(at, at + 4096));
      return text;
    },
  };
})
