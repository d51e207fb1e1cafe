import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { CatalogItem } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { tellNamesChanged } from "@/server/named-values/service";
import { requireNaming } from "@/server/secrets/service";
import { adapterSchemas, LLM_PROVIDERS, type LlmProvider } from "@/server/llm/adapter";
import type { CatalogItemView, catalogRefInput, createAdapterInput, listCatalogInput, updateAdapterInput } from "./contract";

interface Context {
  scope: Scope;
}

/** What the workspace sees; its own item hides a shared one of the same slug. */
export async function listCatalog({ scope }: Context, { type }: z.output<typeof listCatalogInput>): Promise<CatalogItemView[]> {
  const items = await scope.db.catalogItem.findMany({ where: { type, deletedAt: null }, orderBy: [{ slug: "asc" }], take: 500 });
  const bySlug = new Map<string, CatalogItem>();
  for (const item of items) {
    const other = bySlug.get(item.slug);
    if (other === undefined || nearness(item) > nearness(other)) bySlug.set(item.slug, item);
  }
  return [...bySlug.values()].map(toView);
}

/** What every installation begins with. The remote ones wait for somebody to store a key and enable them. */
const BUILT_IN = [
  { slug: "mock", name: "Mock model", provider: "mock", enabled: true, description: "Answers without a network, always the same: for tests and examples.", config: { model: "mock" } },
  { slug: "openai", name: "OpenAI", provider: "openai", enabled: false, description: "OpenAI, or any service with the same API (set the base URL).", config: { model: "gpt-4.1-mini", apiKeySecret: "OPENAI_API_KEY" } },
  { slug: "anthropic", name: "Anthropic", provider: "anthropic", enabled: false, description: "Claude models.", config: { model: "claude-haiku-4-5", apiKeySecret: "ANTHROPIC_API_KEY" } },
] as const satisfies readonly { slug: string; name: string; provider: LlmProvider; enabled: boolean; description: string; config: Record<string, unknown> }[];

export async function ensureBuiltInAdapters(): Promise<void> {
  const existing = await rawDb().catalogItem.findMany({ where: { organizationId: null, workspaceId: null, type: "adapter" }, select: { slug: true } });
  const missing = BUILT_IN.filter(({ slug }) => !existing.some((item) => item.slug === slug));
  await rawDb().catalogItem.createMany({ data: missing.map((item) => ({ id: newId(), type: "adapter", kind: "llm", ...item })) });
}

export function listProviders() {
  return LLM_PROVIDERS.map((provider) => ({ provider, configSchema: configSchemaOf(provider) }));
}

export async function createAdapter({ scope }: Context, input: z.output<typeof createAdapterInput>): Promise<CatalogItemView> {
  const provider = knownProvider(input.provider);
  const config = checkedConfig(provider, input.config);
  requireNaming(scope, "config.apiKeySecret", keyNameIn(config));
  return scope.db.transaction(async (tx) => {
    const taken = await tx.catalogItem.count({ where: { workspaceId: scope.workspaceId, type: "adapter", slug: input.slug, deletedAt: null } });
    if (taken > 0) throw new DomainError("name_taken", { what: "adapter", name: input.slug, field: "slug" });
    const { slug, name, description } = input;
    const item = await tx.catalogItem.create({
      data: { id: newId(), workspaceId: scope.workspaceId, type: "adapter", kind: "llm", provider, slug, name, description, config, updatedById: scope.userId },
    });
    await tellNamesChanged(tx);
    await recordAudit(tx, scope, { action: "adapter.created", resource: { type: "adapter", id: item.id, name: slug }, after: { provider } });
    return toView(item);
  });
}

