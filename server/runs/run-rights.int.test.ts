import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let builder: Scope;
let operator: Scope;
let workflowId: string;

const definition = {
  schema: 1,
  nodes: [{ id: "start", kind: "trigger.manual" }, { id: "call", kind: "http", config: { url: "https://example.com", auth: { type: "bearer", token: "{{ secrets.KEY }}" } } }],
  edges: [{ from: "start", to: "call" }],
};

beforeAll(async () => {
  builder = await makeScope("builder");
  operator = await makeScope("operator", builder.workspaceId);
  workflowId = (await workflows.createWorkflow({ scope: builder }, { name: "Call", description: "", definition })).id;
  await workflows.publish({ scope: builder }, { workflowId, note: "" });
});
afterAll(closeConnections);

describe("who may start runs but not edit workflows", () => {
  it("runs what others wrote, and no definition of their own: it could send any secret anywhere", async () => {
    await expect(service.startInlineRun({ scope: operator }, { definition })).rejects.toMatchObject({ kind: "forbidden", data: { permission: "workflow:write" } });
    expect(await service.startInlineRun({ scope: builder }, { definition })).toMatchObject({ mode: "test" });
    expect(await service.startRun({ scope: operator }, { workflowId, mode: "production" })).toMatchObject({ mode: "production" });
    expect(await service.startRun({ scope: operator }, { workflowId, mode: "test", untilNode: "start" })).toMatchObject({ mode: "test" });
  });

  it("cannot put values of their own in place of what steps made", async () => {
    const pinned = { workflowId, mode: "test" as const, pins: { start: { url: "https://elsewhere.example" } } };
    const alone = { workflowId, mode: "test" as const, onlyNode: { id: "call", scope: { steps: {} } } };
    for (const input of [pinned, alone]) {
      await expect(service.startRun({ scope: operator }, input)).rejects.toMatchObject({ kind: "forbidden", data: { permission: "workflow:write" } });
      expect(await service.startRun({ scope: builder }, input)).toMatchObject({ mode: "test" });
    }
  });
});

describe("a production run", () => {
  it("takes a published version, never the snapshot that a test made of a draft", async () => {
    const { runId } = await service.startRun({ scope: builder }, { workflowId, mode: "test" });
    const { version } = await service.getRunDetail({ scope: builder }, runId);
    await expect(service.startRun({ scope: builder }, { workflowId, mode: "production", versionId: version?.id })).rejects.toMatchObject({ kind: "not_found" });
    expect(await service.startRun({ scope: builder }, { workflowId, mode: "test", versionId: version?.id })).toMatchObject({ mode: "test" });
  });
});
