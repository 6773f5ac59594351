// URL and URLSearchParams: https://url.spec.whatwg.org/#api, over the parser that the gateway itself uses.
(function (host, load) {
  'use strict';
  const { bounded } = load('bytes');
  const parts = [
    'href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash',
  ];
  const clean = (value) => bounded(String(value)).toWellFormed();
  const is = (name, value) => {
    const [sought, with_] = [clean(name), value === undefined ? undefined : clean(value)];
    return ([known, its]) => known === sought && (with_ === undefined || its === with_);
  };

  let refill;
  class URLSearchParams {
    #pairs;
    #changed = () => {};
    constructor(init = '', changed) {
      if (changed) this.#changed = changed;
      if (typeof init === 'string') this.#pairs = host.formRead(clean(init).replace(/^\?/, ''));
      else if (init && typeof init[Symbol.iterator] === 'function') this.#pairs = [...init].map(([name, value]) => [clean(name), clean(value)]);
      else this.#pairs = Object.entries(init ?? {}).map(([name, value]) => [clean(name), clean(value)]);
    }
    get size() { return this.#pairs.length; }
    get(name) { return this.#pairs.find(([known]) => known === clean(name))?.[1] ?? null; }
    getAll(name) { return this.#pairs.filter(([known]) => known === clean(name)).map(([, value]) => value); }
    has(name, value) { return this.#pairs.some(is(name, value)); }
    append(name, value) { this.#pairs.push([clean(name), clean(value)]); this.#changed(this); }
    delete(name, value) {
      const goes = is(name, value);
      this.#pairs = this.#pairs.filter((pair) => !goes(pair));
      this.#changed(this);
    }
    set(name, value) {
      const at = this.#pairs.findIndex(([known]) => known === clean(name));
      if (at < 0) return this.append(name, value);
      this.#pairs = this.#pairs.filter(([known], index) => index <= at || known !== clean(name));
      this.#pairs[at] = [clean(name), clean(value)];
      this.#changed(this);
    }
    sort() { this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this.#changed(this); }
    forEach(call, self) { for (const [name, value] of this.#pairs) call.call(self, value, name, this); }
    keys() { return this.#pairs.map(([name]) => name).values(); }
    values() { return this.#pairs.map(([, value]) => value).values(); }
    entries() { return this.#pairs.map((pair) => [...pair]).values(); }
    [Symbol.iterator]() { return this.entries(); }
    // One by one: what the host makes of all at once is not within the memory of the script.
    toString() { return this.#pairs.map((pair) => host.formWrite([pair])).join('&'); }
    toJSON() { return this.toString(); }
    static { refill = (params, search) => { params.#pairs = host.formRead(search.replace(/^\?/, '')); }; }
  }

  class URL {
    #is;
    #params;
    constructor(url, base) {
      this.#take(host.url(clean(url), base === undefined ? undefined : clean(base)), url);
    }
    #take(list, url) {
      if (!list) throw new TypeError(`Invalid URL: ${String(url).slice(0, 200)}`);
      this.#is = Object.fromEntries(parts.map((name, at) => [name, list[at]]));
    }
    static canParse(url, base) {
      return host.url(clean(url), base === undefined ? undefined : clean(base)) !== undefined;
    }
    static parse(url, base) { return URL.canParse(url, base) ? new URL(url, base) : null; }
    get searchParams() {
      return (this.#params ??= new URLSearchParams(this.#is.search, (params) => this.#set('search', String(params))));
    }
    #set(name, value) {
      const list = host.urlSet(this.#is.href, name, clean(value));
      if (list || name === 'href') this.#take(list, value);
    }
    toString() { return this.#is.href; }
    toJSON() { return this.#is.href; }
    static {
      for (const name of parts) {
        Object.defineProperty(URL.prototype, name, {
          configurable: true,
          enumerable: true,
          get() { return this.#is[name]; },
          ...(name === 'origin' ? {} : { set(value) { this.#set(name, value); if (this.#params) refill(this.#params, this.#is.search); } }),
        });
      }
    }
  }
  return { URL, URLSearchParams };
})
