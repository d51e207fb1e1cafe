import { afterAll, describe, expect, it } from "vitest";
import { createSession } from "@/server/auth/session";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { env } from "@/server/env";
import { makeScope } from "@/server/testing/factories";
import { cronResponse } from "./cron";
import { tick } from "./tick";

afterAll(closeConnections);

const call = (authorization?: string) => cronResponse(new Request("http://localhost/api/cron", { method: "POST", headers: authorization === undefined ? {} : { authorization } }));

describe("the scheduler's tick", () => {
  it("answers nobody without the secret", async () => {
    for (const authorization of [undefined, "Bearer ", "Bearer wrong", env.CRON_SECRET]) expect((await call(authorization)).status).toBe(401);
    const response = await call(`Bearer ${env.CRON_SECRET}`);
    expect([response.status, await response.json()]).toMatchObject([200, { ticked: true, report: { sessions: 0 } }]);
  });

  it("fires slots for those who ask for them alone, and knows no other part", async () => {
    const part = (name: string) => cronResponse(new Request(`http://localhost/api/cron?part=${name}`, { headers: { authorization: `Bearer ${env.CRON_SECRET}` } }));
    expect(await (await part("schedules")).json()).toMatchObject({ schedules: { started: 0 }, ticked: false });
    expect(await (await part("house")).json()).toMatchObject({ schedules: null });
    expect((await part("other")).status).toBe(400);
  });

  it("seals the audit log and removes what has been over for long", async () => {
    const scope = await makeScope("owner");
    await createSession(scope.userId!);
    await createSession(scope.userId!);
    await tick();
    await rawDb().$executeRaw`update session set expires_at = now() - interval '31 days' where id = (select id from session limit 1)`;
    await rawDb().$executeRaw`insert into rate_limit (key, count, expires_at) values ('old', 1, now() - interval '1 second'), ('new', 1, now() + interval '1 minute')`;
    await rawDb().$executeRaw`insert into audit_event (id, workspace_id, organization_id, actor_type, action) values (gen_random_uuid(), ${scope.workspaceId}::uuid, ${scope.organizationId}::uuid, 'system', 'test')`;
    expect(await tick()).toMatchObject({ sessions: 1, attempts: 1, auditSealed: 1 });
    expect(await rawDb().session.count()).toBe(1);
    expect(await tick()).toMatchObject({ sessions: 0, attempts: 0, auditSealed: 0 });
  });

  it("happens once at a time", async () => {
    const client = await sharedPool().connect();
    await client.query("select pg_advisory_lock(72707371)");
    expect(await tick()).toBeNull();
    client.release(true);
    await expect.poll(tick).not.toBeNull();
  });
});
