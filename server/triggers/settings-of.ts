import { Prisma } from "@/prisma/generated/client";
import { DomainError } from "@/server/errors/domain-error";
import { unstorablePlace } from "@/server/expressions/storable";
import { checkFilter, checkMapping, TRIGGER_SETTINGS, type TriggerKindSpec, triggerSettingsSchema, type TriggerSettings } from "@/server/triggers/kind";
import { TRIGGER_KINDS, type TriggerKind } from "@/server/triggers/kinds";
import { requirePath } from "@/server/triggers/map-input";

export interface TriggerParts {
  config: Record<string, unknown>;
  settings: TriggerSettings;
}

/** A start node's config holds the kind's own fields and the settings of every trigger side by side. */
export function partsOf(kind: TriggerKind, nodeConfig: Record<string, unknown>): TriggerParts {
  const isSetting = (key: string) => Object.hasOwn(TRIGGER_SETTINGS, key);
  const pick = (wanted: boolean) => Object.fromEntries(Object.entries(nodeConfig).filter(([key]) => isSetting(key) === wanted));
  return checkParts(kind, { config: pick(false), settings: pick(true) });
}

/** Fills in defaults; throws `invalid_input` that names the first field that does not fit. */
export function checkParts(kind: TriggerKind, given: { config: Record<string, unknown>; settings: Record<string, unknown> }): TriggerParts {
  const spec = TRIGGER_KINDS[kind];
  const config = spec.config.safeParse(given.config);
  const settings = triggerSettingsSchema.safeParse(given.settings);
  const [issue] = [...(config.error?.issues ?? []).map((one) => ({ ...one, path: ["config", ...one.path] })), ...(settings.error?.issues ?? []).map((one) => ({ ...one, path: ["settings", ...one.path] }))];
  if (issue !== undefined) throw new DomainError("invalid_input", { field: issue.path.join("."), reason: issue.message });
  const parts = { config: config.data as Record<string, unknown>, settings: settings.data ?? {} };
  const unstorable = unstorablePlace(parts);
  if (unstorable !== null) throw new DomainError("invalid_input", { field: unstorable.slice(1).replaceAll("/", "."), reason: "holds a NUL or half a character, which cannot be stored" });
  const [problem] = [...((spec as TriggerKindSpec).check?.(parts.config) ?? []), ...checkMapping(parts.settings.mapping), ...checkFilter(parts.settings.filter)];
  if (problem !== undefined) throw new DomainError("invalid_input", { field: `config${problem.path.replaceAll("/", ".")}`, reason: problem.message });
  const { mapping } = parts.settings;
  if (mapping?.type === "jsonPath") for (const [name, path] of Object.entries(mapping.fields)) requirePath(path, `mapping.fields.${name}`);
  return parts;
}

/** The columns of a trigger that its parts fill. */
export function columnsOf(kind: TriggerKind, { config, settings }: TriggerParts) {
  const json = (value: unknown) => (value === undefined ? Prisma.DbNull : (value as Prisma.InputJsonValue));
  return {
    config: config as Prisma.InputJsonObject,
    secretName: secretOf(config),
    routeKey: (TRIGGER_KINDS[kind] as TriggerKindSpec).routeKey?.(config) ?? null,
    filter: settings.filter === undefined || settings.filter.trim() === "" ? null : settings.filter.trim(),
    mapping: json(settings.mapping),
    defaultInput: json(settings.defaultInput),
    pool: settings.pool ?? null,
    priority: settings.priority ?? null,
    runAs: settings.runAs ?? null,
    retry: json(settings.retry),
    handlers: json(settings.handlers),
  };
}

const OF_NAMED = ["handler_missing", "handler_failed", "settle_failed", "authorizer_failed"];

/** Other handlers, another authorizer: what was wrong with those before says nothing about these. */
export function errorAfterChange(error: unknown): { error?: typeof Prisma.DbNull } {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return OF_NAMED.includes(code) ? { error: Prisma.DbNull } : {};
}

/** The secret by which a kind's events prove where they come from. */
function secretOf({ auth, secret }: Record<string, unknown>): string | null {
  const named = typeof auth === "object" && auth !== null && "secret" in auth ? auth.secret : secret;
  return typeof named === "string" ? named : null;
}
