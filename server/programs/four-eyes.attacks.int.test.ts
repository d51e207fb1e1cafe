import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTokenScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { startRun } from "@/server/runs/service";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { answerWait, createLink, viewLink } from "@/server/waits/service";
import * as workflows from "@/server/workflows/service";
import { createApplication, createServiceAccount, removeApplication, removeServiceAccount, tokenResponse } from "./service";

let admin: Scope;

beforeAll(async () => {
  admin = await makeScope("admin");
});
afterAll(closeConnections);

describe("four eyes and service accounts", () => {
  const ask = { id: "ask", kind: "approval", config: { title: "Pay?", excludesStarter: true } };
  const bearer = (token: string) => openTokenScope(token);

  async function waiting(scope: Scope, requiredAnswers = 1, excludesStarter = true) {
    const { id: workflowId } = await workflows.createWorkflow({ scope: admin }, { name: `Pay ${newId()}`, description: "", definition: { schema: 1, nodes: [{ ...ask, name: "Ask" }], edges: [] } });
    await workflows.publish({ scope: admin }, { workflowId, note: "" });
    const { runId } = await startRun({ scope }, { workflowId, mode: "production", input: {} });
    const waitId = newId();
    const detail = { title: "Pay?", message: "", form: null, approvers: [], requiredAnswers, excludesStarter };
    await rawDb().wait.create({ data: { id: waitId, workspaceId: admin.workspaceId, runId, path: "ask", attempt: 1, nodeId: "ask", kind: "approval", requiredAnswers, detail } });
    return waitId;
  }
  const answer = (scope: Scope, waitId: string) => answerWait({ scope }, { waitId, decision: "approved", comment: "" });

  it("attack: whoever made a token or a secret of one approves nothing that it starts, and answers once with it", async () => {
    const robot = (await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "operator" } })).id;
    const maker = await makeScope("admin", admin.workspaceId);
    const { token } = await createToken({ scope: maker }, { name: "ci", scopes: ["run:start", "wait:answer", "workflow:read", "run:read"], expiresInDays: 1, serviceAccountId: robot });
    const made = await createApplication({ scope: maker }, { name: `App ${newId()}`, serviceAccountId: robot, scopes: ["run:start", "workflow:read", "run:read"], tokenSeconds: 3_600, refreshDays: null });
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: made.id, client_secret: made.secret });
    const issued = (await (await tokenResponse(new Request("http://localhost/api/oauth/token", { method: "POST", body: form }))).json()) as { access_token: string };
    for (const secret of [token, issued.access_token]) {
      const waitId = await waiting(await bearer(secret));
      await expect(answer(maker, waitId)).rejects.toMatchObject({ kind: "forbidden", message: "You started this run, and somebody else has to answer." });
      expect(await answer(admin, waitId)).toMatchObject({ closed: true });
    }
    for (const order of [[maker, await bearer(token)], [await bearer(token), maker]] as const) {
      const waitId = await waiting(admin, 2, false);
      expect(await answer(order[0], waitId)).toMatchObject({ answers: 1, closed: false });
      await expect(answer(order[1], waitId)).rejects.toMatchObject({ kind: "already_answered" });
      expect(await answer(admin, waitId)).toMatchObject({ closed: true });
    }
  });

  it("attack: a link to an approval outlives none of what its service account may", async () => {
    const { id } = await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "operator" } });
    const { token } = await createToken({ scope: admin }, { name: "ci", scopes: ["wait:answer", "run:read"], expiresInDays: 1, serviceAccountId: id });
    const waitId = await waiting(admin, 1, false);
    const { url } = await createLink({ scope: await bearer(token) }, { waitId, recipient: "boss@example.com" });
    const link = { token: url.split("/a/")[1]! };
    const stranger = { origin: { ip: "test", userAgent: null, requestId: null } };
    const account = { where: { id } };
    const takings = [
      [{ disabledAt: new Date() }, { disabledAt: null }],
      [{ role: "viewer" }, { role: "operator" }],
    ];
    for (const [taken, given] of takings) {
      await rawDb().serviceAccount.update({ ...account, data: taken! });
      await expect(viewLink(stranger, link)).rejects.toMatchObject({ kind: "link_invalid" });
      await rawDb().serviceAccount.update({ ...account, data: given! });
      expect(await viewLink(stranger, link)).toMatchObject({ ended: null });
    }
    await removeServiceAccount({ scope: admin }, { serviceAccountId: id });
    await expect(viewLink(stranger, link)).rejects.toMatchObject({ kind: "link_invalid" });
  });

  it("attack: a link to an approval outlives neither the application whose token made it, nor its sweep", async () => {
    const { id: serviceAccountId } = await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "operator" } });
    const made = await createApplication({ scope: admin }, { name: `App ${newId()}`, serviceAccountId, scopes: ["wait:answer", "run:read"], tokenSeconds: 3_600, refreshDays: null });
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: made.id, client_secret: made.secret });
    const { access_token: token } = (await (await tokenResponse(new Request("http://localhost/api/oauth/token", { method: "POST", body: form }))).json()) as { access_token: string };
    const waitId = await waiting(admin, 1, false);
    const { url } = await createLink({ scope: await bearer(token) }, { waitId, recipient: "boss@example.com" });
    const stranger = { origin: { ip: "test", userAgent: null, requestId: null } };
    const view = () => viewLink(stranger, { token: url.split("/a/")[1]! });
    expect(await view()).toMatchObject({ ended: null });
    await removeApplication({ scope: admin }, { applicationId: made.id });
    expect(await view()).toMatchObject({ ended: "expired", title: "" });
    await rawDb().apiToken.deleteMany({ where: { serviceAccountId } });
    expect(await view()).toMatchObject({ ended: "expired", title: "" });
  });
});
