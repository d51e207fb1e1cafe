// @ts-check
import { newQuickJSWASMModuleFromVariant, newVariant } from "quickjs-emscripten-core";
import releaseVariant from "@jitl/quickjs-wasmfile-release-sync";

const PAGES_PER_MB = 16;
const INITIAL_MB = 16;
/** An instance whose memory grew beyond this is replaced after the evaluation: WebAssembly memory never shrinks. */
const KEPT_MB = 48;

/** Traps are reported as errors of the evaluation, not on the terminal. */
/** @type {object} */
const QUIET = { print: () => {}, printErr: () => {} };

/**
 * One QuickJS with its own capped WebAssembly memory. `setMemoryLimit` alone does not bound the process.
 * @param {number} wasmMemoryMb
 */
export async function createInstance(wasmMemoryMb) {
  const memory = new WebAssembly.Memory({ initial: INITIAL_MB * PAGES_PER_MB, maximum: Math.max(wasmMemoryMb, INITIAL_MB) * PAGES_PER_MB });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(releaseVariant, { wasmMemory: memory, emscriptenModule: QUIET }));
  return { quickjs, hasGrown: () => memory.buffer.byteLength > KEPT_MB * 1024 * 1024 };
}
