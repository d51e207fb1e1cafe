// The same encoding as server/expressions/encoding.ts, whose comment defines it; a test compares the two.
// eslint-disable-next-line @typescript-eslint/no-unused-expressions -- the script evaluates to this function
(kept) => {
  "use strict";
  const { call, define, isArray, stringify, parse, getPrototypeOf, defineProperty, objectPrototype, is, test } = kept;
  const { GuestString, MAX_VALUE_DEPTH, UNSTORABLE_ESCAPE } = kept;
  const { keys } = Object;
  const { isFinite, isNaN: isNotANumber } = Number;
  const { startsWith, slice } = String.prototype;
  const { getTime, toISOString } = Date.prototype;
  const GuestDate = Date;
  const GuestBigInt = BigInt;
  const UNSTORABLE = /\0|\p{Surrogate}/u;

  class NotStorable extends Error {}

  /** `place` is the innermost of the containers around the value: { container, key, depth, outer }. */
  function mark(value, place) {
    switch (typeof value) {
      case "string":
        return markText(value);
      case "number":
        if (is(value, -0)) return marker("$number", "-0");
        return isFinite(value) ? value : marker("$number", GuestString(value));
      case "bigint":
        return marker("$bigint", GuestString(value));
      case "boolean":
      case "undefined":
        return value;
      case "object":
        return value === null ? null : markObject(value, place);
      default:
        throw notStorable(`a ${typeof value} cannot be stored`, place);
    }
  }

  function notStorable(message, place) {
    let pointer = "";
    for (let at = place; at !== null && pointer.length < 200; at = at.outer) pointer = `/${escapePointer(GuestString(at.key))}${pointer}`;
    const error = new NotStorable(pointer === "" ? message : `${message} (at ${pointer})`);
    error.stack = "";
    return error;
  }

  function markText(text) {
    const quoted = stringify(text);
    return call(test, UNSTORABLE_ESCAPE, quoted) && call(test, UNSTORABLE, text) ? marker("$string", call(slice, quoted, 1, -1)) : text;
  }

  function markObject(value, place) {
    if (value instanceof GuestDate) return marker("$date", isNotANumber(call(getTime, value)) ? null : call(toISOString, value));
    for (let at = place; at !== null; at = at.outer) {
      if (at.container === value) throw notStorable("a value that contains itself cannot be stored", place);
    }
    const depth = place === null ? 1 : place.depth + 1;
    if (depth > MAX_VALUE_DEPTH) throw notStorable(`a value may be nested at most ${MAX_VALUE_DEPTH} levels deep`, place);
    const below = { container: value, key: "", depth, outer: place };
    return isArray(value) ? markArray(value, below) : markRecord(value, below);
  }

  function markArray(array, below) {
    const marked = [];
    const { length } = array;
    for (let index = 0; index < length; index++) {
      below.key = index;
      define(marked, index, mark(array[index], below) ?? null);
    }
    return withoutToJson(marked);
  }

  function markRecord(value, below) {
    const prototype = getPrototypeOf(value);
    if (prototype !== null && prototype !== objectPrototype) throw notStorable(`${describeInstance(value)} cannot be stored`, below.outer);
    const names = keys(value);
    const isFile = names.length === 1 && names[0] === "$file";
    let isUnstorable = false;
    const entries = [];
    for (let index = 0; index < names.length; index++) {
      below.key = names[index];
      const element = mark(value[names[index]], below);
      if (element === undefined) continue;
      isUnstorable ||= call(test, UNSTORABLE, names[index]);
      define(entries, entries.length, withoutToJson([names[index], element]));
    }
    const marked = {};
    for (let index = 0; index < entries.length; index++) {
      const key = entries[index][0];
      if (isUnstorable) entries[index][0] = markText(key);
      else define(marked, call(startsWith, key, "$") && !isFile ? `$${key}` : key, entries[index][1]);
    }
    return isUnstorable ? marker("$entries", withoutToJson(entries)) : withoutToJson(marked);
  }

  function marker(name, content) {
    return withoutToJson({ [name]: content });
  }

  /** Hides a toJSON that user code may have put on a prototype. */
  function withoutToJson(container) {
    if (typeof container.toJSON === "function") defineProperty(container, "toJSON", { value: undefined });
    return container;
  }

  function escapePointer(key) {
    let escaped = "";
    for (let index = 0; index < key.length; index++) escaped += key[index] === "~" ? "~0" : key[index] === "/" ? "~1" : key[index];
    return escaped;
  }

  function describeInstance(value) {
    const name = value.constructor?.name || "an unnamed class";
    return name === "Map" || name === "Set" ? `a ${name} (make it an object or an array first)` : `an instance of ${name}`;
  }

  function revive(value) {
    if (isArray(value)) {
      for (let index = 0; index < value.length; index++) value[index] = revive(value[index]);
      return value;
    }
    if (typeof value !== "object" || value === null) return value;
    const names = keys(value);
    const marker = names.length === 1 ? names[0] : "";
    if (marker === "$number") return +value.$number;
    if (marker === "$bigint") return GuestBigInt(value.$bigint);
    if (marker === "$date") return new GuestDate(value.$date ?? NaN);
    if (marker === "$string") return parse(`"${value.$string}"`);
    const revived = {};
    if (marker === "$entries") {
      for (let index = 0; index < value.$entries.length; index++) {
        define(revived, revive(value.$entries[index][0]), revive(value.$entries[index][1]));
      }
      return revived;
    }
    for (let index = 0; index < names.length; index++) {
      const key = names[index];
      define(revived, call(startsWith, key, "$$") ? call(slice, key, 1) : key, revive(value[key]));
    }
    return revived;
  }

  return { mark: (value) => mark(value, null), revive };
};
