// The guest's console: each line goes to `emit` with its level.
// eslint-disable-next-line @typescript-eslint/no-unused-expressions -- the script evaluates to this function
(kept, emit) => {
  "use strict";
  const { call, define, encode, GuestString } = kept;
  const { join } = Array.prototype;

  function textOf(value) {
    if (typeof value === "string") return value;
    if (value === undefined) return "undefined";
    if (typeof value === "object" && value !== null && "message" in value && "stack" in value) return `${value.name}: ${value.message}`;
    try {
      return encode(value);
    } catch {
      return GuestString(value);
    }
  }

  const write = (level) => (...values) => {
    const texts = [];
    for (let index = 0; index < values.length; index++) define(texts, index, textOf(values[index]));
    emit(level, call(join, texts, " "));
  };
  globalThis.console = { log: write("info"), info: write("info"), debug: write("debug"), warn: write("warn"), error: write("error") };
};