/** Changing a shared adapter makes the workspace's own copy, which hides it here and nowhere else. */
export async function updateAdapter({ scope }: Context, input: z.output<typeof updateAdapterInput>): Promise<CatalogItemView> {
  return scope.db.transaction(async (tx) => {
    const found = await findItem(tx, input.itemId);
    const config = input.config === undefined ? undefined : checkedConfig(knownProvider(found.provider), input.config);
    if (config !== undefined && !isDeepStrictEqual(config, found.config)) requireNaming(scope, "config.apiKeySecret", keyNameIn(config));
    const changes = {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(input.enabled === undefined ? {} : { enabled: input.enabled }),
      ...(config === undefined ? {} : { config }),
      updatedById: scope.userId,
    };
    const item = found.workspaceId === null ? await copyInto(tx, scope, found, changes) : await tx.catalogItem.update({ where: { id: found.id }, data: { ...changes, revision: { increment: 1 } } });
    await recordAudit(tx, scope, {
      action: "adapter.updated",
      resource: { type: "adapter", id: item.id, name: item.slug },
      before: { enabled: found.enabled },
      after: { enabled: item.enabled, configChanged: input.config !== undefined },
    });
    return toView(item);
  });
}

export async function removeAdapter({ scope }: Context, { itemId }: z.output<typeof catalogRefInput>) {
  await scope.db.transaction(async (tx) => {
    const item = await findItem(tx, itemId);
    if (item.workspaceId === null) throw new DomainError("invalid_input", { field: "itemId", reason: "names a shared adapter; disable it instead" });
    await tx.catalogItem.update({ where: { id: itemId }, data: { deletedAt: new Date() } });
    await tellNamesChanged(tx);
    await recordAudit(tx, scope, { action: "adapter.removed", resource: { type: "adapter", id: itemId, name: item.slug } });
  });
  return { ok: true as const };
}

async function findItem(tx: Tx, id: string): Promise<CatalogItem> {
  const item = await tx.catalogItem.findFirst({ where: { id, deletedAt: null } });
  if (item === null) throw new DomainError("not_found", { what: "catalog item", id });
  return item;
}

type Changes = { name?: string; description?: string; enabled?: boolean; config?: Record<string, never>; updatedById: string | null };

function copyInto(tx: Tx, scope: Scope, { type, kind, provider, slug, name, description, enabled, config }: CatalogItem, changes: Changes): Promise<CatalogItem> {
  return tx.catalogItem.create({
    data: { id: newId(), workspaceId: scope.workspaceId, type, kind, provider, slug, name, description, enabled, config: config ?? {}, ...changes },
  });
}

function knownProvider(provider: string): LlmProvider {
  const known = LLM_PROVIDERS.find((name) => name === provider);
  if (known === undefined) throw new DomainError("invalid_input", { field: "provider", reason: `must be one of ${LLM_PROVIDERS.join(", ")}` });
  return known;
}

function checkedConfig(provider: LlmProvider, config: Record<string, unknown>): Record<string, never> {
  const parsed = adapterSchemas[provider].safeParse(config);
  if (parsed.success) return parsed.data as unknown as Record<string, never>;
  const [issue] = parsed.error.issues;
  throw new DomainError("invalid_input", { field: ["config", ...(issue?.path ?? [])].join("."), reason: issue?.message ?? "is not valid" });
}

const keyNameIn = (config: Record<string, unknown>) => (typeof config.apiKeySecret === "string" ? config.apiKeySecret : null);

function nearness(item: CatalogItem): number {
  if (item.workspaceId !== null) return 2;
  return item.organizationId === null ? 0 : 1;
}

const ORIGINS = ["built-in", "organization", "workspace"] as const;

function toView(item: CatalogItem): CatalogItemView {
  const { id, kind, provider, slug, name, description, enabled } = item;
  const known = LLM_PROVIDERS.find((candidate) => candidate === provider);
  return {
    id, kind, provider, slug, name, description, enabled,
    type: item.type as CatalogItemView["type"],
    origin: ORIGINS[nearness(item)]!,
    config: item.config as Record<string, unknown>,
    configSchema: known === undefined ? null : configSchemaOf(known),
    updatedAt: item.updatedAt.toISOString(),
  };
}

function configSchemaOf(provider: LlmProvider): Record<string, unknown> {
  return z.toJSONSchema(adapterSchemas[provider], { io: "input" });
}
