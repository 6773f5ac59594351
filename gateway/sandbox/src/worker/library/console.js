// The console: a line for the record of the run.
(function (host) {
  'use strict';
  const show = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return value.stack ? `${value}\n${value.stack}` : String(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function') return `[function ${value.name}]`;
    try {
      return JSON.stringify(value) ?? String(value);
    } catch (error) {
      return `[${error.message}]`;
    }
  };
  const write = (...values) => host.log(values.map(show).join(' ').slice(0, 4096).toWellFormed());
  const assert = (holds, ...values) => { if (!holds) write('Assertion failed:', ...values); };
  const nothing = () => {};
  return {
    log: write, info: write, debug: write, warn: write, error: write, trace: write,
    dir: (value) => write(value), table: (value) => write(value), assert,
    group: write, groupCollapsed: write, groupEnd: nothing,
  };
})
