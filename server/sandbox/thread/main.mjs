// @ts-check
// The sandbox's worker thread. Plain JavaScript: it must start as it is under tsx, in tests and in the built web server.
import { parentPort, workerData } from "node:worker_threads";
import { createInstance } from "./instance.mjs";
import { memoryError, timeoutError } from "./failure.mjs";
import { evaluate } from "./evaluate.mjs";
import { installFixedClock } from "./fixed-clock.mjs";

/** @import { SandboxThreadRequest, SandboxThreadResponse } from "../protocol" */

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
installFixedClock();
let instance = await createInstance(workerData.wasmMemoryMb);

port.on("message", async (/** @type {SandboxThreadRequest} */ request) => {
  port.postMessage(answer(request));
  if (instance.hasGrown()) {
    instance = await createInstance(workerData.wasmMemoryMb);
    port.postMessage({ type: "ready" });
  }
});
port.postMessage({ type: "ready" });

/** @param {SandboxThreadRequest} request @returns {SandboxThreadResponse} */
function answer(request) {
  const deadline = performance.now() + request.timeoutMs;
  try {
    const { isOverrun, ...done } = evaluate(instance.quickjs, request);
    return { type: "answer", ...done, next: isOverrun ? "discard" : instance.hasGrown() ? "wait" : "ready" };
  } catch (error) {
    return { type: "answer", results: [{ ok: false, error: performance.now() >= deadline ? timeoutError(request) : trapError(error, request) }], logs: [], droppedLogs: 0, next: "discard" };
  }
}

/**
 * What escapes QuickJS itself: a WebAssembly trap, or memory that ran out where it cannot report that. (An interruption while the
 * context is being set up escapes too; it counts as a timeout.)
 * @param {unknown} error
 * @param {SandboxThreadRequest} request
 * @returns {import("../protocol").SandboxError}
 */
function trapError(error, request) {
  if (error instanceof RangeError) return { code: "threw", message: "the recursion is too deep" };
  if (error instanceof WebAssembly.RuntimeError || String(error).includes("out of memory")) return memoryError(request);
  return { code: "unavailable", message: `the sandbox failed: ${error instanceof Error ? error.message : String(error)}` };
}
