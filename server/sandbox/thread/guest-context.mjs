// @ts-check
import { readFileSync } from "node:fs";

/**
 * @import { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core"
 */

const SOURCES = { core: source("core.js"), markers: source("markers.js"), console: source("console.js") };

/** The thread's side of the functions in `guest/`. */
export class GuestContext {
  /** @type {QuickJSContext} */
  #context;
  /** @type {QuickJSHandle} */
  #core;
  #hasMarkers = false;
  #hasConsole = false;

  /** @param {QuickJSContext} context */
  constructor(context) {
    this.#context = context;
    this.#core = context.unwrapResult(context.evalCode(SOURCES.core, "guest.js", { type: "global" }));
  }

  /** For scopes and results that are not plain JSON. */
  loadMarkers() {
    if (this.#hasMarkers) return;
    this.#hasMarkers = true;
    const markers = this.#load(SOURCES.markers, []);
    this.call("useMarkers", [markers]).dispose();
    markers.dispose();
  }

  /** @param {(level: string, text: string) => void} onLine */
  loadConsole(onLine) {
    if (this.#hasConsole) return;
    this.#hasConsole = true;
    this.loadMarkers();
    const context = this.#context;
    const emit = context.newFunction("emit", (level, text) => onLine(context.getString(level), context.getString(text)));
    this.#load(SOURCES.console, [emit]).dispose();
    emit.dispose();
  }

  /** @param {string} method @param {QuickJSHandle[]} values */
  tryCall(method, values) {
    return this.#context.callMethod(this.#core, method, values);
  }

  /** @param {string} method @param {QuickJSHandle[]} values */
  call(method, values) {
    return this.#context.unwrapResult(this.tryCall(method, values));
  }

  dispose() {
    this.#core.dispose();
  }

  /** @param {string} text @param {QuickJSHandle[]} values */
  #load(text, values) {
    const context = this.#context;
    const load = context.unwrapResult(context.evalCode(text, "guest.js", { type: "global" }));
    const kept = context.getProp(this.#core, "kept");
    const loaded = context.unwrapResult(context.callFunction(load, context.undefined, [kept, ...values]));
    load.dispose();
    kept.dispose();
    return loaded;
  }
}

/** @param {string} name */
function source(name) {
  return readFileSync(new URL(`./guest/${name}`, import.meta.url), "utf8").replace(/;\s*$/, "");
}
