import type { NodeRunner, StepContext } from "@/server/nodes/runner";
import { failed, failedForNow, succeeded } from "@/server/nodes/results";
import type { TransformConfig } from "./spec";

/** Time and memory may suffice next time; the code's own faults would be met again. */
const MAY_PASS = ["timeout", "memory", "unavailable"];

function scopeOf({ config, input, trigger, run }: StepContext<TransformConfig>): Record<string, unknown> {
  const { id, workflowId, mode, depth, labels } = run;
  return { args: config.args, input, trigger, run: { id, workflowId, mode, depth, labels } };
}

export const transformRunner: NodeRunner<TransformConfig> = {
  effect: "deterministic",
  async run(ctx) {
    const { config, services, log, run, path, attempt, now, signal } = ctx;
    const stripped = config.language === "typescript" ? (await import("./strip-types")).stripTypes(config.code) : { ok: true as const, code: config.code };
    if (!stripped.ok) return failed("syntax", `line ${stripped.line}: ${stripped.message}`, { field: "/code" });
    const outcome = await services.sandbox.runCode({
      owner: run.workspaceId,
      source: stripped.code,
      scope: scopeOf(ctx),
      seed: `${run.id}:${path}:${attempt}`,
      nowMs: now,
      timeoutMs: Math.round(config.timeoutSeconds * 1_000),
      memoryMb: config.memoryMb,
      signal,
    });
    if (!outcome.ok) signal.throwIfAborted();
    for (const line of outcome.logs) log(line.level, line.message);
    if (outcome.droppedLogs > 0) log("warn", `${outcome.droppedLogs} more lines were not kept`);
    if (outcome.ok) return succeeded(outcome.value);
    const { code, message, line, stack } = outcome.error;
    const fail = MAY_PASS.includes(code) ? failedForNow : failed;
    const details = { ...(line === undefined ? {} : { line }), ...(stack === undefined ? {} : { stack }) };
    return fail(code === "threw" ? "code_threw" : code, line === undefined ? message : `line ${line}: ${message}`, { field: "/code", details });
  },
};
