// Runs inside QuickJS in every fresh context, before any user code. Evaluates to what the thread calls.
// It keeps the built-ins it needs, so user code that replaces them harms only itself. It is small because
// each context compiles it anew; markers.js and console.js are compiled only where they are needed.
(() => {
  "use strict";
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { getPrototypeOf, defineProperty, prototype: objectPrototype, is } = Object;
  const { isFinite } = Number;
  const { apply } = Reflect;
  const { test } = RegExp.prototype;
  const { includes } = String.prototype;
  const { then } = Promise.prototype;
  const GuestString = String;
  const GuestMath = Math;
  const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/;
  const MAX_VALUE_DEPTH = 500;
  const call = (method, target, ...values) => apply(method, target, values);
  const define = (target, key, value) => defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });

  let markers = null;
  let settled = null;

  /** Whether JSON.stringify alone would say all of it, keys and texts aside. */
  function isPlain(value, depth) {
    switch (typeof value) {
      case "string":
      case "boolean":
      case "undefined":
        return true;
      case "number":
        return isFinite(value) && !is(value, -0);
      case "object":
        if (value === null) return true;
        if (depth >= MAX_VALUE_DEPTH || "toJSON" in value) return false;
        if (isArray(value)) {
          for (let index = 0, { length } = value; index < length; index++) if (!isPlain(value[index], depth + 1)) return false;
          return true;
        }
        if (getPrototypeOf(value) !== objectPrototype) return false;
        for (const key in value) if (!isPlain(value[key], depth + 1)) return false;
        return true;
      default:
        return false;
    }
  }

  /** Null if markers.js has to be loaded first. */
  function encode(value) {
    if (isPlain(value, 0)) {
      const text = stringify(value) ?? "null";
      if (!call(includes, text, '"$') && !(call(includes, text, "\\u") && call(test, UNSTORABLE_ESCAPE, text))) return text;
    }
    return markers === null ? null : (stringify(markers.mark(value)) ?? "null");
  }

  function decode(text) {
    const value = parse(text);
    return call(includes, text, '"$') ? markers.revive(value) : value;
  }

  /** sfc32 */
  function seededRandom(a, b, c, d) {
    return function random() {
      const sum = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + sum) | 0;
      return (sum >>> 0) / 4294967296;
    };
  }

  function describe(thrown) {
    try {
      if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
        const name = thrown.name === undefined ? "" : GuestString(thrown.name);
        return { name, message: GuestString(thrown.message), stack: GuestString(thrown.stack ?? "") };
      }
      return { name: "", message: typeof thrown === "string" ? thrown : `threw ${stringify(thrown) ?? typeof thrown}`, stack: "" };
    } catch {
      return { name: "", message: "threw a value that cannot be described", stack: "" };
    }
  }

  return {
    kept: { call, define, isArray, stringify, parse, getPrototypeOf, defineProperty, objectPrototype, is, test, GuestString, MAX_VALUE_DEPTH, UNSTORABLE_ESCAPE, encode },
    useMarkers(loaded) {
      markers = loaded;
    },
    begin(program, scopeText, roots, a, b, c, d) {
      GuestMath.random = seededRandom(a, b, c, d);
      for (let index = 0; index < 15; index++) GuestMath.random();
      settled = null;
      const scope = decode(scopeText);
      const values = [];
      for (let index = 0; index < roots.length; index++) define(values, index, scope[roots[index]]);
      const keep = (field) => (value) => {
        settled = { __proto__: null, [field]: value };
      };
      call(then, apply(program, undefined, values), keep("value"), keep("thrown"));
    },
    /** "+" and the encoded value, "-" and the error, "?" if markers.js is needed, undefined if nothing has settled. */
    takeOutcome() {
      if (settled === null) return undefined;
      if ("thrown" in settled) return `-${stringify(describe(settled.thrown))}`;
      try {
        const text = encode(settled.value);
        return text === null ? "?" : `+${text}`;
      } catch (thrown) {
        return `-${stringify(describe(thrown))}`;
      }
    },
  };
})();
