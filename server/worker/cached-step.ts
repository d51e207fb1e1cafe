import { createHash } from "node:crypto";
import { blobIdsIn } from "@/server/expressions/blob-ids";
import { encodeValue } from "@/server/expressions/encoding";
import type { CompiledNode } from "@/server/worker/compiled-workflow";
import { type Payload } from "@/server/worker/payload";
import type { CacheKey } from "@/server/worker/ports";
import type { RunContext } from "@/server/worker/run-context";
import type { Site } from "@/server/worker/scope";

/** Results of steps with `cache`, by the evaluated key. */
export async function cachedResult(run: RunContext, node: CompiledNode, at: Site): Promise<{ key: CacheKey; hit: { output: Payload; port: string } | null }> {
  const key = await cacheKey(run, node, at);
  const entry = await run.worker.ports.cache.get(key);
  if (entry === null) return { key, hit: null };
  // A payload in the blob store goes with the last run that has it; the entry is of no use then.
  const output = await Promise.resolve(run.payloads.fetch(entry.output)).catch(() => null);
  if (output !== null && !(await run.payloads.keep([...blobIdsIn(entry.output), ...blobIdsIn(output.text)]))) return { key, hit: null };
  return { key, hit: output === null ? null : { output, port: entry.port } };
}

export async function rememberResult(run: RunContext, node: CompiledNode, at: Site, key: CacheKey, output: Payload, port: string): Promise<void> {
  const { cache } = node.node;
  if (cache === undefined) return;
  // Whoever finds the entry has its files: only those go in that this run has itself.
  for (const id of blobIdsIn(output.text)) if (!(await run.worker.ports.identity.isOwnFile(run.claim.workspaceId, run.claim.id, id))) return;
  const stored = await run.payloads.store(output.text);
  await run.worker.ports.cache.put(key, { output: stored, port, ttlSeconds: cache.ttlSeconds, runId: run.claim.id, path: at.path });
}

/**
 * Within a workflow a key belongs to its node; across the workspace, to the kind. What is done and for whom is part of it: a changed
 * setup starts anew, one environment's values serve no other, tests leave nothing to production, and whose run may read or use less
 * than all has entries of their own.
 */
async function cacheKey(run: RunContext, node: CompiledNode, at: Site): Promise<CacheKey> {
  const { workspaceId, workflowId, environmentId } = run.claim;
  const value = node.cacheKey === null ? null : await run.evaluator.evaluate(node.cacheKey, at);
  const wide = node.node.cache?.scope === "workspace" || workflowId === null;
  const { id, kind, kindVersion, config } = node.node;
  const key = createHash("sha256").update(JSON.stringify([wide ? null : id, kind, kindVersion, config, environmentId ?? null, await whoseEntry(run), encodeValue(value)])).digest("base64url");
  // Whoever sees parts of the workspace only shares nothing with the rest of it.
  const shared = !wide || (await run.acting.may({ permission: "run:read" })) ? "workspace" : `run ${run.claim.rootRunId}`;
  return { workspaceId, scope: wide ? shared : workflowId, key };
}

async function whoseEntry({ acting, claim }: RunContext): Promise<unknown> {
  const { identity } = acting;
  const isTest = claim.mode === "test";
  const isFree = (await acting.may({ permission: "run:read" })) && (await acting.may({ permission: "secret:use" }));
  return isFree && !isTest ? null : { isTest, type: identity?.type, id: identity?.id, bounds: identity?.bounds };
}
