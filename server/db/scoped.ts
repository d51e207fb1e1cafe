import type { Prisma } from "@/prisma/generated/client";
import { rawDb } from "./client";
import { type Guard, guarded, onModels } from "./guarded";
import { guardOrganization } from "./organization-guard";
import { guardArguments } from "./tenant-guard";
import { beginWith } from "./tenant-begin";
import { settingsOf, type Tenant } from "./tenant-lock";

/** Operations of one transaction. Services and queries take this type, whoever opened the transaction. */
export type Tx = Prisma.TransactionClient;

/**
 * One workspace's data. Every use runs in a transaction that first becomes the tenant (row-level security); the guard
 * puts `workspaceId` into every filter and every new row besides. Single operations may be called directly; what
 * belongs together goes through `transaction`.
 */
export type ScopedDb = Tx & {
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
};

const TRANSACTION_TIMEOUT_MS = 15_000;

/** Only a Scope makes one (`server/auth/scope.ts`). */
export function createScopedDb(tenant: Tenant): ScopedDb {
  return createDb(tenant, (model, operation, args) => guardArguments(tenant, model, operation, args));
}

/** An organization's rows that are of no workspace's inside. Only an OrganizationScope makes one (`server/auth/organization-scope.ts`). */
export function createOrganizationDb(organizationId: string): ScopedDb {
  return createDb({ workspaceId: NO_WORKSPACE, organizationId }, (model, operation, args) => guardOrganization(organizationId, model, operation, args));
}

/** Names no workspace, and takes the rights from the owner of the tables all the same. */
const NO_WORKSPACE = "00000000-0000-0000-0000-000000000000";

function createDb(tenant: Tenant, guard: Guard): ScopedDb {
  const raw = rawDb();
  const transaction = async <Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> => {
    const settings = await settingsOf(tenant, tenant.organizationId);
    return beginWith(settings, (isDone) =>
      raw.$transaction(
        async (tx) => {
          if (!isDone()) for (const one of settings) await tx.$executeRawUnsafe(one);
          return work(guarded(tx, guard));
        },
        { timeout: TRANSACTION_TIMEOUT_MS, maxWait: TRANSACTION_TIMEOUT_MS },
      ),
    );
  };
  const rawOperation = (name: RawOperation) => (sql: TemplateStringsArray, ...values: unknown[]) => transaction((tx) => tx[name](sql, ...values));
  const own: Record<string | symbol, unknown> = {
    transaction,
    $queryRaw: rawOperation("$queryRaw"),
    $executeRaw: rawOperation("$executeRaw"),
    $queryRawUnsafe: (sql: string, ...values: unknown[]) => transaction((tx) => tx.$queryRawUnsafe(sql, ...values)),
    $executeRawUnsafe: (sql: string, ...values: unknown[]) => transaction((tx) => tx.$executeRawUnsafe(sql, ...values)),
  };
  const single = onModels(raw, (model, operation) => (args) => transaction((tx) => operationOf(tx, model, operation)(args)));
  return new Proxy(single, { get: (target, name) => own[name] ?? Reflect.get(target, name) }) as unknown as ScopedDb;
}

type RawOperation = "$queryRaw" | "$executeRaw";
type Operations = Record<string, (args: unknown) => Promise<unknown>>;

function operationOf(tx: Tx, model: string, operation: string): (args: unknown) => Promise<unknown> {
  return (tx as unknown as Record<string, Operations>)[model]![operation]!;
}
