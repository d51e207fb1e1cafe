import { v5 } from "uuid";
import { recordAuditWith } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { findSealedSecrets, type SealedSecret, touchSecrets } from "./queries";
import { openValue } from "./secret-value";

export interface ResolvedSecrets {
  values: ReadonlyMap<string, string>;
  missing: readonly string[];
}

/** The values that a step of a run asks for. The use of each secret is audited once per run, however often it is read. */
export async function resolveSecrets(run: { workspaceId: string; runId: string }, names: readonly string[]): Promise<ResolvedSecrets> {
  if (names.length === 0) return { values: new Map(), missing: [] };
  const found = await findSealedSecrets(run, names);
  const values = new Map(await Promise.all(found.map(async (secret) => [secret.name, await openValue(run.workspaceId, secret)] as const)));
  await recordUse(run, found);
  return { values, missing: names.filter((name) => !values.has(name)) };
}

/** A secret that a trigger needs: to verify what comes in, or to sign on elsewhere. Its use is audited once per hour. Null: there is none. */
export async function readTriggerSecret(trigger: { id: string; workspaceId: string; name: string }, name: string): Promise<string | null> {
  const asking = { workspaceId: trigger.workspaceId, triggerId: trigger.id };
  const [secret] = await findSealedSecrets(asking, [name]);
  if (secret === undefined) return null;
  await touchSecrets(asking, [secret]);
  const hour = new Date().toISOString().slice(0, 13);
  const source = { organizationId: secret.organizationId, workspaceId: trigger.workspaceId, actor: { type: "system", id: trigger.id, name: `trigger ${trigger.name}` } } as const;
  await recordAuditWith(sharedPool(), source, { id: v5(`secret.used ${trigger.id} ${hour}`, secret.id), action: "secret.used", resource: { type: "secret", id: secret.id, name } });
  return openValue(trigger.workspaceId, secret);
}

async function recordUse(run: { workspaceId: string; runId: string }, used: readonly SealedSecret[]): Promise<void> {
  if (used.length === 0) return;
  const { workspaceId, runId } = run;
  await touchSecrets(run, used);
  for (const { id, name, organizationId } of used) {
    const source = { organizationId, workspaceId, actor: { type: "run", id: runId, name: `run ${runId}` } } as const;
    await recordAuditWith(sharedPool(), source, {
      id: v5(`secret.used ${runId}`, id),
      action: "secret.used",
      resource: { type: "secret", id, name },
    });
  }
}
