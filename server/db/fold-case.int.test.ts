import { afterAll, expect, it } from "vitest";
import { listAuditInput } from "@/server/audit-log/contract";
import { listAuditEvents } from "@/server/audit-log/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import { listTokensInput } from "@/server/tokens/contract";
import { createToken, listTokens } from "@/server/tokens/service";
import * as runChoices from "@/server/run-choices/service";
import { listStartersInput } from "@/server/run-choices/contract";
import { createWorkflow } from "@/server/workflows/service";
import { holding } from "./fold-case";

afterAll(closeConnections);

it("takes cases for the same in other alphabets, whatever the database's locale", async () => {
  const { rows } = await sharedPool().query<{ folded: boolean }>("select fold_case('ÄÇΣЖ') = fold_case('äçσж') as folded");
  expect(rows).toEqual([{ folded: true }]);
});

it("is what searches of lists go by", async () => {
  const scope = await makeScope("owner");
  await createToken({ scope }, { name: "Übergabe ÖLX", scopes: ["run:read"], expiresInDays: 1 });
  const { id } = await createWorkflow({ scope }, { name: "Ärger_100%", description: "" });
  await rawDb().user.update({ where: { id: scope.userId! }, data: { name: "Ödön Şen" } });
  const tokens = async (search: string) => (await listTokens({ scope }, listTokensInput.parse({ search }))).items.map(({ name }) => name);
  for (const search of ["übergabe ölx", "ÜBERGABE", "ölX", "LX"]) expect([search, await tokens(search)]).toEqual([search, ["Übergabe ÖLX"]]);
  expect(await tokens("übergabe ol")).toEqual([]);
  const starters = async (search: string) => (await runChoices.listStarters({ scope }, listStartersInput.parse({ search }))).items.map(({ name }) => name);
  expect([await starters("ÖDÖN"), await starters("şEN"), await starters("_")]).toEqual([["Ödön Şen"], ["Ödön Şen"], []]);
  const audit = async (resource: string) => (await listAuditEvents({ scope }, listAuditInput.parse({ resource, action: "workflow" }))).items.map(({ resource: of }) => of?.id);
  expect([await audit("ärger_100%"), await audit("ÄRGERX100")]).toEqual([[id], []]);
  expect([await holding(rawDb(), "workflow", "name", "ärger"), await holding(rawDb(), "workflow", "name", "a_b")]).toEqual([{ in: ["Ärger_100%"] }, { contains: "a\\_b", mode: "insensitive" }]);
  await expect(holding(rawDb(), "workflow; drop", "name", "ä")).rejects.toThrow("is no column");
});
