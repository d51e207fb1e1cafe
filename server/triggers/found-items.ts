import { createHash } from "node:crypto";
import { DomainError } from "@/server/errors/domain-error";
import { compileTemplate } from "@/server/expressions/compile";
import { encodeValue } from "@/server/expressions/encoding";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import { mappingSandbox } from "@/server/triggers/map-input";

export const MAX_ITEMS = 10_000;

export interface Found {
  items: { key: string; item: unknown }[];
  /** Undefined: the one before stays. */
  cursor: unknown;
  /** There is more at once. */
  more: boolean;
}

export interface KeyEvaluation {
  itemKey: string;
  runId: string;
  /** Its workspace. */
  owner: string;
  signal?: AbortSignal | undefined;
}

/** What a look found, with the hash of each item's key; of two items with one key the first counts. */
export async function foundItems(output: unknown, how: KeyEvaluation): Promise<Found> {
  const { items, cursor, more } = (typeof output === "object" && output !== null ? output : {}) as { items?: unknown; cursor?: unknown; more?: unknown };
  if (!Array.isArray(items)) throw refused("output.items", "must be a list: the output of the workflow that looks is { items, cursor, more }");
  if (items.length > MAX_ITEMS) throw refused("output.items", `has ${items.length} entries; one look may find ${MAX_ITEMS}, and say more: true`);
  const keys = await keysOf(items, how);
  const byKey = new Map<string, unknown>();
  for (const [index, item] of items.entries()) if (!byKey.has(keys[index]!)) byKey.set(keys[index]!, item);
  return { items: [...byKey].map(([key, item]) => ({ key, item })), cursor, more: more === true };
}

async function keysOf(items: readonly unknown[], { itemKey, runId, owner, signal }: KeyEvaluation): Promise<string[]> {
  if (itemKey === "") return items.map((item) => hashOf(encodeValue(item)));
  const compiled = compileTemplate(itemKey);
  if (!compiled.ok) throw refused("config.itemKey", compiled.problems[0]?.message ?? "is no template");
  const keys: string[] = [];
  for (const [index, item] of items.entries()) {
    signal?.throwIfAborted();
    const result = await evaluateTemplate(compiled.template, { item, index }, { sandbox: mappingSandbox(), owner, seed: runId, nowMs: 0 });
    if (!result.ok) throw refused("config.itemKey", `cannot be evaluated for item ${index}: ${result.error.message}`);
    if (result.value === null || result.value === "") throw refused("config.itemKey", `gives nothing for item ${index}`);
    keys.push(hashOf(encodeValue(result.value)));
  }
  return keys;
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const refused = (field: string, reason: string) => new DomainError("invalid_input", { field, reason });
