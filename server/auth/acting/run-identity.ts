import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Rights } from "../access";
import { isPermission, isRole, type Permission, PERMISSIONS, permissionsOf, ROLE_PERMISSIONS, type Role } from "../permissions";

const partSchema = z.object({ folderId: z.string().nullable(), itemId: z.string().nullable(), permissions: z.array(z.string()) });

/** What somebody might do at one time: all that a role allows, or the permissions as they are; and what besides in parts of the workspace. */
export const boundSchema = z.object({ role: z.string().optional(), permissions: z.array(z.string()).optional(), parts: z.array(partSchema).optional() });
export type Bound = z.output<typeof boundSchema>;

/** Whom a version or trigger makes its runs act for. */
export const runAsSchema = z.object({ type: z.enum(["user", "service_account"]), id: z.string(), name: z.string() });
export type RunAs = z.output<typeof runAsSchema>;

/**
 * Whom a run acts for, as it was when the run was made; it never changes. A run may do what each of the bounds allows: the
 * first is what that somebody might do, the others what those might do who published the versions on the way to it.
 */
export const runIdentitySchema = z.object({
  /** `workspace`: nobody in person, as for what triggers start. `system`: the installation. */
  type: z.enum(["user", "service_account", "issuer", "workspace", "system"]),
  id: z.string().nullable(),
  name: z.string(),
  roles: z.array(z.string()),
  bounds: z.array(boundSchema),
  /** How it came to act: the token, trigger, handler or run that started it. */
  via: z.object({ type: z.string(), id: z.string().nullable(), name: z.string() }).optional(),
});
export type RunIdentity = z.output<typeof runIdentitySchema>;

/** Null: made by the installation itself, which nothing bounds. */
export function readIdentity(text: string | null): RunIdentity | null {
  if (text === null) return null;
  const parsed = runIdentitySchema.safeParse(JSON.parse(text));
  // From before identities were enforced.
  return parsed.success ? parsed.data : { type: "workspace", id: null, name: "Workspace", roles: [], bounds: [EARLIER_BOUND] };
}

/** Of versions and runs that do not say who published them. */
export const EARLIER_BOUND: Bound = { role: "builder" };

export function boundOf({ role, permissions, parts }: Rights): Bound {
  const kept = [...permissions];
  const isRoleAlone = role !== null && kept.length === ROLE_PERMISSIONS[role].length && ROLE_PERMISSIONS[role].every((one) => permissions.has(one));
  return {
    ...(isRoleAlone ? { role } : { permissions: kept }),
    ...(parts.length === 0 ? {} : { parts: parts.map((part) => ({ ...part, permissions: [...part.permissions] })) }),
  };
}

export function rightsOfBound({ role, permissions = [], parts = [] }: Bound): Rights {
  const known: Role | null = role !== undefined && isRole(role) ? role : null;
  const readable = (names: readonly string[]) => new Set<Permission>(names.filter(isPermission));
  return { role: known, permissions: known === null ? readable(permissions) : permissionsOf([known]), parts: parts.map((part) => ({ ...part, permissions: readable(part.permissions) })) };
}

/** One more bound, unless another is at least as narrow. */
export function withBound(bounds: readonly Bound[], more: Bound): Bound[] {
  const { permissions } = rightsOfBound(more);
  const isWithin = (bound: Bound) => {
    const rights = rightsOfBound(bound);
    return [rights.permissions, ...rights.parts.map((part) => part.permissions)].every((held) => [...held].every((one) => permissions.has(one)));
  };
  return bounds.some((bound) => isDeepStrictEqual(bound, more) || isWithin(bound)) ? [...bounds] : [...bounds, more];
}

/** What all of them allow together. Where several allow something in parts only, the parts that they name alike. */
export function rightsTogether(all: readonly Rights[]): Rights {
  const permissions = new Set(PERMISSIONS.filter((one) => all.every((rights) => rights.permissions.has(one))));
  const places = new Map(all.flatMap(({ parts }) => parts.map(({ folderId, itemId }) => [`${folderId} ${itemId}`, { folderId, itemId }] as const)));
  const parts = [...places.values()].map((place) => ({
    ...place,
    permissions: new Set(PERMISSIONS.filter((one) => !permissions.has(one) && all.every((rights) => rights.permissions.has(one) || rights.parts.some((part) => part.folderId === place.folderId && part.itemId === place.itemId && part.permissions.has(one))))),
  }));
  return { role: null, permissions, parts: parts.filter((part) => part.permissions.size > 0) };
}

const KINDS: Readonly<Record<RunIdentity["type"], string>> = { user: "", service_account: "the service account ", issuer: "", workspace: "the workspace", system: "the installation" };

/** For messages: `Ada`, `the service account nightly`. */
export function nameOfIdentity({ type, name }: Pick<RunIdentity, "type" | "name">): string {
  return type === "workspace" || type === "system" ? KINDS[type] : `${KINDS[type]}${name}`;
}
