import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { MAX_STORES, STORE_KINDS, type StoreKind } from "@/server/secret-stores/constants";
import type { saveStoreInput, StoreView, testedStoreSchema, testStoreInput } from "@/server/secret-stores/contract";
import { openStore } from "./open-store";
import { StoreRefused } from "./port";
import { openCredential, readConfig, sealCredential } from "./rows";

interface Context {
  scope: Scope;
}
const done = { ok: true as const };
const resourceOf = (id: string, name: string) => ({ type: "secret_store", id, name });
const kindOf = (kind: string): StoreKind => STORE_KINDS.find((one) => one === kind) ?? "vault";

export async function listStores({ scope }: Context): Promise<StoreView[]> {
  const rows = await scope.db.secretStore.findMany({ orderBy: { name: "asc" }, omit: { sealed: true }, include: { _count: { select: { secrets: true } } } });
  return rows.map(({ id, name, kind, config, cacheSeconds, updatedAt, _count }) => ({ id, name, kind: kindOf(kind), config: readConfig(kind, config), cacheSeconds, updatedAt: updatedAt.toISOString(), secrets: _count.secrets }));
}

/** How a store is reached. A changed address needs its credential again: what was given for one place is sent to no other. */
export async function saveStore({ scope }: Context, { storeId, name, config: { kind, ...config }, credential, cacheSeconds }: z.output<typeof saveStoreInput>): Promise<{ id: string }> {
  const id = storeId ?? newId();
  const save = scope.db.transaction(async (tx) => {
    const before = storeId === undefined ? null : await tx.secretStore.findFirst({ where: { id } });
    if (storeId !== undefined && before === null) throw new DomainError("not_found", { what: "secret store", id });
    if (before !== null && before.kind !== kind) throw new DomainError("invalid_input", { field: "config.kind", reason: "cannot be changed: connect another store" });
    if (before === null && (await tx.secretStore.count()) >= MAX_STORES) throw new DomainError("limit_reached", { what: "secret stores", limit: MAX_STORES });
    const goesElsewhere = before !== null && placeOf(before.config) !== placeOf(config);
    if (credential === undefined && (before === null || goesElsewhere)) throw new DomainError("invalid_input", { field: "credential", reason: before === null ? "is needed for a new store" : "is needed again for another address" });
    const sealed = credential === undefined ? {} : await sealCredential(tx, { id, workspaceId: scope.workspaceId }, credential);
    const data = { name, config, cacheSeconds, updatedById: scope.userId, ...sealed };
    if (before === null) await tx.secretStore.create({ data: { id, workspaceId: scope.workspaceId, kind, ...data } as never });
    else await tx.secretStore.update({ where: { id }, data: { ...data, revision: { increment: 1 } } });
    await recordAudit(tx, scope, { action: before === null ? "secret_store.connected" : "secret_store.changed", resource: resourceOf(id, name), after: { kind, ...config, newCredential: credential !== undefined } });
    return { id };
  });
  return save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "secret store", name, field: "name" }, { cause: error }) : error;
  });
}

function placeOf(config: unknown): string {
  const { url, endpoint, authority } = config as { url?: string; endpoint?: string; authority?: string };
  return JSON.stringify([url, endpoint, authority]);
}

/** Whether the store answers and takes the credential, and whether a secret is there. Shows nothing of it. */
export async function testStore({ scope }: Context, { storeId, ref }: z.output<typeof testStoreInput>): Promise<z.output<typeof testedStoreSchema>> {
  const store = await scope.db.secretStore.findFirst({ where: { id: storeId }, include: { dataKey: true } });
  if (store === null) throw new DomainError("not_found", { what: "secret store", id: storeId });
  const external = openStore(readConfig(store.kind, store.config), openCredential(store, store.sealed, store.dataKey));
  try {
    await external.check();
    if (ref !== undefined) await external.read(ref);
    return { ok: true, problem: null };
  } catch (error) {
    if (error instanceof StoreRefused) return { ok: false, problem: error.message };
    throw error;
  }
}

export async function removeStore({ scope }: Context, { storeId }: { storeId: string }) {
  await scope.db.transaction(async (tx) => {
    const store = await tx.secretStore.findFirst({ where: { id: storeId }, select: { name: true, secrets: { select: { name: true } } } });
    if (store === null) throw new DomainError("not_found", { what: "secret store", id: storeId });
    if (store.secrets.length > 0) throw new DomainError("in_use", { what: "secret store", id: storeId, usedBy: store.secrets.map(({ name }) => name) });
    await tx.secretStore.delete({ where: { id: storeId } });
    await recordAudit(tx, scope, { action: "secret_store.removed", resource: resourceOf(storeId, store.name) });
  });
  return done;
}
