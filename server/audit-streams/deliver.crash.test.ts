import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type HookSink, openHookSink } from "@/server/alerts/testing/sinks";
import { recordAudit } from "@/server/audit/service";
import { sealAuditEvents } from "@/server/audit-chain/service";
import { openSystemOrganizationScope } from "@/server/auth/organization-scope";
import { closeConnections, sharedPool } from "@/server/db/client";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { makeScope } from "@/server/testing/factories";
import { saveStreamInput } from "./contract";
import * as streams from "./service";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const DELIVER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-deliver.ts"));
let hook: HookSink;
beforeAll(async () => {
  hook = await openHookSink();
});
afterAll(async () => {
  await hook.close();
  await closeConnections();
});

interface Sent {
  data: { events: { seq: number }[] };
}

describe("a process that dies", () => {
  it.each([
    ["before it sends", "audit-stream-taken", 1],
    ["after it sent, before it could note that", "audit-stream-sent", 2],
  ])("%s loses no event of the audit; a repetition carries the same id", async (_when, crashPoint, requests) => {
    const scope = await makeScope();
    const owner = streams.ownerOf(await openSystemOrganizationScope(scope.organizationId));
    await streams.saveStream(owner, saveStreamInput.parse({ config: { kind: "webhook", url: hook.url } }));
    await scope.db.transaction((tx) => recordAudit(tx, scope, { action: "thing.done", resource: { type: "thing", id: "1" } }));
    await sealAuditEvents();
    hook.requests.length = 0;
    expect(await dieAt(crashPoint, DELIVER)).toBe("SIGKILL");
    // Nobody else takes it while it may still be on its way.
    await streams.deliverStreams();
    expect(hook.requests).toHaveLength(requests - 1);
    await sharedPool().query("update audit_stream set lease_until = now() - interval '1 second' where organization_id = $1", [scope.organizationId]);
    await streams.deliverStreams();
    expect(hook.requests).toHaveLength(requests);
    expect(new Set(hook.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect((JSON.parse(hook.requests.at(-1)!.body) as Sent).data.events.map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await streams.viewKeeping(owner)).stream).toMatchObject({ behind: 0, error: null });
  });
});
