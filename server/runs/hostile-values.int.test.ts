import { beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { awaitRun } from "@/server/live/await-run";
import { putSecret } from "@/server/secrets/service";
import { makeScope } from "@/server/testing/factories";
import { setVariable } from "@/server/variables/service";
import * as service from "./service";
import { workWhileTesting } from "./testing/worked";

let scope: Scope;

workWhileTesting();
beforeAll(async () => {
  scope = await makeScope("builder");
});

interface Step {
  id: string;
  kind: string;
  config: Record<string, unknown>;
}

async function resultOf(steps: Step[], input: unknown = {}) {
  const nodes = [{ id: "start", kind: "trigger.manual" }, ...steps];
  const edges = steps.map(({ id }, index) => ({ from: nodes[index]!.id, to: id }));
  const { runId } = await service.startInlineRun({ scope }, { definition: { schema: 1, nodes, edges }, input });
  const ended = await awaitRun({ workspaceId: scope.workspaceId, runId }, 30, async () => ((await service.isFinished({ scope }, runId)) ? true : null));
  expect(ended).toBe(true);
  return service.readResult({ scope }, runId);
}

const MARKERS = [{ $secret: [{ name: "KEY" }] }, { $number: 5 }, { $blob: "x", size: 1 }, { $date: 7 }, { $entries: "no" }, { a: { $string: "\\u0000" } }, JSON.parse('{"__proto__":{"isAdmin":true}}')] as unknown[];

describe("values that look like the marks of the stored encoding", () => {
  it.each(MARKERS.map((value) => [JSON.stringify(value), value] as const))("stay what they are: %s", async (text, value) => {
    await putSecret({ scope }, { name: "KEY", value: "the-key-nobody-may-read" });
    await setVariable({ scope }, { name: "odd", value: value as never });
    const { output, error } = await resultOf([{ id: "keep", kind: "set", config: { values: { variable: "{{ vars.odd }}", input: "{{ input.odd }}" } } }], JSON.parse(`{"odd":${text}}`));
    expect(error).toBeNull();
    expect(JSON.stringify(output)).toBe(`{"variable":${text},"input":${text}}`);
  });
});

describe("values nested beyond sense", () => {
  const DEPTH = 200_000;
  const nested = `"${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}"`;

  it.each([
    ["what code makes of a text", (): Step[] => [{ id: "parse", kind: "transform", config: { code: `let v = []; for (let i = 0; i < ${DEPTH}; i++) v = [v]; return v;` } }], {}],
    ["the answer of a model", (): Step[] => [{ id: "ask", kind: "llm", config: { prompt: "x", outputSchema: true, repairAttempts: 0, mockReplies: ["{{ input.text }}"] } }], { text: JSON.parse(nested) as string }],
  ])("fail the step, not the worker: %s", async (_name, steps, input) => {
    const { error } = await resultOf(steps(), input);
    expect(error).toMatchObject({ code: expect.any(String) as string });
    expect(await resultOf([{ id: "keep", kind: "set", config: { values: { fine: true } } }])).toMatchObject({ error: null });
  });

  it("are refused as an input or a signal, by their field", async () => {
    const wait: Step[] = [{ id: "wait", kind: "wait.signal", config: { signal: "go" } }];
    const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, ...wait], edges: [{ from: "start", to: "wait" }] };
    for (const levels of [2_000, 100_000]) {
      const input = { deep: deep(levels) };
      await expect(service.startInlineRun({ scope }, { definition, input })).rejects.toMatchObject({ kind: "invalid_input", data: { field: expect.stringMatching(/^input/) as string } });
    }
    const { runId } = await service.startInlineRun({ scope }, { definition });
    await expect(service.signalRun({ scope }, { runId, name: "go", payload: deep(2_000) })).rejects.toMatchObject({ kind: "invalid_input", data: { field: expect.stringMatching(/^payload/) as string } });
    await service.cancelRun({ scope }, { runId });
  });

  function deep(levels: number): unknown {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  }
});
