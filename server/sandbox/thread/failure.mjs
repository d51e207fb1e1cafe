// @ts-check
/**
 * @import { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core"
 * @import { SandboxError, SandboxThreadRequest } from "../protocol"
 */

/** @typedef {{ name: string, message: string, stack: string }} Thrown */

/** Lines before the user's first one in a wrapped program. */
const HEADER_LINES = 1;
const MAX_STACK_FRAMES = 20;

/** @param {QuickJSContext} context @param {QuickJSHandle} handle @returns {Thrown} */
export function takeError(context, handle) {
  const dumped = context.dump(handle);
  handle.dispose();
  const { name = "", message = String(dumped), stack = "" } = typeof dumped === "object" && dumped !== null ? dumped : {};
  return { name: String(name), message: String(message), stack: String(stack) };
}

/** @param {SandboxThreadRequest} request @returns {SandboxError} */
export function timeoutError({ timeoutMs }) {
  return { code: "timeout", message: `not finished after ${timeoutMs} ms` };
}

/** @param {SandboxThreadRequest} request @returns {SandboxError} */
export function memoryError({ memoryBytes }) {
  return { code: "memory", message: `needs more than ${Math.round(memoryBytes / 1024 / 1024)} MB of memory` };
}

/**
 * What user code threw, or what QuickJS said of its syntax.
 * @param {SandboxThreadRequest} request
 * @param {Thrown} thrown
 * @param {"threw" | "syntax"} code
 * @returns {SandboxError}
 */
export function errorOf(request, thrown, code) {
  if (thrown.name === "InternalError" && thrown.message === "out of memory") return memoryError(request);
  const label = thrown.name === "" || thrown.name === "Error" ? "" : `${thrown.name}: `;
  const frames = ownFrames(thrown.stack, request.fileName);
  const line = frames[0]?.match(/:(\d+)/)?.[1];
  return {
    code,
    message: `${label}${thrown.message}`,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(frames.length === 0 ? {} : { stack: frames.join("\n") }),
  };
}

/** The frames in the user's own source, with its own line numbers. @param {string} stack @param {string} fileName */
function ownFrames(stack, fileName) {
  return stack
    .split("\n")
    .filter((frame) => frame.includes(`${fileName}:`))
    .slice(0, MAX_STACK_FRAMES)
    .map((frame) => frame.trim().replace(/:(\d+)/, (_match, line) => `:${Number(line) - HEADER_LINES}`));
}
