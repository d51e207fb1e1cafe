// @ts-check
import { errorOf, takeError, timeoutError } from "./failure.mjs";
import { setNow } from "./fixed-clock.mjs";
import { GuestContext } from "./guest-context.mjs";
import { LogBuffer } from "./log-buffer.mjs";
import { seedWords } from "./seed.mjs";

/**
 * @import { QuickJSContext, QuickJSRuntime, QuickJSWASMModule } from "quickjs-emscripten-core"
 * @import { SandboxThreadRequest, SandboxThreadResult, SandboxLog } from "../protocol"
 */

/** Less than the WebAssembly stack, so that deep recursion is an exception and not a trap. */
const STACK_BYTES = 512 * 1024;

/** Between two questions for the time a thread that runs lets less pass. */
const HELD_UP_MS = 200;

/** After one of these the instance is not used again. @type {ReadonlySet<string>} */
const OVERRUNS = new Set(["timeout", "memory"]);

/**
 * @typedef {object} Evaluation
 * @property {QuickJSRuntime} runtime
 * @property {QuickJSContext} context
 * @property {GuestContext} guest
 * @property {SandboxThreadRequest} request
 * @property {LogBuffer} logs
 */

/**
 * Time in which the whole process stood still does not count: it is asked every few thousand instructions, so a long gap is such a
 * time, or a built-in function that takes long, which is ended from outside.
 * @param {number} timeoutMs
 * @returns {() => boolean}
 */
function deadlineAfter(timeoutMs) {
  let asked = performance.now();
  let deadline = asked + timeoutMs;
  return () => {
    const now = performance.now();
    if (now - asked > HELD_UP_MS) deadline += now - asked;
    asked = now;
    return now >= deadline;
  };
}

/**
 * Runs the programs of a request one after the other in a fresh context; stops at the first that fails.
 * @param {QuickJSWASMModule} quickjs
 * @param {SandboxThreadRequest} request
 * @returns {{ results: SandboxThreadResult[], logs: SandboxLog[], droppedLogs: number, isOverrun: boolean }}
 */
export function evaluate(quickjs, request) {
  const isOverdue = deadlineAfter(request.timeoutMs);
  setNow(request.nowMs);
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(request.memoryBytes);
  runtime.setMaxStackSize(STACK_BYTES);
  runtime.setInterruptHandler(isOverdue);
  const context = runtime.newContext();
  const logs = new LogBuffer();
  const guest = new GuestContext(context);
  const results = [];
  for (const program of request.programs) {
    const result = runProgram({ runtime, context, guest, request, logs }, program);
    results.push(isOverdue() ? failed(timeoutError(request)) : result);
    if (!result.ok) break;
  }
  const last = results.at(-1);
  const isOverrun = last !== undefined && !last.ok && OVERRUNS.has(last.error.code);
  // What an interrupted evaluation leaves behind cannot be freed: the whole instance goes.
  if (!isOverrun) for (const disposable of [guest, context, runtime]) disposable.dispose();
  return { results, logs: logs.lines, droppedLogs: logs.dropped, isOverrun };
}

/**
 * @param {Evaluation} evaluation
 * @param {SandboxThreadRequest["programs"][number]} program
 * @returns {SandboxThreadResult}
 */
function runProgram(evaluation, program) {
  const { runtime, context, guest, request, logs } = evaluation;
  const scopeText = request.scopeTexts[program.scope] ?? "{}";
  if (scopeText.includes('"$')) guest.loadMarkers();
  if (program.source.includes("console")) guest.loadConsole((level, text) => logs.add(level, text));

  const compiled = context.evalCode(wrap(request, program.source), request.fileName, { type: "global" });
  if (compiled.error) return failed(errorOf(request, takeError(context, compiled.error), "syntax"));
  const roots = context.unwrapResult(context.evalCode(JSON.stringify(request.roots)));
  const values = [compiled.value, context.newString(scopeText), roots, ...seedWords(program.seed).map((word) => context.newNumber(word))];
  const began = guest.tryCall("begin", values);
  for (const value of values) value.dispose();
  if (began.error) return failed(errorOf(request, takeError(context, began.error), "threw"));
  began.value.dispose();

  const jobs = runtime.executePendingJobs();
  if (jobs.error) return failed(errorOf(request, takeError(context, jobs.error), "threw"));
  return readOutcome(evaluation);
}

/** @param {Evaluation} evaluation @returns {SandboxThreadResult} */
function readOutcome({ context, guest, request }) {
  let outcome = takeText(context, guest);
  if (outcome === "?") {
    guest.loadMarkers();
    outcome = takeText(context, guest);
  }
  if (outcome === undefined) return failed({ code: "threw", message: "the code waits for a promise that nothing will settle" });
  if (!outcome.startsWith("+")) return failed(errorOf(request, JSON.parse(outcome.slice(1)), "threw"));
  const text = outcome.slice(1);
  if (text.length <= request.maxOutputCharacters) return { ok: true, text };
  const message = `the result has ${text.length} characters as JSON, at most ${request.maxOutputCharacters} are allowed`;
  return failed({ code: "output_too_large", message });
}

/** @param {QuickJSContext} context @param {GuestContext} guest @returns {string | undefined} */
function takeText(context, guest) {
  const taken = guest.tryCall("takeOutcome", []);
  if (taken.error) return `-${JSON.stringify(takeError(context, taken.error))}`;
  const text = context.typeof(taken.value) === "string" ? context.getString(taken.value) : undefined;
  taken.value.dispose();
  return text;
}

/** @param {SandboxThreadRequest} request @param {string} source */
function wrap({ kind, roots }, source) {
  const parameters = roots.join(", ");
  return kind === "expression"
    ? `"use strict"; (async (${parameters}) => (\n${source}\n))`
    : `"use strict"; (async function (${parameters}) {\n${source}\n})`;
}

/** @param {import("../protocol").SandboxError} error @returns {SandboxThreadResult} */
function failed(error) {
  return { ok: false, error };
}
